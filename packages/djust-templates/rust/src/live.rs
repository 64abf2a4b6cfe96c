//! Live templates and live pages for Python.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use djust_live::{Double, Page, Printed, Shape};
use djust_templates::live::plan_of;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList};

use crate::linked::Linked;
use crate::parts::Parts;
use crate::render::{MarkPlan, Memo, Origin, Render, program_of};
use crate::template::capacity;

pyo3::create_exception!(
    djust_templates._native,
    Unsayable,
    pyo3::exceptions::PyException,
    "A change that cannot be said in ops without parsing the page."
);

fn unsayable(reason: djust_live::Unsayable) -> PyErr {
    Unsayable::new_err(reason.0)
}

/// What a template printed, with marks.
#[pyclass(frozen, module = "djust_templates._native")]
#[derive(Debug)]
pub(crate) struct PrintedPage {
    printed: Printed,
    /// What its rows printed, for the page that it is shown by.
    memo: Mutex<Option<Memo>>,
}

#[pymethods]
impl PrintedPage {
    /// The text; without the rows that were not printed.
    #[getter]
    fn text(&self) -> &str {
        &self.printed.text
    }
}

/// A template compiled for live pages.
#[pyclass(frozen, module = "djust_templates._native")]
#[derive(Debug)]
pub(crate) struct LiveTemplate {
    plan: Arc<MarkPlan>,
    template: Py<PyAny>,
    linked: Arc<Linked>,
    /// The templates must not go away: the plan names their programs.
    #[pyo3(get)]
    templates: Py<PyList>,
    last_words: AtomicUsize,
}

#[pymethods]
impl LiveTemplate {
    /// Compile a template and all that it is made of; `find` is that of `explain`.
    ///
    /// Raises `Unsayable` when its pages have to be parsed.
    #[new]
    fn new<'py>(template: &Bound<'py, PyAny>, find: &Bound<'py, PyAny>) -> PyResult<Self> {
        let parts = Parts::of(template, find)?
            .ok_or_else(|| Unsayable::new_err("the page depends on names that are not known"))?;
        let plan = plan_of(&parts);
        let shape = Arc::new(Shape::of(&parts, &plan).map_err(unsayable)?);
        let compiled = program_of(template)?
            .ok_or_else(|| Unsayable::new_err("Django's engine renders the template"))?;
        let templates = PyList::new(template.py(), parts.templates())?.unbind();
        Ok(Self {
            plan: Arc::new(MarkPlan::new(template.py(), shape, parts.programs())),
            template: template.clone().unbind(),
            linked: compiled.linked,
            templates,
            last_words: AtomicUsize::new(0),
        })
    }

    /// Render from a dictionary and perhaps a request.
    ///
    /// With `page`, rows that print what they did in it are left out: only that page can take the
    /// result.
    ///
    /// Returns None when the reference engine has to render it.
    #[pyo3(signature = (engine, values=None, request=None, page=None))]
    fn render_values<'py>(
        &self,
        engine: Bound<'py, PyAny>,
        values: Option<Bound<'py, PyDict>>,
        request: Option<Bound<'py, PyAny>>,
        page: Option<&LivePage>,
    ) -> PyResult<Option<PrintedPage>> {
        self.render(engine, Origin::Values { values, request }, page)
    }

    /// Render over a bound Django context.
    ///
    /// Returns None when the reference engine has to render it.
    #[pyo3(signature = (engine, context, page=None))]
    fn render_context<'py>(
        &self,
        engine: Bound<'py, PyAny>,
        context: Bound<'py, PyAny>,
        page: Option<&LivePage>,
    ) -> PyResult<Option<PrintedPage>> {
        self.render(engine, Origin::Context(context), page)
    }
}

impl LiveTemplate {
    fn render<'py>(
        &self,
        engine: Bound<'py, PyAny>,
        origin: Origin<'py>,
        page: Option<&LivePage>,
    ) -> PyResult<Option<PrintedPage>> {
        let py = engine.py();
        let Some(root) = self.linked.program.root else { return Ok(None) };
        let room = capacity(self.linked.last_len.load(Ordering::Relaxed));
        let template = self.template.bind(py).clone();
        let mut render = Render::start(py, engine, template, origin, room)?;
        let words = self.last_words.load(Ordering::Relaxed);
        let memo = page.map(|page| page.memo().take().unwrap_or_default());
        render.mark(Arc::clone(&self.plan), words + words / 8 + 16, memo);
        let Some((printed, memo)) = render.finish_marked(&self.linked, root)? else {
            return Ok(None);
        };
        self.last_words.store(printed.tape.len(), Ordering::Relaxed);
        Ok(Some(PrintedPage { printed, memo: Mutex::new(memo) }))
    }
}

/// A doubled key, the element around, and the loop: its template, line, start and end.
type DoubledRow = (String, String, Option<(u32, u32, usize, usize)>);

fn row_of(double: Double) -> DoubledRow {
    let Double { place, parent, key } = double;
    let place = place.map(|loop_| (loop_.template, loop_.line, loop_.chars.start, loop_.chars.end));
    (key.into(), parent.into(), place)
}

/// A page that one browser has; see `djust_live::Page`.
#[pyclass(frozen, module = "djust_templates._native")]
#[derive(Debug)]
pub(crate) struct LivePage {
    page: Mutex<Page>,
    /// What its rows printed last.
    memo: Mutex<Option<Memo>>,
}

impl LivePage {
    fn lock(&self) -> MutexGuard<'_, Page> {
        self.page.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn memo(&self) -> MutexGuard<'_, Option<Memo>> {
        self.memo.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl LivePage {
    /// The page that was printed. Hashes depend on `secret`.
    #[new]
    fn new(
        py: Python<'_>,
        template: &LiveTemplate,
        printed: &PrintedPage,
        secret: u64,
    ) -> PyResult<Self> {
        let shape = Arc::clone(&template.plan.shape);
        let page = py.detach(|| Page::new(shape, secret, &printed.printed)).map_err(unsayable)?;
        Ok(Self { page: Mutex::new(page), memo: Mutex::new(None) })
    }

    /// Become what was printed now, and return the ops that lead there.
    ///
    /// Raises `Unsayable` when they would have to be found by parsing; the page is lost then.
    fn update<'py>(&self, py: Python<'py>, printed: &PrintedPage) -> PyResult<Bound<'py, PyBytes>> {
        let result = py.detach(|| self.lock().update(&printed.printed));
        // What rows printed belongs to the page as it is from now on.
        let mut memo = printed.memo.lock().unwrap_or_else(PoisonError::into_inner);
        *self.memo() = memo.take().filter(|_| result.is_ok());
        Ok(PyBytes::new(py, &result.map_err(unsayable)?))
    }

    /// Return and forget keys that were found to be doubled.
    fn take_doubles(&self) -> Vec<DoubledRow> {
        self.lock().take_doubles().into_iter().map(row_of).collect()
    }

    #[getter]
    fn node_count(&self, py: Python<'_>) -> u32 {
        py.detach(|| self.lock().node_count())
    }

    #[getter]
    fn structure_hash(&self, py: Python<'_>) -> u32 {
        py.detach(|| self.lock().structure_hash())
    }

    #[getter]
    fn digest(&self, py: Python<'_>) -> u64 {
        py.detach(|| self.lock().digest())
    }

    /// Start the numbers anew.
    fn renumber(&self, py: Python<'_>) {
        py.detach(|| self.lock().renumber());
    }

    /// Forget what can be found out again.
    fn rest(&self) {
        *self.memo() = None;
    }

    fn __sizeof__(&self, py: Python<'_>) -> usize {
        let memo = self.memo().as_ref().map_or(0, Memo::bytes);
        memo + py.detach(|| size_of::<Self>() + self.lock().memory_bytes())
    }
}
