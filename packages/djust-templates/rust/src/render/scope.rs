//! The names that a template sees: the dictionaries it was given, and what its tags bind.
//!
//! Tags bind names in frames. A frame is a few entries of one vector until Python code asks for
//! the context; then it becomes a dictionary, which is what holds its names from then on.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use crate::activation::BlockRef;
use crate::django::Django;
use crate::ffi::{dict_get, type_of};
use crate::render::lookup::ChangedState;

/// The state of a `for`.
#[derive(Debug)]
pub(crate) struct Loop<'py> {
    pub(crate) index: usize,
    pub(crate) len: usize,
    pub(crate) parent: Found<'py>,
    /// What Python sees as `forloop`, once it looked.
    pub(crate) dict: Option<Bound<'py, PyDict>>,
    pub(crate) changed: ChangedState<'py>,
}

/// What a name stands for.
#[derive(Debug, Clone)]
pub(crate) enum Found<'py> {
    Object(Bound<'py, PyAny>),
    /// An index of [`Scope::loops`].
    Loop(usize),
    /// An index of [`Scope::blocks`].
    Block(usize),
    /// Nothing: the outermost loop's `parentloop`.
    Nothing,
}

/// A block on the stack, and the block that was taken off its queue for it.
#[derive(Debug)]
pub(crate) struct OpenBlock<'py> {
    pub(crate) block: BlockRef,
    pub(crate) inherited: bool,
    /// What Python sees as `block`, once it looked.
    pub(crate) object: Option<Bound<'py, PyAny>>,
}

#[derive(Debug)]
pub(crate) struct Frame<'py> {
    start: usize,
    pub(crate) dict: Option<Bound<'py, PyDict>>,
}

#[derive(Debug)]
enum Base<'py> {
    Dict(Bound<'py, PyDict>),
    Mapping(Bound<'py, PyAny>),
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Scope<'py> {
    bases: Vec<Base<'py>>,
    bindings: Vec<(Bound<'py, PyString>, Found<'py>)>,
    pub(crate) frames: Vec<Frame<'py>>,
    with_dict: usize,
    pub(crate) loops: Vec<Loop<'py>>,
    pub(crate) blocks: Vec<OpenBlock<'py>>,
}

impl<'py> Scope<'py> {
    pub(crate) fn add_base(&mut self, base: Bound<'py, PyAny>, django: &Django) {
        let class = type_of(&base);
        let plain = class == django.types.dict || class == django.types.context_dict;
        self.bases.push(match base.cast_into::<PyDict>() {
            Ok(dict) if plain => Base::Dict(dict),
            Ok(dict) => Base::Mapping(dict.into_any()),
            Err(error) => Base::Mapping(error.into_inner()),
        });
    }

    /// Opens a frame.
    pub(crate) fn push(&mut self) {
        self.frames.push(Frame { start: self.bindings.len(), dict: None });
    }

    /// Closes the innermost frame and returns its dictionary when it had become one.
    pub(crate) fn pop(&mut self) -> Option<Bound<'py, PyDict>> {
        let frame = self.frames.pop()?;
        self.bindings.truncate(frame.start);
        self.with_dict -= usize::from(frame.dict.is_some());
        frame.dict
    }

    /// Adds a frame that Python code has pushed.
    pub(crate) fn push_dict(&mut self, dict: Bound<'py, PyDict>) {
        self.frames.push(Frame { start: self.bindings.len(), dict: Some(dict) });
        self.with_dict += 1;
    }

    /// The bindings of a frame that is not a dictionary yet.
    pub(crate) fn frame_bindings(&self, frame: usize) -> Vec<(Bound<'py, PyString>, Found<'py>)> {
        let start = self.frames.get(frame).map_or(0, |frame| frame.start);
        let end = self.frames.get(frame + 1).map_or(self.bindings.len(), |frame| frame.start);
        self.bindings.get(start..end).map(<[_]>::to_vec).unwrap_or_default()
    }

    pub(crate) fn set_frame_dict(&mut self, frame: usize, dict: Bound<'py, PyDict>) {
        if let Some(frame) = self.frames.get_mut(frame) {
            self.with_dict += usize::from(frame.dict.is_none());
            frame.dict = Some(dict);
        }
    }

    /// Binds a name in the innermost frame: `context[name] = value`. The caller binds in the
    /// dictionary when this returns one.
    #[must_use]
    pub(crate) fn bind(
        &mut self,
        name: &Bound<'py, PyString>,
        value: Found<'py>,
    ) -> Option<(Bound<'py, PyAny>, Found<'py>)> {
        let Some(frame) = self.frames.last() else {
            return match self.bases.last() {
                Some(Base::Dict(dict)) => Some((dict.clone().into_any(), value)),
                Some(Base::Mapping(mapping)) => Some((mapping.clone(), value)),
                None => None,
            };
        };
        if let Some(dict) = &frame.dict {
            return Some((dict.clone().into_any(), value));
        }
        let start = frame.start;
        let bound = self.bindings.get_mut(start..).unwrap_or_default();
        match bound.iter_mut().find(|(known, _)| known.is(name)) {
            Some(binding) => binding.1 = value,
            None => self.bindings.push((name.clone(), value)),
        }
        None
    }

    /// Finds a name, innermost first.
    #[inline]
    pub(crate) fn find(&self, name: &Bound<'py, PyString>) -> PyResult<Option<Found<'py>>> {
        if self.with_dict == 0 {
            for (bound, found) in self.bindings.iter().rev() {
                if bound.is(name) {
                    return Ok(Some(found.clone()));
                }
            }
        } else if let Some(found) = self.find_in_frames(name)? {
            return Ok(Some(found));
        }
        for base in self.bases.iter().rev() {
            if let Some(object) = base.get(name)? {
                return Ok(Some(Found::Object(object)));
            }
        }
        Ok(None)
    }

    fn find_in_frames(&self, name: &Bound<'py, PyString>) -> PyResult<Option<Found<'py>>> {
        let mut end = self.bindings.len();
        for frame in self.frames.iter().rev() {
            match &frame.dict {
                Some(dict) => {
                    if let Some(object) = dict_get(dict, name)? {
                        return Ok(Some(self.native(object)));
                    }
                }
                None => {
                    let bound = self.bindings.get(frame.start..end).unwrap_or_default();
                    if let Some((_, found)) = bound.iter().rev().find(|(known, _)| known.is(name)) {
                        return Ok(Some(found.clone()));
                    }
                }
            }
            end = frame.start;
        }
        Ok(None)
    }

    /// The loop or block behind an object that was made for Python.
    fn native(&self, object: Bound<'py, PyAny>) -> Found<'py> {
        let same_loop = |l: &Loop<'py>| l.dict.as_ref().is_some_and(|dict| dict.is(&object));
        if let Some(at) = self.loops.iter().rposition(same_loop) {
            return Found::Loop(at);
        }
        let same_block = |b: &OpenBlock<'py>| b.object.as_ref().is_some_and(|o| o.is(&object));
        if let Some(at) = self.blocks.iter().rposition(same_block) {
            return Found::Block(at);
        }
        Found::Object(object)
    }

    /// The dictionary that holds `name`, for `Context.set_upward`: `Err` names a native binding.
    pub(crate) fn rebind_upward(
        &mut self,
        name: &Bound<'py, PyString>,
        value: Found<'py>,
    ) -> PyResult<Option<(Bound<'py, PyAny>, Found<'py>)>> {
        let mut end = self.bindings.len();
        for at in (0..self.frames.len()).rev() {
            let Some(frame) = self.frames.get(at) else { break };
            if let Some(dict) = &frame.dict {
                if dict.contains(name)? {
                    return Ok(Some((dict.clone().into_any(), value)));
                }
            } else {
                let bound = self.bindings.get_mut(frame.start..end).unwrap_or_default();
                if let Some(binding) = bound.iter_mut().find(|(known, _)| known.is(name)) {
                    binding.1 = value;
                    return Ok(None);
                }
            }
            end = frame.start;
        }
        for base in self.bases.iter().rev() {
            let base = base.object();
            if base.contains(name)? {
                return Ok(Some((base.clone(), value)));
            }
        }
        Ok(self.bind(name, value))
    }

    /// The outermost names, without any frame: an isolated context's start.
    pub(crate) fn isolated() -> Self {
        Self::default()
    }
}

impl<'py> Base<'py> {
    #[inline]
    fn get(&self, name: &Bound<'py, PyString>) -> PyResult<Option<Bound<'py, PyAny>>> {
        match self {
            Self::Dict(dict) => dict_get(dict, name),
            Self::Mapping(mapping) => {
                if mapping.contains(name)? {
                    mapping.get_item(name).map(Some)
                } else {
                    Ok(None)
                }
            }
        }
    }

    fn object(&self) -> &Bound<'py, PyAny> {
        match self {
            Self::Dict(dict) => dict.as_any(),
            Self::Mapping(mapping) => mapping,
        }
    }
}
