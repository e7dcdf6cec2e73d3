//! gzip and zstd streams, told by their first bytes. Nothing is written to disk.

use std::io::{self, Cursor, Read};

use flate2::read::MultiGzDecoder;
use ruzstd::decoding::StreamingDecoder;

type Stream = Box<dyn Read + Send>;

const GZIP: &[u8] = &[0x1f, 0x8b];
const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];

/// Unpacks a stream if its first bytes say that it is packed; one level only, so that no bomb nests.
pub(super) fn unpack(head: Vec<u8>, rest: Stream) -> io::Result<Stream> {
    let (gzip, zstd) = (head.starts_with(GZIP), head.starts_with(ZSTD));
    let whole = Cursor::new(head).chain(rest);
    Ok(if gzip {
        Box::new(MultiGzDecoder::new(io::BufReader::with_capacity(
            64 << 10,
            whole,
        )))
    } else if zstd {
        Box::new(Zstd {
            state: State::Between(Box::new(io::BufReader::with_capacity(64 << 10, whole))),
        })
    } else {
        Box::new(whole)
    })
}

/// Frame after frame of a zstd stream.
struct Zstd {
    state: State,
}

enum State {
    Between(Stream),
    Frame(Box<StreamingDecoder<Stream, ruzstd::decoding::FrameDecoder>>),
    Done,
}

impl Read for Zstd {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        loop {
            match std::mem::replace(&mut self.state, State::Done) {
                State::Done => return Ok(0),
                State::Between(mut source) => {
                    let mut first = [0; 1];
                    if source.read(&mut first)? == 0 {
                        return Ok(0);
                    }
                    let source: Stream = Box::new(Cursor::new(first).chain(source));
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
