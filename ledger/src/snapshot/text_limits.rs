//! Readers that bound what a parser behind them may have to hold at once, whatever the file.

use std::io::{self, Read};

/// Bytes of the longest line of a CSV file: an id, a symbol and three amounts are below 400.
pub const LINE_MAX: usize = 1024;
/// Bytes of the longest string or number in a JSON file: an id of 128 bytes may be written in 6
/// times as many.
pub const TOKEN_MAX: usize = 1024;
/// The file, its accounts, one account.
pub const DEPTH_MAX: usize = 3;

/// A file asks its reader to hold more than any snapshot needs, or has a line that does not end as
/// lines do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LimitExceeded {
    #[error("line {line} is longer than {LINE_MAX} bytes")]
    Line { line: u64 },
    #[error("line {line} has a carriage return that no line feed follows")]
    CarriageReturn { line: u64 },
    #[error("the last line, {line}, does not end: the file may be cut short")]
    LineUnended { line: u64 },
    #[error("line {line} has a string or number longer than {TOKEN_MAX} bytes")]
    Token { line: u64 },
    #[error("line {line} nests deeper than {DEPTH_MAX} objects")]
    Depth { line: u64 },
    #[error("line {line} has a list; a snapshot has none")]
    List { line: u64 },
}

impl LimitExceeded {
    /// The limit behind an error of a reader, if it is one.
    pub fn of(error: &io::Error) -> Option<Self> {
        error.get_ref().and_then(|inner| inner.downcast_ref()).copied()
    }
}

/// Passes on lines of at most [`LINE_MAX`] bytes, the last one ended too. A carriage return alone
/// ends no line here, though it would for the parser behind, so it is refused.
pub struct LineLimit<R> {
    inner: R,
    line: u64,
    /// Whether the last byte was a carriage return.
    returned: bool,
    /// Bytes of the current line so far.
    length: usize,
}

impl<R> LineLimit<R> {
    pub fn new(inner: R) -> Self {
        Self { inner, line: 1, returned: false, length: 0 }
    }

    fn pass(&mut self, byte: u8) -> Result<(), LimitExceeded> {
        if self.returned && byte != b'\n' {
            return Err(LimitExceeded::CarriageReturn { line: self.line });
        }
        self.returned = byte == b'\r';
        if byte == b'\n' {
            self.line += 1;
            self.length = 0;
        } else {
            self.length += 1;
        }
        if self.length > LINE_MAX { Err(LimitExceeded::Line { line: self.line }) } else { Ok(()) }
    }
}

impl<R: Read> Read for LineLimit<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        if count == 0 && !buffer.is_empty() && self.length > 0 {
            return Err(io::Error::other(LimitExceeded::LineUnended { line: self.line }));
        }
        buffer[..count].iter().try_for_each(|byte| self.pass(*byte)).map_err(io::Error::other)?;
        Ok(count)
    }
}

/// Passes on JSON whose strings and numbers have at most [`TOKEN_MAX`] bytes, without lists and at
/// most [`DEPTH_MAX`] objects deep. Everything else about the text is the parser's.
pub struct JsonLimit<R> {
    inner: R,
    line: u64,
    depth: usize,
    /// Bytes of the current string or number so far.
    token: usize,
    in_string: bool,
    escaped: bool,
}

impl<R> JsonLimit<R> {
    pub fn new(inner: R) -> Self {
        Self { inner, line: 1, depth: 0, token: 0, in_string: false, escaped: false }
    }

    fn pass(&mut self, byte: u8) -> Result<(), LimitExceeded> {
        self.line += u64::from(byte == b'\n');
        self.token += 1;
        if self.in_string {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.in_string = false,
                _ => {}
            }
        } else {
            self.pass_outside_string(byte)?;
        }
        if self.token > TOKEN_MAX { Err(LimitExceeded::Token { line: self.line }) } else { Ok(()) }
    }

    fn pass_outside_string(&mut self, byte: u8) -> Result<(), LimitExceeded> {
        match byte {
            b'"' => {
                self.in_string = true;
                self.token = 0;
            }
            b'{' => {
                self.token = 0;
                self.depth += 1;
                if self.depth > DEPTH_MAX {
                    return Err(LimitExceeded::Depth { line: self.line });
                }
            }
            b'}' => {
                self.token = 0;
                self.depth = self.depth.saturating_sub(1);
            }
            b'[' => return Err(LimitExceeded::List { line: self.line }),
            b' ' | b'\n' | b'\r' | b'\t' | b',' | b':' => self.token = 0,
            _ => {}
        }
        Ok(())
    }
}

impl<R: Read> Read for JsonLimit<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        buffer[..count].iter().try_for_each(|byte| self.pass(*byte)).map_err(io::Error::other)?;
        Ok(count)
    }
}
