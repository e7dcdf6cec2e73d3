//! Bounds what unpacking may yield, so that a few kilobytes cannot keep the reader busy for hours.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

/// Limits on what an archive may yield.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of all members together, including skipped ones.
    pub total: u64,
    /// Bytes out for each byte in, once more than [`Limits::free`] came out.
    pub ratio: u64,
    /// Bytes that are exempt from the ratio: a short log that repeats itself compresses well.
    pub free: u64,
    /// Number of members.
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

/// Counts the packed bytes.
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

/// Fails if more comes out than the limits allow.
pub(super) struct Bounded<R> {
    inner: R,
    out: u64,
    packed: Rc<Cell<u64>>,
    total: Option<Rc<Cell<u64>>>,
    limits: Limits,
}

impl<R> Bounded<R> {
    /// `packed` counts the bytes that went in; `total`, for the members of an archive, the bytes that all of
    /// them yielded.
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

/// A number of bytes for people, in the units of the limits.
pub(super) fn size(bytes: u64) -> String {
    match bytes {
        0..0x10_0000 => format!("{} KiB", bytes >> 10),
        0x10_0000..0x4000_0000 => format!("{} MiB", bytes >> 20),
        _ => format!("{} GiB", bytes >> 30),
    }
}
