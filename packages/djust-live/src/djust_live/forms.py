"""Django forms in live views: checked while they are filled in, and by a plain POST as well."""

from __future__ import annotations

import contextlib
import copy
import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from django.core.exceptions import NON_FIELD_ERRORS, ImproperlyConfigured
from django.db.models import Model
from django.forms import BaseFormSet, BaseModelFormSet
from django.forms.formsets import DELETION_FIELD_NAME, ORDERING_FIELD_NAME
from django.forms.widgets import FileInput
from django.http import HttpRequest
from django.http.response import HttpResponseRedirectBase
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from djust_live import form_errors, posting
from djust_live.component import LiveComponent
from djust_live.decorators import event_handler
from djust_live.errors import BadParameter, DefinitionError
from djust_live.events import WHOSE_FORM
from djust_live.fleeting import fleeting, forget
from djust_live.form_data import (
    Data,
    field_named,
    forms_of,
    from_post,
    initial_data,
    posted,
    rearranged,
    taken,
    with_value,
)

__all__ = ["FormMixin", "Messages"]


# Attributes with which a control says itself what happens when it changes.
BINDINGS = ("dj-change", "dj-input", "dj-model")


class Messages(list[str]):
    """Messages of one field: a list, and as text one after the other."""

    def __str__(self) -> str:
        return " ".join(self)


@dataclass(frozen=True, slots=True)
class Checked:
    """A form as the page shows it.

    Attributes:
        form: Without errors of fields that nobody touched.
        is_valid: What the form as a whole says.
        field_errors: Messages that are shown, by name of the field.
        form_errors: Messages that are shown and belong to no field.
    """

    form: Any
    is_valid: bool
    field_errors: dict[str, Messages]
    form_errors: Messages


class FormMixin:
    """A form in a live view or a component; its place among the base classes does not matter.

    What travels is what was filled in; the form is made of that whenever it is needed, bound as a
    whole, so that ``clean()`` always runs. Errors are shown at fields that were touched, and at
    all once the form was submitted. Without JavaScript the view takes the POST.

    Attributes:
        form_class: A form, a model form or a formset.
        initial: First values.
        prefix: Of the names of the fields.
        success_url: Where a valid form leads; None: the page stays.
        bind_fields: Let the controls call ``validate_field`` when they change.
        form_data: What was filled in, by name in the page; empty: nobody touched the form.
        success_message: For ``form_valid`` to set; emptied by the next submit.
        error_message: Set when the form was submitted with errors.

    Example:
        >>> class Contact(FormMixin, LiveView):
        ...     template_name = "contact.html"
        ...     form_class = ContactForm
        ...     def form_valid(self, form):
        ...         self.success_message = "Thank you."
    """

    form_class: Any = None
    initial: Any = None
    prefix: str | None = None
    success_url: Any = None
    bind_fields: bool = True
    form_data: Mapping[str, Any] = {}
    success_message: Any = ""
    error_message: Any = ""

    _touched: tuple[str, ...] = ()
    _is_submitted: bool = False
    _saved_data: Mapping[str, Any] | None = None
    _posted_files: Any = None
    _added: Mapping[str, Mapping[str, list[str]]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for name in ("form_valid", "form_invalid"):
            if inspect.iscoroutinefunction(getattr(cls, name)):
                raise DefinitionError(
                    f"{cls.__qualname__}.{name} is async; a form is checked in a thread. "
                    "Start async work with start_async."
                )

    # As in Django's FormView

    def get_form_class(self) -> Any:
        """Return the class of the form."""
        return self.form_class

    def get_initial(self) -> Any:
        """Return the first values; a list of them for a formset."""
        return copy.copy(self.initial)

    def get_prefix(self) -> str | None:
        """Return the prefix of the names of the fields."""
        return self.prefix

    def get_form_kwargs(self) -> dict[str, Any]:
        """Return the keywords for the form, data and files apart.

        A model form is given a copy of ``self.object`` when the view has one, so that values which
        are not saved yet never show in the object itself.
        """
        kwargs: dict[str, Any] = {"initial": self.get_initial(), "prefix": self.get_prefix()}
        if hasattr(getattr(self.get_form_class(), "_meta", None), "model") or hasattr(
            self.get_form_class(), "fk"
        ):
            instance = getattr(self, "object", None)
            if instance is not None:
                kwargs["instance"] = copy.copy(instance)
        return kwargs

    def get_form(self, form_class: Any = None) -> Any:
        """Return a new form, bound when something was filled in; all its errors are in it.

        Events carry no files, so :meth:`get_files` is asked for them, except in a plain POST.

        Args:
            form_class: That of :meth:`get_form_class` by default.

        Raises:
            ImproperlyConfigured: There is none.
        """
        form_class = form_class or self.get_form_class()
        if form_class is None:
            raise ImproperlyConfigured(f"{type(self).__qualname__} needs a form_class.")
        kwargs = self.get_form_kwargs()
        if self._is_filled_in:
            kwargs.setdefault("data", posted(self.form_data))
            kwargs.setdefault("files", self._files())
        form = form_class(**kwargs)
        if self.bind_fields:
            _bind(form)
        return form

    def get_files(self) -> Any:
        """Return the files of the form by name, for fields whose files arrive live.

        With djust-uploads: ``return self.uploaded_files()``. A plain POST brings its own.
        """
        return None

    def get_success_url(self) -> str | None:
        """Return where a valid form leads; None: the page stays.

        That is ``success_url``, in which ``{id}`` and the like stand for fields of ``self.object``.
        """
        if self.success_url is None:
            return None
        instance = getattr(self, "object", None)
        url = str(self.success_url)
        return url.format(**vars(instance)) if isinstance(instance, Model) else url

    def form_valid(self, form: Any) -> Any:
        """Do what the form is for: save a model form, and go to the success URL if there is one.

        Args:
            form: Valid, with its files when it was posted.

        Returns:
            A redirect of Django's leads there; None: nothing more is to be done.
        """
        if hasattr(form, "save"):
            saved = form.save()
            if not isinstance(form, BaseFormSet):
                self.object = saved
        url = self.get_success_url()
        if url is not None:
            self._lead_to(url)

    def form_invalid(self, form: Any) -> Any:
        """Called when the form was submitted with errors; may return what ``form_valid`` may."""
        self.error_message = gettext("Please correct the errors below.")

    def add_error(self, field: str | None, error: Any) -> None:
        """Show an error that a handler or background work has found, as ``form.add_error`` does.

        It stays until the field changes or the form is submitted.

        Args:
            field: Its name, in a formset as in the page; None: of the form as a whole.
            error: A text, a list of them or a ``ValidationError``.

        Raises:
            BadParameter: The form has no such field (``DJL202``).
        """
        form = self._checked.form
        prefix, name = form.prefix or "", str(NON_FIELD_ERRORS)
        if field is not None:
            found = field_named(
                form, field if isinstance(form, BaseFormSet) else form.add_prefix(field)
            )
            prefix, name = found.form.prefix or "", found.name
        self.form_data = self._data()
        self._added = form_errors.with_one(self._added, prefix, name, error)
        forget(self)

    # What templates show

    @fleeting
    def _checked(self) -> Checked:
        form = self.get_form()
        if self.bind_fields:
            _bind(form)  # widgets that a get_form of the project has put there, too
        is_valid = form.is_bound and form.is_valid()
        if not self._is_submitted:
            _hide(form, set(self._touched))
        if form.is_bound and self._added:
            form_errors.add(form, self._added)
            is_valid = False
        vars(self)["_shown_form"] = form
        return _shown(form, bool(is_valid))

    @cached_property
    def _shown_form(self) -> Any:
        """The form that was made last, for the page that the browser shows; else a new one."""
        return self._checked.form

    @property
    def form_instance(self) -> Any:
        """The form, or formset, as the page shows it."""
        return self._checked.form

    @property
    def form(self) -> Any:
        """The same, under the name that templates of Django use."""
        return self._checked.form

    @property
    def field_errors(self) -> dict[str, Messages]:
        """Messages at touched fields by name; in a formset the names of the page."""
        return self._checked.field_errors

    @property
    def form_errors(self) -> Messages:
        """Messages about the form as a whole."""
        return self._checked.form_errors

    @property
    def is_valid(self) -> bool:
        """Whether the form as it is filled in would be taken."""
        return self._checked.is_valid

    @property
    def is_dirty(self) -> bool:
        """Whether something was filled in that is neither first value nor submitted."""
        if not self._is_filled_in or self.form_data == self._saved_data:
            return False
        return bool(self._checked.form.has_changed())

    # What the browser calls

    @event_handler(description="Check a field that was filled in.")
    def validate_field(self, field_name: str, value: Any = None, **others: Any) -> None:
        """Take what one control holds now, and show what is wrong with it.

        Args:
            field_name: The control's name in the page.
            value: What it holds.
            **others: What else the element says; not used.
        """
        form, field = self._control(field_name)
        self.form_data = with_value(self._data(), field, field_name, value)
        if field.html_name not in self._touched and not self._is_on_its_way(field, value):
            self._touched = (*self._touched, field.html_name)
        # What the view said of the value before is over, and so is what it said of all together.
        gone = (field.name, NON_FIELD_ERRORS)
        self._added = form_errors.without(self._added, field.form.prefix or "", gone)
        if isinstance(form, BaseFormSet):
            self._added = form_errors.without(self._added, form.prefix or "")
        forget(self)

    @event_handler(description="Submit the form.")
    def submit_form(self, **fields: Any) -> None:
        """Check the whole form and call ``form_valid`` or ``form_invalid``.

        Args:
            **fields: All that the form holds, by name in the page.
        """
        values = {name: taken(name, value) for name, value in fields.items()}
        self._submit({name: value for name, value in values.items() if value is not None})

    @event_handler(description="Start with an empty form.")
    def reset_form(self, **others: Any) -> None:
        """Forget what was filled in.

        Args:
            **others: What the element says; not used.
        """
        self.form_data = {}
        self._touched, self._is_submitted, self._saved_data = (), False, None
        self._added = {}
        self.success_message = self.error_message = ""
        forget(self)

    @event_handler(description="Add an empty row to the formset.")
    def add_row(self, **others: Any) -> None:
        """Add an empty row, unless ``max_num`` is reached.

        Args:
            **others: What the element says; not used.
        """
        formset = self._formset()
        count = formset.total_form_count()
        if count < min(formset.max_num, formset.absolute_max):
            first = initial_data(formset.empty_form)
            row = {name.replace("__prefix__", str(count), 1): first[name] for name in first}
            self._set_rows({**self._data(), **row}, formset, count + 1)

    @event_handler(description="Take a row out of the formset.")
    def remove_row(self, index: int, **others: Any) -> None:
        """Take a row away; one that is saved is marked for deletion.

        Args:
            index: Of the row, from 0.
            **others: What the element says; not used.

        Raises:
            BadParameter: There is no such row, or it may not be deleted (``DJL202``).
        """
        formset = self._formset()
        _check_row(formset, index)
        data = self._data()
        if index < formset.initial_form_count():
            if not formset.can_delete:
                raise BadParameter(f"Row {index} is saved, and the formset has no can_delete.")
            data[f"{formset.add_prefix(index)}-{DELETION_FIELD_NAME}"] = "on"
            self._set_rows(data, formset, formset.total_form_count())
            return

        def place_of(place: int) -> int | None:
            return None if place == index else place - (place > index)

        data = self._rearrange(data, formset, place_of)
        self._set_rows(data, formset, formset.total_form_count() - 1)

    @event_handler(description="Move a row of the formset.")
    def move_row(self, index: int, by: int, **others: Any) -> None:
        """Change places with another row.

        Args:
            index: Of the row, from 0.
            by: How far down; negative: up. Beyond the ends nothing happens.
            **others: What the element says; not used.

        Raises:
            BadParameter: There is no such row, or it may not move there (``DJL202``).
        """
        formset = self._formset()
        _check_row(formset, index)
        other, count = index + by, formset.total_form_count()
        if not 0 <= other < count:
            return
        if not formset.can_order and min(index, other) < formset.initial_form_count():
            raise BadParameter("Rows that are saved move only in a formset with can_order.")
        saved = formset.initial_form_count() if isinstance(formset, BaseModelFormSet) else 0
        if (index < saved) != (other < saved):
            # Django tells by their places which of them are saved.
            raise BadParameter("A row that is saved and one that is not cannot change places.")
        places = {index: other, other: index}
        # Bound, so that it is known which rows hold something.
        self.form_data = self._data()
        forget(self)
        formset = self._formset()
        data = self._rearrange(self._data(), formset, lambda place: places.get(place, place))
        if formset.can_order:
            for place in range(count):
                # A number alone would make a row that is left empty one that is filled in.
                if _is_blank(formset, places.get(place, place)):
                    data.pop(_order(formset, place), None)
                else:
                    data[_order(formset, place)] = str(place + 1)
        self._set_rows(data, formset, count)

    # Without JavaScript

    def take_post(self) -> None:
        """Take a plain POST as :meth:`submit_form` takes the event, with its files."""
        request: HttpRequest = cast("Any", self).request
        self._posted_files = request.FILES
        posting.submit(self, "submit_form", from_post(request.POST))

    def forget_post(self) -> None:
        """Let go the files, which end with the request, as does what the page says of them."""
        self._posted_files = None

    @property
    def form_target(self) -> SafeString:
        """In a component: a hidden field that leads a plain POST there; else empty."""
        if not isinstance(self, LiveComponent):
            return SafeString("")
        return format_html('<input type="hidden" name="{}" value="{}">', WHOSE_FORM, self.id)

    # Inside

    def _submit(self, data: Data) -> None:
        self.form_data = data
        self._is_submitted = True
        self.success_message = self.error_message = ""
        self._added = {}
        forget(self)
        form = self.get_form()
        is_valid = form.is_valid()
        before = form_errors.errors_of(form)
        if is_valid:
            # It was taken: a file that is gone from here, or a name that is taken now, is no error.
            self._saved_data, self._touched, self._is_submitted = data, (), False
            self._follow(self.form_valid(form))
        else:
            self._follow(self.form_invalid(form))
        self._added = form_errors.added(before, form_errors.errors_of(form))
        if self._added:
            self._saved_data, self._is_submitted = None, True
        elif is_valid:
            self._posted_files = None
        forget(self)

    def _follow(self, answer: Any) -> None:
        """Go where a redirect leads that a hook returned, as in Django's views."""
        if isinstance(answer, HttpResponseRedirectBase):
            self._lead_to(answer.url)
        elif answer is not None:
            raise TypeError(
                f"{type(self).__qualname__}: form_valid and form_invalid return a redirect or "
                f"nothing, not {type(answer).__name__}; the page is rendered by itself."
            )

    def _lead_to(self, url: str) -> None:
        view: Any = self.view if isinstance(self, LiveComponent) else self
        view.redirect(url)

    def _control(self, name: str) -> tuple[Any, Any]:
        """Return the form that has a control of the page, and the field that owns it."""
        shown = self._shown_form
        with contextlib.suppress(BadParameter):
            return shown, field_named(shown, name)
        return self._checked.form, field_named(self._checked.form, name)

    def _is_on_its_way(self, field: Any, value: Any) -> bool:
        """Return whether a file was chosen that is not here: nothing is known of it yet."""
        if not value or not isinstance(field.field.widget, FileInput):
            return False
        return not (self.get_files() or {}).get(field.html_name)

    @property
    def _is_filled_in(self) -> bool:
        """Whether the form holds what was filled in, which may be nothing, or its first values."""
        has_begun = self._touched or self._is_submitted or self._saved_data is not None
        return bool(self.form_data or has_begun or self._added)

    def _files(self) -> Any:
        if self._posted_files is None:
            return self.get_files()
        for _, files in self._posted_files.lists():
            for file in files:
                # The form that was checked before this one has read it.
                if not file.closed:
                    file.seek(0)
        return self._posted_files

    def _data(self) -> Data:
        """Return what the form holds: filled in, or its first values."""
        if self._is_filled_in:
            return dict(self.form_data)
        return initial_data(self._checked.form)

    def _formset(self) -> Any:
        formset = self._checked.form
        if not isinstance(formset, BaseFormSet):
            raise BadParameter(f"{type(self).__qualname__} has no formset.")
        return formset

    def _rearrange(self, data: Data, formset: Any, place_of: Any) -> Data:
        names = rearranged([*data, *self._touched], formset.prefix, place_of)
        self._touched = tuple(names[name] for name in self._touched if name in names)
        self._added = form_errors.moved(self._added, formset.prefix, place_of)
        return {names[name]: value for name, value in data.items() if name in names}

    def _set_rows(self, data: Data, formset: Any, count: int) -> None:
        data[f"{formset.prefix}-TOTAL_FORMS"] = str(count)
        self.form_data = data
        # What the view said of the rows together is over.
        self._added = form_errors.without(self._added, formset.prefix)
        forget(self)


def _bind(form: Any) -> None:
    """Let controls say when they change.

    Fields are not looked at as they are bound, since those keep labels and help as they are now.
    """
    for one in forms_of(form):
        for field in one.fields.values():
            _bind_widget(field.widget)


def _bind_widget(widget: Any) -> None:
    attributes = widget.attrs
    for name in attributes:
        if name.startswith(BINDINGS):
            return
    if not widget.is_hidden:
        attributes["dj-change"] = "validate_field"


def _check_row(formset: Any, index: int) -> None:
    if not 0 <= index < formset.total_form_count():
        raise BadParameter(f"The formset has no row {index}.")


def _is_blank(formset: Any, place: int) -> bool:
    """Return whether a row may be left as it is, since nothing was filled in."""
    row = formset.forms[place]
    return bool(row.empty_permitted and set(row.changed_data) <= {ORDERING_FIELD_NAME})


def _order(formset: Any, place: int) -> str:
    return f"{formset.add_prefix(place)}-{ORDERING_FIELD_NAME}"


def _hide(form: Any, touched: set[str]) -> None:
    """Take what nobody asked for yet out of a form that was checked."""
    for one in forms_of(form):
        if not one.is_bound:
            continue
        for name in list(one.errors):
            is_due = (
                {field.html_name for field in one.visible_fields()} <= touched
                if name == NON_FIELD_ERRORS
                else one.add_prefix(name) in touched
            )
            if not is_due:
                del one.errors[name]
    if isinstance(form, BaseFormSet) and form.is_bound:
        form.non_form_errors().clear()


def _shown(form: Any, is_valid: bool) -> Checked:
    """Return a form as the page shows it, with its errors by field."""
    is_formset = isinstance(form, BaseFormSet)
    field_errors: dict[str, Messages] = {}
    form_errors = Messages()
    for one in forms_of(form):
        for name, errors in one.errors.items() if one.is_bound else ():
            if name == NON_FIELD_ERRORS:
                form_errors.extend(map(str, errors))
            else:
                key = one.add_prefix(name) if is_formset else name
                field_errors[key] = Messages(map(str, errors))
    if is_formset and form.is_bound:
        form_errors.extend(map(str, form.non_form_errors()))
    return Checked(form, is_valid, field_errors, form_errors)
