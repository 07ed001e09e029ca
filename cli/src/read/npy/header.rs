//! The header of a `.npy` file. A claim, not a fact: nothing is allocated by it.
//!
//! Read here, and not by npyz, whose product of the shape overflows and whose literals nest without
//! limit.

use std::io::{self, Read};

use anyhow::{Result, anyhow, bail};
use maskrle::ElementType;

use crate::text::byte_count;

/// First bytes of every `.npy` file.
pub const MAGIC: &[u8] = b"\x93NUMPY";

/// Most bytes of a header. Those of masks take some 128; numpy itself refuses more than 10,000
/// unless it is to trust the file.
const MAX_HEADER: usize = 1 << 16;

/// Reads numpy's `descr`: the type, and true if it is big endian.
fn element_type(descr: &str) -> Result<(ElementType, bool)> {
    let (is_big, kind) = match descr.chars().next() {
        Some('>') => (true, &descr[1..]),
        Some('<' | '|') => (false, &descr[1..]),
        Some('=') => (cfg!(target_endian = "big"), &descr[1..]),
        _ => (false, descr),
    };
    let element = match kind {
        "b1" => ElementType::Bool,
        "u1" => ElementType::U8,
        "i1" => ElementType::I8,
        "u2" => ElementType::U16,
        "i2" => ElementType::I16,
        "u4" => ElementType::U32,
        "i4" => ElementType::I32,
        "u8" => ElementType::U64,
        "i8" => ElementType::I64,
        "f2" => ElementType::F16,
        "f4" => ElementType::F32,
        "f8" => ElementType::F64,
        _ => bail!(
            "{} are not masks: bool, integers and float16 to float64 are read",
            unread(kind, descr)
        ),
    };
    Ok((element, is_big))
}

/// Name of the elements of a type that is not read.
fn unread(kind: &str, descr: &str) -> String {
    let what = match kind.chars().next() {
        Some('O') => "Python objects",
        Some('c') => "complex numbers",
        Some('S' | 'a' | 'U') => "strings",
        Some('m' | 'M') => "times",
        Some('V') => "structured or raw bytes",
        _ => "elements",
    };
    format!("{what} (dtype {descr:?})")
}

/// A header's claims.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Numpy's `descr`; none if the dtype is structured.
    descr: Option<String>,
    pub is_fortran: bool,
    pub shape: Vec<u64>,
    /// Bytes of the file before the pixels.
    pub length: u64,
}

impl Header {
    /// Type of the elements, and true if they are big endian. Fails where they are no pixels.
    pub fn element(&self) -> Result<(ElementType, bool)> {
        match &self.descr {
            Some(descr) => element_type(descr),
            None => bail!(
                "a structured dtype is not a mask: bool, integers and float16 to float64 are read"
            ),
        }
    }

    /// Reads up to the first pixel.
    pub fn read(reader: &mut dyn Read) -> Result<Self> {
        let mut start = Vec::new();
        reader.take(8).read_to_end(&mut start).map_err(cut)?;
        if start.is_empty() {
            bail!("the file is empty");
        }
        if !start.starts_with(MAGIC) && !MAGIC.starts_with(&start) {
            bail!("not a .npy file: it does not begin with \\x93NUMPY");
        }
        let width = match start.get(6..) {
            Some([1, _]) => 2,
            Some([2 | 3, _]) => 4,
            Some([major, minor]) => {
                bail!("version {major}.{minor} of the .npy format is not known")
            }
            _ => bail!(CUT),
        };
        let mut size = [0; 4];
        reader.read_exact(&mut size[..width]).map_err(cut)?;
        let size = u32::from_le_bytes(size) as usize;
        if size > MAX_HEADER {
            bail!(
                "the header claims to be of {}, the limit is {MAX_HEADER}",
                byte_count(size as u128)
            );
        }
        let mut text = vec![0; size];
        reader.read_exact(&mut text).map_err(cut)?;
        Self::parse(&text, (8 + width + size) as u64)
    }

    fn parse(text: &[u8], length: u64) -> Result<Self> {
        let text = std::str::from_utf8(text).map_err(|_| anyhow!("the header is not text"))?;
        let (mut descr, mut fortran, mut shape) = (None, None, None);
        let mut literal = Literal { rest: text };
        literal.expect('{')?;
        while !literal.accept('}') {
            let key = literal.string()?;
            literal.expect(':')?;
            match key {
                "descr" => descr = Some(literal.descr()?),
                "fortran_order" => fortran = Some(literal.boolean()?),
                "shape" => shape = Some(literal.shape()?),
                _ => bail!("the header has an unknown key {key:?}"),
            }
            if !literal.accept(',') {
                literal.expect('}')?;
                break;
            }
        }
        let missing = |key| anyhow!("the header has no {key:?}");
        Ok(Header {
            descr: descr.ok_or_else(|| missing("descr"))?.map(str::to_owned),
            is_fortran: fortran.ok_or_else(|| missing("fortran_order"))?,
            shape: shape.ok_or_else(|| missing("shape"))?,
            length,
        })
    }
}

const CUT: &str = "truncated: the file ends in the header";

/// The reason why a header cannot be read: a file that ends too early is not a disk that fails.
fn cut(error: io::Error) -> anyhow::Error {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => anyhow!(CUT),
        _ => anyhow!(error).context("it cannot be read"),
    }
}

/// Parser of the Python literals that a header is made of.
struct Literal<'a> {
    rest: &'a str,
}

impl<'a> Literal<'a> {
    fn accept(&mut self, token: char) -> bool {
        self.rest = self.rest.trim_start();
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn expect(&mut self, token: char) -> Result<()> {
        if self.accept(token) {
            Ok(())
        } else {
            Err(self.unexpected(&format!("{token:?}")))
        }
    }

    fn unexpected(&self, wanted: &str) -> anyhow::Error {
        let rest: String = self.rest.chars().take(20).collect();
        anyhow!("the header is malformed: {wanted} should stand at {rest:?}")
    }

    fn string(&mut self) -> Result<&'a str> {
        for quote in ['\'', '"'] {
            if self.accept(quote) {
                let end = self
                    .rest
                    .find(quote)
                    .ok_or_else(|| self.unexpected("a closing quote"))?;
                let string = &self.rest[..end];
                self.rest = &self.rest[end + 1..];
                return Ok(string);
            }
        }
        Err(self.unexpected("a string"))
    }

    /// A type's text; none for the list of a structured type's members, which is skipped.
    fn descr(&mut self) -> Result<Option<&'a str>> {
        if !self.accept('[') && !self.accept('(') {
            return self.string().map(Some);
        }
        let (mut depth, mut quote) = (1, None);
        for (at, token) in self.rest.char_indices() {
            match (quote, token) {
                (Some(open), _) if token == open => quote = None,
                (Some(_), _) => {}
                (None, '\'' | '"') => quote = Some(token),
                (None, '[' | '(') => depth += 1,
                (None, ']' | ')') => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                self.rest = &self.rest[at + token.len_utf8()..];
                return Ok(None);
            }
        }
        Err(self.unexpected("a closing bracket"))
    }

    fn boolean(&mut self) -> Result<bool> {
        self.rest = self.rest.trim_start();
        for (word, value) in [("True", true), ("False", false)] {
            if let Some(rest) = self.rest.strip_prefix(word) {
                self.rest = rest;
                return Ok(value);
            }
        }
        Err(self.unexpected("True or False"))
    }

    fn shape(&mut self) -> Result<Vec<u64>> {
        let mut shape = Vec::new();
        self.expect('(')?;
        while !self.accept(')') {
            shape.push(self.integer()?);
            if !self.accept(',') {
                self.expect(')')?;
                break;
            }
        }
        Ok(shape)
    }

    fn integer(&mut self) -> Result<u64> {
        self.rest = self.rest.trim_start();
        let end = self
            .rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(self.rest.len());
        let number = self.rest[..end]
            .parse()
            .map_err(|_| self.unexpected("a size"))?;
        self.rest = &self.rest[end..];
        // Python 2 marked long integers.
        self.accept('L');
        Ok(number)
    }
}
