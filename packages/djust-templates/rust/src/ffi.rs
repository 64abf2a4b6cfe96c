//! The few calls into CPython that are worth making without PyO3's checks in between.
//!
//! Everything here takes objects that PyO3 proves alive, and holds the interpreter attached.
#![allow(unsafe_code)]

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyType};
use pyo3::{Borrowed, ffi};

/// The address of an object's type, for comparison only.
#[inline]
pub(crate) fn type_of(object: &Bound<'_, PyAny>) -> usize {
    // SAFETY: a `Bound` points to a live object.
    unsafe { ffi::Py_TYPE(object.as_ptr()) as usize }
}

/// Is the object's type this one or derived from it, whatever their metaclasses say?
#[inline]
pub(crate) fn is_a(object: &Bound<'_, PyAny>, class: &Bound<'_, PyType>) -> bool {
    // SAFETY: a `Bound` points to a live object, `class` is a live type; the call cannot fail.
    unsafe { ffi::PyObject_TypeCheck(object.as_ptr(), class.as_ptr().cast()) != 0 }
}

/// Has the class neither `__getattr__` nor `__getattribute__` of its own?
pub(crate) fn looks_up_plainly(class: &Bound<'_, PyType>) -> bool {
    // SAFETY: `class` is a live type; the slot's address is compared and never called.
    let slot = unsafe { ffi::PyType_GetSlot(class.as_ptr().cast(), ffi::Py_tp_getattro) };
    std::ptr::eq(slot, ffi::PyObject_GenericGetAttr as *const std::ffi::c_void)
}

/// `dict.get(key)` for an exact `dict`, or for a subclass that does not override look-ups.
#[inline]
pub(crate) fn dict_get<'py>(
    dict: &Bound<'py, PyDict>,
    key: &Bound<'py, PyString>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let py = dict.py();
    // SAFETY: both are live objects and `dict` is a dict; the result is a borrowed reference or
    // null, with an exception set when hashing or comparing failed.
    unsafe {
        let found = ffi::PyDict_GetItemWithError(dict.as_ptr(), key.as_ptr());
        if !found.is_null() {
            return Ok(Some(Bound::from_borrowed_ptr(py, found)));
        }
        if ffi::PyErr_Occurred().is_null() { Ok(None) } else { Err(PyErr::fetch(py)) }
    }
}

/// The value of a key that an exact `dict` has; `None` also when comparing keys raises.
///
/// Nothing may run before the last use that could change the dictionary.
#[inline]
pub(crate) fn dict_borrowed<'a, 'py>(
    dict: &'a Bound<'py, PyDict>,
    key: &Bound<'py, PyString>,
) -> Option<Borrowed<'a, 'py, PyAny>> {
    // SAFETY: both are live objects and `dict` is a dict, which keeps the value alive; null comes
    // with an exception set when hashing or comparing failed.
    unsafe {
        let found = ffi::PyDict_GetItemWithError(dict.as_ptr(), key.as_ptr());
        if found.is_null() {
            ffi::PyErr_Clear();
            return None;
        }
        Some(Borrowed::from_ptr(dict.py(), found))
    }
}

/// Does the object have `__getitem__` as a mapping (in its type, not in itself)?
#[inline]
pub(crate) fn is_mapping(object: &Bound<'_, PyAny>) -> bool {
    // SAFETY: a `Bound` points to a live object; the call cannot fail.
    unsafe { ffi::PyMapping_Check(object.as_ptr()) != 0 }
}

/// The characters of a string; `None` when it holds lone surrogates.
#[inline]
pub(crate) fn utf8<'a>(text: &'a Bound<'_, PyString>) -> Option<&'a str> {
    let mut len: ffi::Py_ssize_t = 0;
    // SAFETY: `text` is a live str; the buffer that CPython returns is valid UTF-8 and lives as
    // long as the object does, which `'a` is bounded by.
    unsafe {
        let data = ffi::PyUnicode_AsUTF8AndSize(text.as_ptr(), &raw mut len);
        if data.is_null() {
            ffi::PyErr_Clear();
            return None;
        }
        let bytes = std::slice::from_raw_parts(data.cast::<u8>(), usize::try_from(len).ok()?);
        Some(std::str::from_utf8_unchecked(bytes))
    }
}

/// The value of an `int` that fits 64 bits.
#[inline]
pub(crate) fn small_int(object: &Bound<'_, PyAny>) -> Option<i64> {
    let mut overflow = 0;
    // SAFETY: a `Bound` points to a live object; errors are cleared below.
    unsafe {
        let value = ffi::PyLong_AsLongLongAndOverflow(object.as_ptr(), &raw mut overflow);
        if overflow != 0 {
            return None;
        }
        if value == -1 && !ffi::PyErr_Occurred().is_null() {
            ffi::PyErr_Clear();
            return None;
        }
        Some(value)
    }
}

/// A `str` from bytes that are UTF-8, but for lone surrogates written like other characters.
pub(crate) fn decode<'py>(py: Python<'py>, bytes: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    let len = ffi::Py_ssize_t::try_from(bytes.len())?;
    // SAFETY: the pointer and the length are those of a live slice; a new reference or null with
    // an exception set comes back.
    unsafe {
        let text = ffi::PyUnicode_DecodeUTF8(bytes.as_ptr().cast(), len, c"surrogatepass".as_ptr());
        Bound::from_owned_ptr_or_err(py, text)
    }
}

/// Item `at` of an exact list, checked against its present length.
#[inline]
pub(crate) fn list_item<'py>(list: &Bound<'py, PyAny>, at: usize) -> Option<Bound<'py, PyAny>> {
    // SAFETY: the caller passes a list; `PyList_GetItem` checks the index and returns a borrowed
    // reference or null with IndexError set, which is cleared.
    unsafe {
        let item = ffi::PyList_GetItem(list.as_ptr(), ffi::Py_ssize_t::try_from(at).ok()?);
        if item.is_null() {
            ffi::PyErr_Clear();
            return None;
        }
        Some(Bound::from_borrowed_ptr(list.py(), item))
    }
}

/// `callable(object)`
#[inline]
pub(crate) fn is_callable(object: &Bound<'_, PyAny>) -> bool {
    // SAFETY: a `Bound` points to a live object; the call cannot fail.
    unsafe { ffi::PyCallable_Check(object.as_ptr()) != 0 }
}

/// The address at which the stack of this thread ends; stacks grow towards lower addresses.
#[cfg(target_os = "linux")]
pub(crate) fn stack_end() -> usize {
    let mut attributes = std::mem::MaybeUninit::<libc::pthread_attr_t>::uninit();
    let mut start = std::ptr::null_mut();
    let mut bytes = 0;
    // SAFETY: the attributes are initialised by the first call, used only when it succeeded, and
    // destroyed once; the out parameters are live locals.
    unsafe {
        if libc::pthread_getattr_np(libc::pthread_self(), attributes.as_mut_ptr()) != 0 {
            return usual_stack_end();
        }
        let known =
            libc::pthread_attr_getstack(attributes.as_ptr(), &raw mut start, &raw mut bytes);
        libc::pthread_attr_destroy(attributes.as_mut_ptr());
        if known != 0 {
            return usual_stack_end();
        }
    }
    start as usize
}

/// The address at which the stack of this thread ends, as far as any platform guarantees it.
#[cfg(not(target_os = "linux"))]
pub(crate) fn stack_end() -> usize {
    usual_stack_end()
}

/// Half a megabyte from here is stack in the threads of every platform that Python supports.
fn usual_stack_end() -> usize {
    let marker = 0u8;
    (std::ptr::from_ref(std::hint::black_box(&marker)) as usize).saturating_sub(512 * 1024)
}
