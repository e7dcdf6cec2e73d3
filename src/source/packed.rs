//! Unpacks gzip, zstd, xz and bzip2 streams, recognised by their first bytes. Nothing is written to disk.

use std::cell::Cell;
use std::io::{self, BufReader, Cursor, Read};
use std::rc::Rc;

use flate2::read::MultiGzDecoder;
use ruzstd::decoding::StreamingDecoder;

use super::bounds::{Bounded, Counted, Limits};

type Stream<'r> = Box<dyn Read + 'r>;

const GZIP: &[u8] = &[0x1f, 0x8b];
const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
#[cfg(feature = "archives")]
const XZ: &[u8] = &[0xfd, b'7', b'z', b'X', b'Z', 0];
#[cfg(feature = "archives")]
const BZIP2: &[u8] = b"BZh";

/// Most memory that an xz stream may ask for, in KiB: twice what `xz -9` needs.
#[cfg(feature = "archives")]
const XZ_MEMORY: u32 = 128 << 10;

/// A stream that is ready to read.
pub(super) struct Unpacked<'r> {
    pub stream: Stream<'r>,
    /// It was packed.
    pub packed: bool,
}

/// Unpacks a stream if its first bytes are those of a packed one. Only one level, so that nested bombs have no
/// effect.
pub(super) fn unpack(head: Vec<u8>, rest: Stream<'_>, limits: Limits) -> Unpacked<'_> {
    let start = head.clone();
    let count = Rc::new(Cell::new(0));
    let whole = Cursor::new(head).chain(rest);
    let Some(unpacker) = unpacker(&start) else {
        return Unpacked {
            stream: Box::new(whole),
            packed: false,
        };
    };
    let counted = Counted {
        inner: whole,
        count: count.clone(),
    };
    let stream = unpacker(BufReader::with_capacity(64 << 10, Box::new(counted)));
    Unpacked {
        stream: Box::new(Bounded::new(stream, count, None, limits)),
        packed: true,
    }
}

type Unpacker = for<'r> fn(BufReader<Stream<'r>>) -> Stream<'r>;

fn unpacker(head: &[u8]) -> Option<Unpacker> {
    if head.starts_with(GZIP) {
        return Some(|packed| Box::new(MultiGzDecoder::new(packed)));
    }
    if head.starts_with(ZSTD) {
        return Some(|packed| {
            Box::new(Zstd {
                state: State::Between(Box::new(packed)),
            })
        });
    }
    #[cfg(feature = "archives")]
    {
        if head.starts_with(XZ) {
            return Some(|packed| {
                Box::new(lzma_rust2::XzReader::new_mem_limit(packed, true, XZ_MEMORY))
            });
        }
        if head.starts_with(BZIP2) && head.get(3).is_some_and(u8::is_ascii_digit) {
            return Some(|packed| Box::new(bzip2::bufread::MultiBzDecoder::new(packed)));
        }
    }
    None
}

/// Reads a zstd stream frame by frame.
struct Zstd<'r> {
    state: State<'r>,
}

enum State<'r> {
    Between(Stream<'r>),
    Frame(Box<StreamingDecoder<Stream<'r>, ruzstd::decoding::FrameDecoder>>),
    Done,
}

impl Read for Zstd<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        loop {
            match std::mem::replace(&mut self.state, State::Done) {
                State::Done => return Ok(0),
                State::Between(mut source) => {
                    let mut first = [0; 1];
                    if source.read(&mut first)? == 0 {
                        return Ok(0);
                    }
                    let source: Stream<'_> = Box::new(Cursor::new(first).chain(source));
                    let frame = StreamingDecoder::new(source).map_err(damaged)?;
                    self.state = State::Frame(Box::new(frame));
                }
                State::Frame(mut frame) => match frame.read(buf) {
                    Ok(0) if !buf.is_empty() => self.state = State::Between(frame.into_inner()),
                    Ok(n) => {
                        self.state = State::Frame(frame);
                        return Ok(n);
                    }
                    Err(error) => return Err(damaged(error)),
                },
            }
        }
    }
}

fn damaged(error: impl std::fmt::Display) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error.to_string())
}
