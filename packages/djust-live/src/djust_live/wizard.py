"""A form in several steps: one form each, all of them checked again at the end."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any, ClassVar, cast

from django.core import signing
from django.utils.html import format_html
from django.utils.safestring import SafeString

from djust_live import form_errors
from djust_live.decorators import event_handler
from djust_live.errors import BadParameter, DefinitionError
from djust_live.fleeting import forget
from djust_live.form_data import Data, from_post
from djust_live.forms import FormMixin

__all__ = ["WizardMixin"]

_STATE = "wizard_state"
_STEP = "wizard_step"


class WizardMixin(FormMixin):
    """Steps, each a form with its own fields, that lead to :meth:`done`.

    Without JavaScript the steps before travel in a signed field, which ``{% live_form %}`` prints,
    and a button called ``wizard_step`` leads back.

    Attributes:
        steps: Name and form class of each step, in order.
        step: Name of the step that is shown; empty: the first.
        step_data: What was filled in at other steps, by their names.

    Example:
        >>> class SignUp(WizardMixin, LiveView):
        ...     template_name = "sign_up.html"
        ...     steps = (("you", PersonForm), ("team", TeamForm))
        ...     def done(self, forms):
        ...         create(forms["you"].cleaned_data, forms["team"].cleaned_data)
    """

    steps: ClassVar[tuple[tuple[str, Any], ...]] = ()
    step: str = ""
    step_data: Mapping[str, Any] = {}

    _completed: tuple[str, ...] = ()
    # The earlier step that is wrong after all, and why.
    _reproach: tuple[str, form_errors.Errors] | None = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if inspect.iscoroutinefunction(cls.done):
            raise DefinitionError(f"{cls.__qualname__}.done is async; use start_async in it.")

    @property
    def current_step(self) -> str:
        """Name of the step that is shown."""
        return self.step or self.steps[0][0]

    @property
    def step_number(self) -> int:
        """Number of the step that is shown, from 1."""
        return self._names().index(self.current_step) + 1

    @property
    def step_count(self) -> int:
        """How many steps there are."""
        return len(self.steps)

    @property
    def previous_step(self) -> str:
        """Name of the step before; empty at the first."""
        number = self.step_number
        return self._names()[number - 2] if number > 1 else ""

    @property
    def wizard_state(self) -> SafeString:
        """A hidden field with the other steps, for a plain POST."""
        state = [self.current_step, dict(self.step_data), list(self._completed)]
        # Without the time, so that it is the same in each render.
        text = signing.Signer(salt=self._salt()).sign_object(state, compress=True)
        return format_html('<input type="hidden" name="{}" value="{}">', _STATE, text)

    def get_form_class(self) -> Any:
        """Return the form class of the step."""
        return dict(self.steps)[self.current_step]

    def get_prefix(self) -> str | None:
        """Return the name of the step, so that steps may have fields of the same name."""
        return self.current_step

    def form_valid(self, form: Any) -> None:
        """Go on to the next step, or check all steps again and call :meth:`done`."""
        step, names = self.current_step, self._names()
        self.step_data = {**self.step_data, step: dict(self.form_data)}
        self._completed = (*(name for name in self._completed if name != step), step)
        position = names.index(step) + 1
        if position < len(names):
            self._show(names[position])
            return
        forms = {name: form if name == step else self._form_at(name) for name in names}
        for name, other in forms.items():
            if name not in self._completed or not other.is_valid():
                self._show(name)
                self._is_submitted = name in self._completed
                return
        self.done(forms)
        for name, other in forms.items():
            if name != step and not other.is_valid():
                self._reproach = name, form_errors.added({}, form_errors.errors_of(other))
                return

    def done(self, forms: dict[str, Any]) -> None:
        """Do what the wizard is for.

        What it adds to a form with ``add_error`` is shown, at the first step that has errors.

        Args:
            forms: All valid, by name of their step.
        """

    @event_handler(description="Show a step that was reached before.")
    def go_to_step(self, value: str) -> None:
        """Show another step; what is filled in here is kept.

        Args:
            value: Name of the step: one that was completed, or the one after these.

        Raises:
            BadParameter: The visitor has not come so far (``DJL202``).
        """
        names = self._names()
        reached = next((name for name in names if name not in self._completed), names[-1])
        if value not in names or names.index(value) > names.index(reached):
            raise BadParameter(f"The step {value[:80]!r} cannot be shown yet.")
        self.step_data = {**self.step_data, self.current_step: self._data()}
        self._show(value)

    @event_handler(description="Start again at the first step.")
    def restart(self, **others: Any) -> None:
        """Forget all steps.

        Args:
            **others: What the element says; not used.
        """
        self.step_data, self._completed = {}, ()
        self._show(self._names()[0])

    def _submit(self, data: Data) -> None:
        super()._submit({k: v for k, v in data.items() if k not in (_STATE, _STEP)})
        if self._reproach is not None:
            (step, errors), self._reproach = self._reproach, None
            self._show(step)
            self._is_submitted, self._added = True, errors

    def take_post(self) -> None:
        """Take the steps before as well; a button may lead to another step."""
        post = cast("Any", self).request.POST
        self._load(post.get(_STATE, ""))
        wanted = post.get(_STEP)
        if wanted is None:
            super().take_post()
            return
        self.form_data = {k: v for k, v in from_post(post).items() if k not in (_STATE, _STEP)}
        forget(self)
        self.go_to_step(wanted)

    def _load(self, text: str) -> None:
        try:
            step, step_data, completed = signing.Signer(salt=self._salt()).unsign_object(text)
        except signing.BadSignature:
            return  # the first step
        if step in self._names():
            self.step, self.step_data, self._completed = step, step_data, tuple(completed)
            forget(self)

    def _show(self, step: str) -> None:
        self.step = step
        self.form_data = self.step_data.get(step, {})
        self._touched, self._is_submitted, self._saved_data = (), False, None
        self._added = {}
        forget(self)

    def _form_at(self, step: str) -> Any:
        """Return the form of another step as it was filled in."""
        kept = self.step, self.form_data, self._is_submitted
        self.step, self.form_data, self._is_submitted = step, self.step_data.get(step, {}), True
        try:
            return self.get_form()
        finally:
            self.step, self.form_data, self._is_submitted = kept

    def _names(self) -> list[str]:
        return [name for name, _ in self.steps]

    def _salt(self) -> str:
        return f"djust_live.wizard:{type(self).__module__}.{type(self).__qualname__}"
