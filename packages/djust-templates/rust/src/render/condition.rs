//! The conditions of `if`.

use djust_templates::program::{Comparison, Condition};
use pyo3::basic::CompareOp;
use pyo3::prelude::*;

use crate::fault::{Fault, Outcome};
use crate::linked::Linked;
use crate::render::Render;
use crate::value::Value;

impl<'py> Render<'py> {
    /// Is the condition of a branch met?
    pub(crate) fn is_met(&mut self, linked: &Linked, condition: &Condition) -> Outcome<'py, bool> {
        match self.evaluate(linked, condition) {
            Ok(value) => Ok(value.is_true()?),
            Err(Fault::Missing { .. }) => Ok(false),
            Err(Fault::Raised(error)) if self.is_lookup_failure(&error) => Ok(false),
            Err(fault) => Err(fault),
        }
    }

    pub(crate) fn is_lookup_failure(&self, error: &PyErr) -> bool {
        error.is_instance(self.py, self.django.variable_does_not_exist.bind(self.py).as_any())
    }

    fn evaluate(&mut self, linked: &Linked, condition: &Condition) -> Outcome<'py, Value<'py>> {
        if let Condition::Value(expr) = condition {
            return self.lenient(linked, *expr);
        }
        // Operators answer no when their operands raise.
        match self.operate(linked, condition) {
            Err(Fault::Missing { .. }) => Ok(Value::Bool(false)),
            Err(Fault::Raised(error)) => {
                if self.is_exception(&error) {
                    Ok(Value::Bool(false))
                } else {
                    Err(error.into())
                }
            }
            result => result,
        }
    }

    fn operate(&mut self, linked: &Linked, condition: &Condition) -> Outcome<'py, Value<'py>> {
        match condition {
            Condition::Value(expr) => self.lenient(linked, *expr),
            Condition::Not(operand) => Ok(Value::Bool(!self.evaluate(linked, operand)?.is_true()?)),
            Condition::And(left, right) => {
                let left = self.evaluate(linked, left)?;
                if left.is_true()? { self.evaluate(linked, right) } else { Ok(left) }
            }
            Condition::Or(left, right) => {
                let left = self.evaluate(linked, left)?;
                if left.is_true()? { Ok(left) } else { self.evaluate(linked, right) }
            }
            Condition::Compare(comparison, left, right) => {
                let left = self.evaluate(linked, left)?;
                let right = self.evaluate(linked, right)?;
                self.compare(*comparison, left, right)
            }
        }
    }

    fn compare(
        &self,
        comparison: Comparison,
        left: Value<'py>,
        right: Value<'py>,
    ) -> Outcome<'py, Value<'py>> {
        if let Some(result) = self.compare_plain(comparison, &left, &right) {
            return Ok(Value::Bool(result));
        }
        let py = self.py;
        let left = left.into_object(py)?;
        let right = right.into_object(py)?;
        let op = match comparison {
            Comparison::In => return Ok(Value::Bool(right.contains(left)?)),
            Comparison::NotIn => return Ok(Value::Bool(!right.contains(left)?)),
            Comparison::Is => return Ok(Value::Bool(left.is(&right))),
            Comparison::IsNot => return Ok(Value::Bool(!left.is(&right))),
            Comparison::Eq => CompareOp::Eq,
            Comparison::Ne => CompareOp::Ne,
            Comparison::Lt => CompareOp::Lt,
            Comparison::Le => CompareOp::Le,
            Comparison::Gt => CompareOp::Gt,
            Comparison::Ge => CompareOp::Ge,
        };
        Ok(Value::Object(left.rich_compare(right, op)?))
    }

    /// Numbers and texts of exact types.
    fn compare_plain(
        &self,
        comparison: Comparison,
        left: &Value<'py>,
        right: &Value<'py>,
    ) -> Option<bool> {
        if matches!(
            comparison,
            Comparison::Is | Comparison::IsNot | Comparison::In | Comparison::NotIn
        ) {
            return None;
        }
        let order = match (left.as_int(self.django), right.as_int(self.django)) {
            (Some(left), Some(right)) => left.cmp(&right),
            (None, None) => left.as_text(self.django)?.0.cmp(right.as_text(self.django)?.0),
            _ => return None,
        };
        Some(match comparison {
            Comparison::Eq => order.is_eq(),
            Comparison::Ne => order.is_ne(),
            Comparison::Lt => order.is_lt(),
            Comparison::Le => order.is_le(),
            Comparison::Gt => order.is_gt(),
            _ => order.is_ge(),
        })
    }
}
