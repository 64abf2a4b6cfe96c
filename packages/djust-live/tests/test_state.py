from __future__ import annotations

import logging
from typing import Any

import msgspec
import pytest
from django.contrib.auth.models import AnonymousUser, Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, F, Prefetch, Q
from django.test import RequestFactory
from django.utils.functional import SimpleLazyObject
from djust_live.background_work import AsyncResult
from djust_live.errors import DefinitionError, StateCorrupt
from djust_live.mounting import begin
from djust_live.state import StateDump, classes_known_to, dump, load, portable
from live_project.kinds import Box, Holder, Inner, Pair, Status, Unmarked


def view_of(cls: type[Holder] = Holder, **attributes: Any) -> Holder:
    """Return a view as it is between two turns."""
    view = cls()
    view.setup(RequestFactory().get("/"))
    begin(view, view.request, b"page")
    for name, value in attributes.items():
        setattr(view, name, value)
    return view


def travel(view: Holder) -> dict[str, Any]:
    """Return the attributes as another process gets them."""
    data = msgspec.msgpack.encode(dump(view))
    return load(type(view), msgspec.msgpack.decode(data, type=StateDump))


def through(value: Any) -> Any:
    """Return a value as another process gets it."""
    view = view_of(value=value)
    saved = dump(view)
    assert saved.missing == []
    return load(Holder, saved)["value"]


def test_public_and_private_attributes_travel_and_djangos_do_not() -> None:
    view = view_of(count=1, _secret=[2])
    assert travel(view) == {"count": 1, "_secret": [2]}


def test_what_the_urlconf_gave_comes_from_the_urlconf_again() -> None:
    view = Holder(template="<i></i>")
    view.setup(RequestFactory().get("/"))
    begin(view, view.request, b"page")
    view.count = 1  # type: ignore[attr-defined]
    assert travel(view) == {"count": 1}


def test_a_cached_property_is_computed_again() -> None:
    view = view_of(count=1)
    assert view.slow == 42
    assert "slow" in vars(view)
    assert travel(view) == {"count": 1}


def test_classes_that_the_module_names_travel_with_their_fields_types() -> None:
    assert through(Inner(Status.OPEN)) == Inner(Status.OPEN)
    assert through(Pair(1, 2)) == Pair(1, 2)
    assert through([Holder.Kind.SMALL]) == [Holder.Kind.SMALL]


def test_a_marked_class_travels_in_its_own_way() -> None:
    assert through(Box([1, 2])).content == [1, 2]


def test_a_class_of_another_module_is_not_known() -> None:
    names = set(classes_known_to(Holder))
    assert "live_project.kinds.Inner" in names
    assert not any(name.startswith(("live_project.saved.", "builtins", "os.")) for name in names)


def test_marking_a_class_that_is_more_than_its_fields_needs_two_functions() -> None:
    with pytest.raises(DefinitionError, match="Unmarked"):
        portable(Unmarked)


def test_what_does_not_travel_is_named_once_for_each_class(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Here(Holder):
        pass

    view = view_of(Here, odd=Unmarked(), fine=1)
    with caplog.at_level(logging.WARNING):
        first = dump(view)
        dump(view_of(Here, odd=Unmarked()))
    assert first.missing == ["odd"]
    assert travel(view) == {"fine": 1}
    assert [record.getMessage().split(":")[0] for record in caplog.records] == [
        f"{Here.__qualname__}.odd does not travel with the state of the view"
    ]


def test_work_that_ran_is_known_to_have_been_cut_off() -> None:
    back = through(AsyncResult(loading=True, result=[1]))
    assert (back.loading, back.failed, back.result) == (False, True, [1])
    assert through(AsyncResult(ok=True, result={"a": 1})) == AsyncResult(ok=True, result={"a": 1})
    assert str(through(AsyncResult(failed=True, error=ValueError("no"))).error) == "no"


def test_state_of_another_shape_is_corrupt() -> None:
    saved = dump(view_of(value=Inner(Status.OPEN)))

    class Other(Holder):
        __module__ = "elsewhere"

    classes_known_to.cache_clear()
    with pytest.raises(StateCorrupt):
        load(type("Stranger", (), {"__module__": "elsewhere"}), saved)


# Rows


@pytest.mark.django_db
class TestRows:
    """Model instances and querysets."""

    def test_a_row_is_fetched_again(self) -> None:
        group = Group.objects.create(name="old")
        saved = dump(view_of(value=group))
        Group.objects.update(name="new")
        assert load(Holder, saved)["value"].name == "new"

    def test_rows_of_a_model_cost_one_query(self, django_assert_num_queries: Any) -> None:
        groups = [Group.objects.create(name=f"g{n}") for n in range(5)]
        user = User.objects.create(username="u")
        saved = dump(view_of(groups=groups, first=groups[0], by={"user": user}, again=[user]))
        with django_assert_num_queries(2):
            back = load(Holder, saved)
        assert back["groups"] == groups
        assert back["first"] is back["groups"][0]
        assert back["by"]["user"] is back["again"][0]

    def test_a_row_that_is_gone_leaves_lists_and_is_none_elsewhere(self) -> None:
        kept, gone = Group.objects.create(name="a"), Group.objects.create(name="b")
        saved = dump(
            view_of(
                many=[kept, gone], one=gone, by={"x": gone, "y": (kept, gone)}, some={gone, kept}
            )
        )
        gone.delete()
        back = load(Holder, saved)
        assert back == {
            "many": [kept],
            "one": None,
            "by": {"x": None, "y": (kept,)},
            "some": {kept},
        }

    def test_values_that_were_not_saved_travel(self) -> None:
        group = Group.objects.create(name="old")
        view = view_of(value=group)
        dump(view)
        group.name = "typed"
        back = travel(view)["value"]
        assert back.name == "typed"
        again = view_of(value=back)
        assert travel(again)["value"].name == "typed"
        back.save()
        assert Group.objects.get().name == "typed"

    def test_saved_values_are_those_of_the_database_again(self) -> None:
        group = Group.objects.create(name="old")
        view = view_of(value=group)
        dump(view)
        group.name = "saved"
        group.save()
        saved = dump(view)
        Group.objects.update(name="by others")
        assert load(Holder, saved)["value"].name == "by others"

    def test_a_row_that_was_never_saved_travels_as_its_values(self) -> None:
        back = through(Group(name="draft"))
        assert (back.name, back.pk, back._state.adding) == ("draft", None, True)

    def test_deferred_fields_and_annotations_stay_what_they_are(self) -> None:
        User.objects.create(username="u", email="e@x.y")
        user = User.objects.only("username").annotate(n=Count("groups")).get()
        back = through(user)
        assert back.get_deferred_fields() == user.get_deferred_fields()
        assert back.n == 0

    def test_related_rows_that_were_loaded_are_loaded_again(
        self, django_assert_num_queries: Any
    ) -> None:
        content_type = ContentType.objects.get_for_model(User)
        Permission.objects.filter(content_type=content_type).first()
        permission = Permission.objects.select_related("content_type").first()
        saved = dump(view_of(value=permission))
        with django_assert_num_queries(1):
            assert load(Holder, saved)["value"].content_type is not None

    def test_two_objects_of_one_row_stay_two(self) -> None:
        Group.objects.create(name="a")
        one, other = Group.objects.get(), Group.objects.get()
        back = load(Holder, dump(view_of(one=one, other=other)))
        assert back["one"] == back["other"]
        assert back["one"] is not back["other"]

    def test_the_user_of_a_request_travels(self) -> None:
        user = User.objects.create(username="u")
        assert through(SimpleLazyObject(lambda: user)) == user
        assert isinstance(through(AnonymousUser()), AnonymousUser)

    @pytest.mark.parametrize(
        "make",
        [
            lambda: Group.objects.all(),
            lambda: Group.objects.filter(name="a"),
            lambda: Group.objects.filter(name__in=["a", "b"], pk__gt=0).order_by("-name"),
            lambda: Group.objects.exclude(name="a").order_by("name")[1:3],
            lambda: Group.objects.filter(Q(name="a") | ~Q(pk__lt=3)).reverse(),
            lambda: Group.objects.none(),
            lambda: Group.objects.order_by("name").distinct(),
            lambda: Permission.objects.filter(content_type__app_label="auth"),
            lambda: Permission.objects.select_related("content_type").defer("codename"),
            lambda: Permission.objects.filter(codename__startswith="add").prefetch_related(
                "group_set"
            ),
            lambda: User.objects.filter(groups__name="a"),
        ],
    )
    def test_a_simple_queryset_is_made_again(
        self, make: Any, django_assert_num_queries: Any
    ) -> None:
        for name in "abc":
            Group.objects.create(name=name)
        queryset = make()
        with django_assert_num_queries(0):
            back = through(queryset)
        assert str(back.query.__class__) == str(queryset.query.__class__)
        assert list(back) == list(queryset)
        assert back.model is queryset.model

    @pytest.mark.parametrize(
        "make",
        [
            lambda: Group.objects.values("name"),
            lambda: Group.objects.annotate(n=Count("user")),
            lambda: Group.objects.filter(name=F("pk")),
            lambda: Group.objects.extra(where=["1=1"]),
            lambda: Group.objects.filter(pk__in=Group.objects.filter(name="a")),
            lambda: Group.objects.all().union(Group.objects.all()),
            lambda: Group.objects.order_by(F("name").desc()),
            lambda: Group.objects.prefetch_related(Prefetch("user_set", to_attr="people")),
            lambda: Group.objects.raw("select * from auth_group"),
        ],
    )
    def test_a_queryset_that_does_more_is_named(self, make: Any) -> None:
        assert dump(view_of(value=make())).missing == ["value"]
