//! The part of JSON that ops are made of: integers, strings and arrays.

use crate::error::{Error, ErrorKind};
use crate::limits::MAX_OPS_DEPTH;

/// A decoded JSON value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Integer(i64),
    Text(String),
    Array(Vec<Value>),
}

/// Appends `text` as a JSON string.
pub(crate) fn write_string(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    let bytes = text.as_bytes();
    let mut copied = 0;
    for (index, &byte) in bytes.iter().enumerate() {
        if byte >= 0x20 && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.extend_from_slice(&bytes[copied..index]);
        copied = index + 1;
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            0x08 => out.extend_from_slice(b"\\b"),
            0x0c => out.extend_from_slice(b"\\f"),
            _ => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
        }
    }
    out.extend_from_slice(&bytes[copied..]);
    out.push(b'"');
}

/// Appends an integer.
pub(crate) fn write_integer(value: i64, out: &mut Vec<u8>) {
    // Twenty bytes hold every 64-bit integer with its sign.
    let mut digits = [0u8; 20];
    let mut start = digits.len();
    let mut rest = value.unsigned_abs();
    loop {
        start -= 1;
        digits[start] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if value < 0 {
        out.push(b'-');
    }
    out.extend_from_slice(&digits[start..]);
}

/// Reads one value that fills the whole input.
///
/// # Errors
///
/// [`ErrorKind::Malformed`] for anything that is not such a value, and for arrays nested deeper
/// than [`MAX_OPS_DEPTH`].
pub(crate) fn read(input: &[u8]) -> Result<Value, Error> {
    let mut reader = Reader { input, at: 0 };
    let value = reader.value()?;
    reader.skip_space();
    if reader.at < input.len() {
        return Err(reader.error("something follows the value"));
    }
    Ok(value)
}

struct Reader<'input> {
    input: &'input [u8],
    at: usize,
}

impl Reader<'_> {
    fn error(&self, what: &str) -> Error {
        let detail = format!("The ops are not valid at byte {}: {what}.", self.at);
        Error::new(ErrorKind::Malformed, detail)
    }

    fn peek(&self) -> Option<u8> {
        self.input.get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// Reads a value with a stack of its own, so that nesting costs no stack of the thread.
    fn value(&mut self) -> Result<Value, Error> {
        let mut open: Vec<Vec<Value>> = Vec::new();
        loop {
            self.skip_space();
            let mut value = match self.peek() {
                Some(b'[') => {
                    self.at += 1;
                    if open.len() >= MAX_OPS_DEPTH {
                        return Err(self.error("arrays are nested too deep"));
                    }
                    self.skip_space();
                    if self.peek() != Some(b']') {
                        open.push(Vec::new());
                        continue;
                    }
                    self.at += 1;
                    Value::Array(Vec::new())
                }
                Some(b'"') => Value::Text(self.string()?),
                Some(b'-' | b'0'..=b'9') => Value::Integer(self.integer()?),
                _ => return Err(self.error("an array, a string or an integer is expected")),
            };
            loop {
                let Some(mut array) = open.pop() else { return Ok(value) };
                array.push(value);
                self.skip_space();
                match self.peek() {
                    Some(b',') => {
                        self.at += 1;
                        open.push(array);
                        break;
                    }
                    Some(b']') => {
                        self.at += 1;
                        value = Value::Array(array);
                    }
                    _ => return Err(self.error("a comma or the end of the array is expected")),
                }
            }
        }
    }

    fn integer(&mut self) -> Result<i64, Error> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        let text =
            self.input.get(start..self.at).and_then(|digits| std::str::from_utf8(digits).ok());
        text.and_then(|text| text.parse().ok()).ok_or_else(|| self.error("no such integer"))
    }

    fn string(&mut self) -> Result<String, Error> {
        self.at += 1;
        let mut bytes = Vec::new();
        loop {
            let byte = self.peek().ok_or_else(|| self.error("a string does not end"))?;
            self.at += 1;
            match byte {
                b'"' => break,
                b'\\' => {
                    let mut buffer = [0; 4];
                    bytes.extend_from_slice(self.escape()?.encode_utf8(&mut buffer).as_bytes());
                }
                0..0x20 => return Err(self.error("a control character in a string")),
                _ => bytes.push(byte),
            }
        }
        String::from_utf8(bytes).map_err(|_| self.error("a string is not UTF-8"))
    }

    fn escape(&mut self) -> Result<char, Error> {
        let byte = self.peek().ok_or_else(|| self.error("a string does not end"))?;
        self.at += 1;
        Ok(match byte {
            b'"' | b'\\' | b'/' => char::from(byte),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => self.unicode_escape()?,
            _ => return Err(self.error("no such escape")),
        })
    }

    fn unicode_escape(&mut self) -> Result<char, Error> {
        let first = self.hex()?;
        if !(0xd800..0xdc00).contains(&first) {
            return char::from_u32(first).ok_or_else(|| self.error("a lone surrogate"));
        }
        if self.input.get(self.at..self.at + 2) != Some(b"\\u") {
            return Err(self.error("a lone surrogate"));
        }
        self.at += 2;
        let second = self.hex()?;
        let combined = (second & 0xfc00 == 0xdc00)
            .then(|| 0x10000 + ((first - 0xd800) << 10) + (second & 0x3ff))
            .and_then(char::from_u32);
        combined.ok_or_else(|| self.error("a lone surrogate"))
    }

    fn hex(&mut self) -> Result<u32, Error> {
        let digits = self
            .input
            .get(self.at..self.at + 4)
            .filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u32::from_str_radix(digits, 16).ok())
            .ok_or_else(|| self.error("four hexadecimal digits are expected"))?;
        self.at += 4;
        Ok(digits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> String {
        let mut out = Vec::new();
        write_string(text, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn strings_survive_the_way_there_and_back() {
        for text in ["", "plain", "\"\\\u{8}\u{c}\n\r\t\u{1}\u{1f}", "é😀\u{2028}"] {
            assert_eq!(read(written(text).as_bytes()), Ok(Value::Text(text.into())));
        }
    }

    #[test]
    fn escapes_of_other_writers_are_read() {
        let text = r#""\ud83d\ude00\u00e9\/""#;
        assert_eq!(read(text.as_bytes()), Ok(Value::Text("😀é/".into())));
    }

    #[test]
    fn integers_are_written_to_the_last_digit() {
        for value in [0, 7, -1, 4_294_967_295, i64::MIN, i64::MAX] {
            let mut out = Vec::new();
            write_integer(value, &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), value.to_string());
        }
    }

    #[test]
    fn what_is_not_a_value_is_malformed() {
        for text in [
            "",
            "[",
            "[1",
            "[1,]",
            "[1 2]",
            "nul",
            "1.5",
            "\"a",
            "\"\\x\"",
            "\"\\ud800\"",
            "[1]]",
            "-",
            "99999999999999999999",
            "{\"a\":1}",
        ] {
            assert_eq!(read(text.as_bytes()).unwrap_err().kind(), ErrorKind::Malformed, "{text}");
        }
    }

    #[test]
    fn nesting_has_a_bound() {
        let fits = format!("{}{}", "[".repeat(MAX_OPS_DEPTH), "]".repeat(MAX_OPS_DEPTH));
        assert!(read(fits.as_bytes()).is_ok());
        let deep = "[".repeat(1_000_000);
        assert_eq!(read(deep.as_bytes()).unwrap_err().kind(), ErrorKind::Malformed);
    }
}
