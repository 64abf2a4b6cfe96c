//! The text of an expression to an [`Expr`]: `FilterExpression` and `Variable` of Django.

use crate::error::{Error, ErrorKind};
use crate::parser::{Host, Parser};
use crate::program::{Constant, Expr, ExprId, FilterCall, Operand};
use crate::text::{is_space, is_word, quoted_len, unescape_literal};

/// A piece of an expression before it is resolved.
enum Piece<'t> {
    Constant(&'t str),
    Variable(&'t str),
}

/// The length of a constant string, `_("…")` included.
fn constant_len(text: &str) -> Option<usize> {
    let Some(inner) = text.strip_prefix("_(") else { return quoted_len(text) };
    let len = quoted_len(inner)?;
    inner.get(len..)?.starts_with(')').then_some(len + 3)
}

/// The length of `[\w.]+` or else of `[-+.]?\d[\d.e]*`.
fn variable_len(text: &str) -> Option<usize> {
    let word = text.find(|c: char| !(is_word(c) || c == '.')).unwrap_or(text.len());
    if word > 0 {
        return Some(word);
    }
    let rest = text.strip_prefix(['-', '+'])?;
    rest.starts_with(|c: char| c.is_numeric())
        .then(|| {
            rest.find(|c: char| !(c.is_numeric() || c == '.' || c == 'e')).unwrap_or(rest.len())
        })
        .map(|len| len + 1)
}

fn operand_piece(text: &str) -> Option<(Piece<'_>, usize)> {
    if let Some(len) = constant_len(text) {
        return Some((Piece::Constant(&text[..len]), len));
    }
    variable_len(text).map(|len| (Piece::Variable(&text[..len]), len))
}

/// Digits with single underscores between them.
fn is_digits(text: &str) -> bool {
    !text.is_empty()
        && text.split('_').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
}

/// A number as Python's `int` and `float` read it, or `None` when it is a name.
fn number(text: &str) -> Option<Constant> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if !(text.contains('.') || text.contains(['e', 'E'])) {
        let plain = || text.replace('_', "").into_boxed_str();
        return is_digits(unsigned).then(|| Constant::Int(plain()));
    }
    if text.ends_with('.') {
        return None;
    }
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let exponent_ok = exponent.is_none_or(|e| is_digits(e.strip_prefix(['-', '+']).unwrap_or(e)));
    let mantissa_ok = match mantissa.split_once('.') {
        Some((whole, fraction)) => {
            (whole.is_empty() || is_digits(whole))
                && (fraction.is_empty() || is_digits(fraction))
                && !(whole.is_empty() && fraction.is_empty())
        }
        None => is_digits(mantissa),
    };
    if !(exponent_ok && mantissa_ok) {
        return None;
    }
    text.replace('_', "").parse().ok().map(Constant::Float)
}

impl Parser {
    fn constant_operand(&mut self, text: &str) -> Result<Operand, Error> {
        let (literal, translated) = match text.strip_prefix("_(") {
            Some(inner) => (inner.strip_suffix(')').unwrap_or(inner), true),
            None => (text, false),
        };
        let value = unescape_literal(literal)
            .ok_or_else(|| Error::syntax(format!("Not a literal: {text}")))?
            .into_boxed_str();
        let constant = if translated { Constant::Translated(value) } else { Constant::Text(value) };
        Ok(Operand::Constant(self.add_constant(constant)))
    }

    fn variable_operand(&mut self, text: &str) -> Result<Operand, Error> {
        if let Some(constant) = number(text) {
            return Ok(Operand::Number(self.add_constant(constant)));
        }
        if text.starts_with(|c: char| c.is_numeric() && !c.is_ascii()) {
            // Python reads other scripts' digits as numbers; too rare to do here.
            return Err(Error::new(
                ErrorKind::Unsupported,
                format!("A number in other digits: {text}"),
            ));
        }
        if text.starts_with('_') || text.contains("._") {
            return Err(Error::syntax(format!(
                "Variables and attributes may not begin with underscores: '{text}'"
            )));
        }
        if text.contains("..") {
            // A look-up of the empty name; newer Djangos warn about it, so Django's parser sees it.
            return Err(Error::new(ErrorKind::Unsupported, format!("An empty name in '{text}'")));
        }
        Ok(Operand::Path(text.split('.').map(|name| self.name(name)).collect()))
    }

    fn operand(&mut self, piece: &Piece<'_>) -> Result<Operand, Error> {
        match piece {
            Piece::Constant(text) => self.constant_operand(text),
            Piece::Variable(text) => self.variable_operand(text),
        }
    }

    /// Compiles a value with filters.
    ///
    /// # Errors
    ///
    /// The text is not an expression, or the host does not know a filter.
    pub fn expression<H: Host>(&mut self, text: &str, host: &mut H) -> Result<ExprId, Error> {
        let Some((piece, len)) = operand_piece(text) else {
            return Err(Error::syntax(format!("Could not find variable at start of {text}.")));
        };
        let operand = self.operand(&piece)?;
        let (variable, mut rest) = text.split_at(len);
        let mut filters = Vec::new();
        while !rest.is_empty() {
            let remainder =
                || Error::syntax(format!("Could not parse the remainder: '{rest}' from '{text}'"));
            let call = rest.trim_start_matches(is_space).strip_prefix('|').ok_or_else(remainder)?;
            let call = call.trim_start_matches(is_space);
            let name_len = call.find(|c| !is_word(c)).unwrap_or(call.len());
            if name_len == 0 {
                return Err(remainder());
            }
            let (name, after) = call.split_at(name_len);
            rest = after;
            let mut argument = None;
            if let Some((piece, len)) = after.strip_prefix(':').and_then(operand_piece) {
                argument = Some(self.operand(&piece)?);
                rest = &after[len + 1..];
            }
            let filter = host.filter(name, argument.is_some())?;
            filters.push(FilterCall { filter, argument });
        }
        Ok(self.add_expression(Expr {
            operand,
            filters: filters.into(),
            variable: variable.into(),
            source: text.into(),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parser::testing::TestHost;

    fn parse(text: &str) -> Result<(Parser, Expr), Error> {
        let mut parser = Parser::new(String::new())?;
        let id = parser.expression(text, &mut TestHost)?;
        let expr = parser.program().expression(id).cloned().ok_or_else(|| Error::syntax("lost"))?;
        Ok((parser, expr))
    }

    #[test]
    fn paths_are_split_at_dots() -> Result<(), Error> {
        let (parser, expr) = parse("a.b.0")?;
        let Operand::Path(path) = expr.operand else { return Err(Error::syntax("no path")) };
        let names: Vec<_> = path.iter().map(|&n| parser.program().name(n)).collect();
        assert_eq!(names, ["a", "b", "0"]);
        Ok(())
    }

    #[test]
    fn filters_take_one_argument() -> Result<(), Error> {
        let (_, expr) = parse(r#"a|default:"x y" | upper|add:b.c"#)?;
        assert_eq!(expr.filters.len(), 3);
        assert!(expr.filters[0].argument.is_some());
        assert!(expr.filters[1].argument.is_none());
        Ok(())
    }

    #[test]
    fn numbers_are_read_as_python_reads_them() {
        assert_eq!(number("1_000"), Some(Constant::Int("1000".into())));
        assert_eq!(number("-5"), Some(Constant::Int("-5".into())));
        assert_eq!(number(".5"), Some(Constant::Float(0.5)));
        assert_eq!(number("1e3"), Some(Constant::Float(1000.0)));
        for name in ["2.", "e", "1.a", "e1", "1__0", "inf"] {
            assert_eq!(number(name), None, "{name}");
        }
    }

    #[test]
    fn broken_expressions_are_refused() {
        for text in ["", "|a", "a|", "a b", "a|b:", "a||b", "_x", "a._b", "\"a", "-a", "a|b :c"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
