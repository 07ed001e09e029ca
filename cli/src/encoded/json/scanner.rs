//! A reader of JSON, value by value, that counts lines and refuses values that take too much
//! memory.

use std::io::Read;
use std::ops::Range;

use anyhow::{Context, Result, anyhow};

use super::grammar::{Grammar, shown};
use crate::encoded::limits::MOST_BYTES;
use crate::encoded::line_error::{LineError, at_line};

/// Reads values from a stream. Of these the last one is kept in memory, and a block of the stream.
pub struct Scanner<R> {
    reader: R,
    block: Vec<u8>,
    /// Bytes of the block that are still to be taken.
    rest: Range<usize>,
    /// Line of the next byte, counted from 1.
    line: u64,
    /// Number of the line's bytes before the next one.
    column: u64,
    grammar: Grammar,
    /// Text of the last value that was kept.
    text: Vec<u8>,
}

impl<R: Read> Scanner<R> {
    pub fn new(reader: R) -> Self {
        Scanner {
            reader,
            block: vec![0; 1 << 16],
            rest: 0..0,
            line: 1,
            column: 0,
            grammar: Grammar::default(),
            text: Vec::new(),
        }
    }

    /// Line of the next byte.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// The next byte that is no white space; None at the end. It is not taken.
    pub fn peek(&mut self) -> Result<Option<u8>, LineError> {
        self.skip(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'))
    }

    /// The next byte on this line that is no white space: the line's end, if there is none. It is
    /// not taken.
    pub fn peek_on_line(&mut self) -> Result<Option<u8>, LineError> {
        self.skip(|byte| matches!(byte, b' ' | b'\t' | b'\r'))
    }

    /// Takes the next byte that is no white space, which must be `byte`.
    pub fn expect(&mut self, byte: u8, wanted: &str) -> Result<(), LineError> {
        if self.peek()? != Some(byte) {
            return Err(self.unexpected(wanted));
        }
        self.advance(1);
        Ok(())
    }

    /// Takes the next byte that is no white space if it is `byte`. Returns true if it was.
    pub fn take_if(&mut self, byte: u8) -> Result<bool, LineError> {
        let is_there = self.peek()? == Some(byte);
        if is_there {
            self.advance(1);
        }
        Ok(is_there)
    }

    /// The error that the next byte is not what is wanted; it was peeked at.
    pub fn unexpected(&self, wanted: &str) -> LineError {
        match self.block[self.rest.clone()].first() {
            Some(&byte) => {
                self.error_at_byte(0, &format!("{} where {wanted} should be", shown(byte)))
            }
            None => self.cut_short(&format!("where {wanted} should be")),
        }
    }

    /// Reads the next value. It is [`Scanner::text`] until the next one is read.
    pub fn value(&mut self) -> Result<(), LineError> {
        self.peek()?;
        self.text.clear();
        let line = self.line;
        self.scan(true)?;
        str::from_utf8(&self.text)
            .map(drop)
            .context("it is not UTF-8 text")
            .map_err(at_line(line))
    }

    /// Text of the value that was read last.
    pub fn text(&self) -> &str {
        // It was checked as it was read.
        str::from_utf8(&self.text).unwrap_or_default()
    }

    /// Skips the next value, however long it is.
    pub fn skip_value(&mut self) -> Result<(), LineError> {
        self.scan(false)
    }

    fn scan(&mut self, is_kept: bool) -> Result<(), LineError> {
        self.grammar.begin();
        loop {
            if !self.fill()? {
                let ended = self.grammar.finish();
                return ended.map_err(|within| self.cut_short(within));
            }
            let bytes = &self.block[self.rest.clone()];
            let taken = match self.grammar.take(bytes) {
                Ok(taken) => taken,
                Err(bad) => return Err(self.error_at_byte(bad.at, &bad.what)),
            };
            if is_kept {
                self.text.extend_from_slice(&bytes[..taken]);
            }
            self.advance(taken);
            if self.grammar.is_done() {
                return Ok(());
            }
            if self.text.len() as u64 > MOST_BYTES {
                let what = anyhow!("a value of more than {} MiB is not taken", MOST_BYTES >> 20);
                return Err(at_line(self.line)(what));
            }
        }
    }

    /// Takes bytes of the block.
    fn advance(&mut self, count: usize) {
        let taken = self.rest.start..self.rest.start + count;
        (self.line, self.column) = self.position_after(taken.clone());
        self.rest.start = taken.end;
    }

    /// Line and column after bytes of the block, which are the next ones.
    fn position_after(&self, bytes: Range<usize>) -> (u64, u64) {
        let bytes = &self.block[bytes];
        let lines = bytes.iter().filter(|&&byte| byte == b'\n').count() as u64;
        let column = match bytes.iter().rposition(|&byte| byte == b'\n') {
            Some(end) if lines > 0 => (bytes.len() - end - 1) as u64,
            _ => self.column + bytes.len() as u64,
        };
        (self.line + lines, column)
    }

    fn skip(&mut self, is_skipped: impl Fn(u8) -> bool) -> Result<Option<u8>, LineError> {
        while self.fill()? {
            let bytes = &self.block[self.rest.clone()];
            let blank = bytes.iter().take_while(|&&byte| is_skipped(byte)).count();
            let next = bytes.get(blank).copied();
            self.advance(blank);
            if next.is_some() {
                return Ok(next);
            }
        }
        Ok(None)
    }

    /// Reads the next block if this one is used up. Returns false at the end.
    fn fill(&mut self) -> Result<bool, LineError> {
        if self.rest.is_empty() {
            let read = loop {
                match self.reader.read(&mut self.block) {
                    Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                    read => break read,
                }
            };
            self.rest = 0..read.map_err(at_line(self.line))?;
        }
        Ok(!self.rest.is_empty())
    }

    /// An error at a byte of the block, counted from the next one.
    fn error_at_byte(&self, at: usize, what: &str) -> LineError {
        let (line, column) = self.position_after(self.rest.start..self.rest.start + at);
        at_line(line)(anyhow!("column {}: {what}", column + 1))
    }

    /// The error that the text ends here.
    pub fn cut_short(&self, place: &str) -> LineError {
        at_line(self.line)(anyhow!("cut short: the JSON ends {place}"))
    }
}
