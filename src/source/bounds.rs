//! Bounds on what unpacking may yield, so that a few kilobytes cannot keep the reader busy for hours.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

/// How much may come out of an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of all members together, and of what is read past on the way to them.
    pub total: u64,
    /// Bytes out for each byte in, once there are more than [`Limits::free`].
    pub ratio: u64,
    /// Bytes for which the ratio does not matter: a short log that repeats itself packs well.
    pub free: u64,
    /// Members.
    pub members: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            total: 4 << 30,
            ratio: 1000,
            free: 256 << 20,
            members: 10_000,
        }
    }
}

/// Counts what goes in.
pub(super) struct Counted<R> {
    pub inner: R,
    pub count: Rc<Cell<u64>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buf)?;
        self.count.set(self.count.get() + n as u64);
        Ok(n)
    }
}

/// Fails where more comes out than is sound.
pub(super) struct Bounded<R> {
    inner: R,
    out: u64,
    packed: Rc<Cell<u64>>,
    total: Option<Rc<Cell<u64>>>,
    limits: Limits,
}

impl<R> Bounded<R> {
    /// `packed` is how many bytes went in so far; `total`, for the members of an archive, what came out of all of them.
    pub(super) fn new(
        inner: R,
        packed: Rc<Cell<u64>>,
        total: Option<Rc<Cell<u64>>>,
        limits: Limits,
    ) -> Self {
        Self {
            inner,
            out: 0,
            packed,
            total,
            limits,
        }
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let Limits {
            total, ratio, free, ..
        } = self.limits;
        let packed = self.packed.get().max(1);
        if self.out > free && self.out / packed > ratio {
            return Err(io::Error::other(format!(
                "it unpacks to more than {ratio} times its size; read no further"
            )));
        }
        if self.total.as_ref().is_some_and(|t| t.get() > total) {
            return Err(io::Error::other(format!(
                "the archive unpacks to more than {}; read no further",
                size(total)
            )));
        }
        let n = self.inner.read(buf)?;
        self.out += n as u64;
        if let Some(total) = &self.total {
            total.set(total.get() + n as u64);
        }
        Ok(n)
    }
}

/// Bytes for people, in the units of limits.
pub(super) fn size(bytes: u64) -> String {
    match bytes {
        0..0x10_0000 => format!("{} KiB", bytes >> 10),
        0x10_0000..0x4000_0000 => format!("{} MiB", bytes >> 20),
        _ => format!("{} GiB", bytes >> 30),
    }
}
