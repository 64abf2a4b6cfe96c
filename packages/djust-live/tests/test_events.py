from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group
from djust_live import LiveView, event_handler, permission_required
from djust_live.errors import BadParameter, DefinitionError
from djust_live.events import Handler, find_handlers


class Sample(LiveView):
    template = ""

    @event_handler
    def plain(self, step: int = 1) -> None: ...

    @event_handler(description="Takes all")
    def open_ended(self, name: str, **kwargs: Any) -> None: ...

    @event_handler()
    def listed(self, *args: Any) -> None: ...

    @event_handler(coerce_types=False)
    def raw(self, value: int) -> None: ...

    @event_handler(params={"group": Group.objects.all()})
    def by_key(self, group: Group) -> None: ...

    @event_handler
    def nothing(self) -> None:
        """Does nothing."""


def handler(name: str) -> Handler:
    return Sample.event_handlers()[name]


def bound(name: str, /, **params: Any) -> Any:
    return handler(name).bind(None, params)


def test_parameters_are_converted() -> None:
    assert bound("plain", step="3") == ((), {"step": 3})


def test_a_default_fills_what_is_missing() -> None:
    assert bound("plain") == ((), {})


def test_a_missing_parameter_is_named() -> None:
    with pytest.raises(BadParameter, match="open_ended: parameter 'name' is missing; expected str"):
        bound("open_ended")


def test_an_unknown_parameter_is_named() -> None:
    with pytest.raises(BadParameter, match="unknown parameter 'evil'; the handler takes step"):
        bound("plain", evil=1)


def test_a_wrong_type_is_named_with_what_was_given() -> None:
    with pytest.raises(BadParameter, match="'step' expects int, got 'x'"):
        bound("plain", step="x")


def test_keywords_accept_extras() -> None:
    assert bound("open_ended", name="a", more=1) == ((), {"name": "a", "more": 1})


def test_self_cannot_be_replaced() -> None:
    with pytest.raises(BadParameter):
        bound("open_ended", name="a", self=1)


def test_arguments_by_position_get_their_names() -> None:
    assert bound("plain", _args=["4"]) == ((), {"step": 4})


def test_arguments_by_position_win_over_what_the_element_says() -> None:
    assert bound("plain", step="9", _args=["4"]) == ((), {"step": 4})


def test_too_many_arguments_are_refused() -> None:
    with pytest.raises(BadParameter, match="2 arguments given"):
        bound("plain", _args=[1, 2])


def test_a_star_takes_all_arguments() -> None:
    assert bound("listed", _args=[1, "b"]) == ((1, "b"), {})


@pytest.mark.parametrize("key", ["_args", "_extra"])
def test_reserved_keys_must_be_lists(key: str) -> None:
    with pytest.raises(BadParameter):
        bound("plain", **{key: "x", "value": 1})


def test_what_an_element_says_by_itself_need_not_be_taken() -> None:
    assert bound("plain", value="", step="2", _extra=["value", "step"]) == ((), {"step": 2})


def test_conversion_can_be_left_out() -> None:
    assert bound("raw", value="3") == ((), {"value": "3"})


def test_only_marked_methods_are_handlers() -> None:
    assert "mount" not in Sample.event_handlers()
    assert set(Sample.event_handlers()) == {
        "plain",
        "open_ended",
        "listed",
        "raw",
        "by_key",
        "nothing",
    }


def test_the_description_is_the_first_line_of_the_docstring() -> None:
    assert handler("nothing").marks.description == "Does nothing."
    assert handler("open_ended").marks.description == "Takes all"


def test_an_override_without_a_mark_is_no_handler() -> None:
    class Quiet(Sample):
        def plain(self, step: int = 1) -> None: ...

    assert "plain" not in Quiet.event_handlers()


@pytest.mark.django_db
def test_a_model_is_fetched_from_the_declared_queryset() -> None:
    group = Group.objects.create(name="g")
    assert bound("by_key", group=str(group.pk)) == ((), {"group": group})
    for wrong in ["0", "x", None, [], True, 10**30]:
        with pytest.raises(BadParameter, match="'group' expects Group"):
            bound("by_key", group=wrong)


def test_a_model_without_a_queryset_is_an_error_of_the_class() -> None:
    def handle(self: Any, group: Group) -> None: ...

    handle.__annotations__["group"] = Group
    broken = type("Broken", (), {"handle": event_handler(handle)})
    with pytest.raises(DefinitionError, match="names no queryset"):
        find_handlers(broken)


def test_a_decorator_alone_is_an_error_of_the_class() -> None:
    with pytest.raises(DefinitionError, match="but not @event_handler"):

        class Broken(LiveView):
            @permission_required("x.y")
            def handle(self) -> None: ...


def test_a_private_handler_is_an_error_of_the_class() -> None:
    with pytest.raises(DefinitionError, match="private"):

        class Broken(LiveView):
            @event_handler
            def _handle(self) -> None: ...


def test_an_async_context_is_an_error_of_the_class() -> None:
    with pytest.raises(DefinitionError, match="get_context_data is async"):

        class Broken(LiveView):
            async def get_context_data(self, **kwargs: Any) -> Any:
                return {}
