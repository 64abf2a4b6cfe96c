//! Expressions: a value and its filters.

use djust_templates::program::{Expr, ExprId, FilterCall, Operand};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::fault::{Fault, Outcome};
use crate::filters;
use crate::linked::{FilterEntry, Linked};
use crate::render::Render;
use crate::value::Value;

impl<'py> Render<'py> {
    #[inline]
    fn operand(&mut self, linked: &Linked, operand: &Operand) -> Outcome<'py, Value<'py>> {
        match operand {
            Operand::Path(path) => self.path(linked, path),
            Operand::Constant(id) | Operand::Number(id) => {
                Ok(Value::Object(linked.constant(*id)?.bind(self.py).clone()))
            }
        }
    }

    /// `FilterExpression.resolve(context)`
    #[inline]
    pub(crate) fn value(&mut self, linked: &Linked, id: ExprId) -> Outcome<'py, Value<'py>> {
        let expr = linked.expression(id)?;
        let value = match self.operand(linked, &expr.operand) {
            Ok(value) => value,
            Err(fault) if self.is_missing(&fault) => {
                let invalid = self.string_if_invalid()?;
                if invalid.is_truthy()? {
                    let args = (&invalid, &*expr.variable);
                    let text = self.django.call(self.py, "invalid_text", args)?;
                    return Ok(Value::Object(text));
                }
                Value::Object(invalid)
            }
            Err(fault) => return Err(fault),
        };
        self.filtered(linked, expr, value)
    }

    /// `FilterExpression.resolve(context, ignore_failures=True)`
    #[inline]
    pub(crate) fn lenient(&mut self, linked: &Linked, id: ExprId) -> Outcome<'py, Value<'py>> {
        let expr = linked.expression(id)?;
        let value = match self.operand(linked, &expr.operand) {
            Ok(value) => value,
            Err(fault) if self.is_missing(&fault) => Value::none(self.py),
            Err(fault) => return Err(fault),
        };
        self.filtered(linked, expr, value)
    }

    /// Was a name not found? Objects may raise that themselves while they are looked at.
    pub(crate) fn is_missing(&self, fault: &Fault<'py>) -> bool {
        match fault {
            Fault::Missing { .. } => true,
            Fault::Raised(error) => self.is_lookup_failure(error),
            Fault::Reference => false,
        }
    }

    /// What the filters of an expression start from.
    pub(crate) fn unfiltered(&mut self, linked: &Linked, expr: &Expr) -> Outcome<'py, Value<'py>> {
        self.operand(linked, &expr.operand)
    }

    /// An expression as a Python object.
    pub(crate) fn object(
        &mut self,
        linked: &Linked,
        id: ExprId,
    ) -> Outcome<'py, Bound<'py, PyAny>> {
        Ok(self.value(linked, id)?.into_object(self.py)?)
    }

    #[inline]
    pub(crate) fn filtered(
        &mut self,
        linked: &Linked,
        expr: &Expr,
        mut value: Value<'py>,
    ) -> Outcome<'py, Value<'py>> {
        for call in &expr.filters {
            value = self.filter(linked, call, value)?;
        }
        Ok(value)
    }

    fn argument(&mut self, linked: &Linked, operand: &Operand) -> Outcome<'py, Value<'py>> {
        match operand {
            // A translated constant becomes text, in the language of this moment.
            Operand::Constant(id) => {
                let constant = linked.constant(*id)?.bind(self.py);
                if crate::ffi::type_of(constant) == self.django.types.safe {
                    return Ok(Value::Object(constant.clone()));
                }
                Ok(Value::Object(self.django.mark_safe.bind(self.py).call1((constant,))?))
            }
            operand => self.operand(linked, operand),
        }
    }

    fn filter(
        &mut self,
        linked: &Linked,
        call: &FilterCall,
        value: Value<'py>,
    ) -> Outcome<'py, Value<'py>> {
        let entry = linked.filter(call.filter)?;
        let argument = match &call.argument {
            Some(operand) => Some(self.argument(linked, operand)?),
            None => None,
        };
        if let Some(native) = entry.native
            && let Some(result) = filters::apply(self, native, &value, argument.as_ref())?
        {
            return Ok(result);
        }
        Ok(self.call_filter(entry, value, argument)?)
    }

    /// Calls the filter's own function, as Django does.
    fn call_filter(
        &mut self,
        entry: &FilterEntry,
        value: Value<'py>,
        argument: Option<Value<'py>>,
    ) -> PyResult<Value<'py>> {
        let py = self.py;
        let mut object = value.into_object(py)?;
        if entry.expects_localtime {
            object = self.localtime(object)?;
        }
        let function = entry.function.bind(py);
        let args = match argument {
            Some(argument) => PyTuple::new(py, [object.clone(), argument.into_object(py)?])?,
            None => PyTuple::new(py, [object.clone()])?,
        };
        let result = if entry.needs_autoescape {
            let kwargs = PyDict::new(py);
            kwargs.set_item(pyo3::intern!(py, "autoescape"), self.autoescape)?;
            function.call(args, Some(&kwargs))?
        } else {
            function.call1(args)?
        };
        if entry.is_safe && Value::Object(object).is_safe(self.django)? {
            return Ok(Value::Object(self.mark_safe(result)?));
        }
        Ok(Value::Object(result))
    }

    /// `mark_safe(value)`
    pub(crate) fn mark_safe(&self, value: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        if crate::ffi::type_of(&value) == self.django.types.safe {
            return Ok(value);
        }
        self.django.mark_safe.bind(self.py).call1((value,))
    }
}
