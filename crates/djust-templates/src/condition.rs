//! The conditions of `if`: a top-down operator precedence parser, as Django's `smartif`.

use crate::error::Error;
use crate::parser::{Host, Parser};
use crate::program::{Comparison, Condition};

/// A word of a condition.
enum Word {
    Operand(Condition),
    Or,
    And,
    Not,
    Compare(Comparison),
}

impl Word {
    /// How strongly the operator binds to its left; operands do not.
    fn power(&self) -> u8 {
        match self {
            Self::Operand(_) => 0,
            Self::Or => 6,
            Self::And => 7,
            Self::Not => 8,
            Self::Compare(Comparison::In | Comparison::NotIn) => 9,
            Self::Compare(_) => 10,
        }
    }
}

fn operator(bit: &str) -> Option<Word> {
    Some(match bit {
        "or" => Word::Or,
        "and" => Word::And,
        "not" => Word::Not,
        "in" => Word::Compare(Comparison::In),
        "is" => Word::Compare(Comparison::Is),
        "==" => Word::Compare(Comparison::Eq),
        "!=" => Word::Compare(Comparison::Ne),
        ">" => Word::Compare(Comparison::Gt),
        ">=" => Word::Compare(Comparison::Ge),
        "<" => Word::Compare(Comparison::Lt),
        "<=" => Word::Compare(Comparison::Le),
        _ => return None,
    })
}

struct ConditionParser {
    words: std::iter::Peekable<std::vec::IntoIter<Word>>,
    depth: usize,
}

impl ConditionParser {
    fn expression(&mut self, power: u8) -> Result<Condition, Error> {
        self.depth += 1;
        if self.depth > crate::MAX_DEPTH {
            return Err(crate::parser::too_deep());
        }
        let mut left = match self.words.next() {
            None => return Err(Error::syntax("Unexpected end of expression in if tag.")),
            Some(Word::Operand(condition)) => condition,
            Some(Word::Not) => Condition::Not(Box::new(self.expression(Word::Not.power())?)),
            Some(_) => {
                return Err(Error::syntax("Not expecting an operator in this position in if tag."));
            }
        };
        while let Some(word) = self.words.next_if(|word| power < word.power()) {
            let right_power = word.power();
            left = match word {
                Word::Or => Condition::Or(Box::new(left), Box::new(self.expression(right_power)?)),
                Word::And => {
                    Condition::And(Box::new(left), Box::new(self.expression(right_power)?))
                }
                Word::Compare(comparison) => {
                    let right = self.expression(right_power)?;
                    Condition::Compare(comparison, Box::new(left), Box::new(right))
                }
                Word::Not | Word::Operand(_) => {
                    return Err(Error::syntax("Not expecting 'not' as infix operator in if tag."));
                }
            };
        }
        self.depth -= 1;
        Ok(left)
    }
}

impl Parser {
    /// Compiles the words of a condition.
    ///
    /// # Errors
    ///
    /// The words are not a condition.
    pub fn condition<H: Host>(
        &mut self,
        bits: &[String],
        host: &mut H,
    ) -> Result<Condition, Error> {
        let mut words = Vec::with_capacity(bits.len());
        let mut bits = bits.iter().map(String::as_str).peekable();
        while let Some(bit) = bits.next() {
            let word = match bit {
                "is" if bits.next_if_eq(&"not").is_some() => Word::Compare(Comparison::IsNot),
                "not" if bits.next_if_eq(&"in").is_some() => Word::Compare(Comparison::NotIn),
                _ => match operator(bit) {
                    Some(word) => word,
                    None => Word::Operand(Condition::Value(self.expression(bit, host)?)),
                },
            };
            words.push(word);
        }
        let mut parser = ConditionParser { words: words.into_iter().peekable(), depth: 0 };
        let condition = parser.expression(0)?;
        match parser.words.next() {
            None => Ok(condition),
            Some(_) => Err(Error::syntax("Unused word at end of if expression.")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parser::testing::TestHost;

    fn parse(text: &str) -> Result<Condition, Error> {
        let bits: Vec<String> = text.split(' ').map(str::to_owned).collect();
        Parser::new(String::new())?.condition(&bits, &mut TestHost)
    }

    #[test]
    fn and_binds_stronger_than_or() {
        assert!(
            matches!(parse("a or b and c"), Ok(Condition::Or(_, right)) if matches!(*right, Condition::And(..)))
        );
    }

    #[test]
    fn not_covers_a_comparison() {
        assert!(
            matches!(parse("not a == b"), Ok(Condition::Not(inner)) if matches!(*inner, Condition::Compare(..)))
        );
    }

    #[test]
    fn two_words_make_one_operator() {
        assert!(matches!(parse("a not in b"), Ok(Condition::Compare(Comparison::NotIn, ..))));
        assert!(matches!(parse("a is not b"), Ok(Condition::Compare(Comparison::IsNot, ..))));
    }

    #[test]
    fn broken_conditions_are_refused() {
        for text in ["a b", "and", "a and", "not", "a not b", "a == == b", "or a"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn endless_negation_is_refused() {
        let text = format!("{}a", "not ".repeat(10_000));
        assert!(parse(&text).is_err());
    }
}
