"""What a checkpoint keeps of uploads comes back as it was, also in another process."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest
from djust_uploads.entries import Accept, State, Upload, UploadEntry, config_of
from djust_uploads.stored import dump, restored


def presign(entry: UploadEntry) -> dict[str, str]:
    return {"url": entry.ref}


class Writer:
    """A writer, and one that is made by a method of its class."""

    @classmethod
    def make(cls, entry: UploadEntry) -> Writer:
        return cls()


class View:
    """As much of a view as callables are found in."""

    def on_progress(self, entry: UploadEntry) -> None: ...


def upload(
    name: str, *, accept: str = "", writer: Any = None, external: Any = None, progress: Any = None
) -> Upload:
    config = config_of(
        name,
        accept,
        max_entries=3,
        max_file_size=5_000,
        chunk_size=1_000,
        is_external=external is not None,
        is_written=writer is not None,
    )
    return Upload(config, {}, writer, external, progress)


def carried(view: View, *uploads: Upload, entries: tuple[UploadEntry, ...] = ()) -> Any:
    """What is restored of uploads after a journey as JSON."""
    data = dump(view, 7, {each.name: each for each in uploads}, entries)  # type: ignore[arg-type]
    return restored(view, json.loads(json.dumps(data)))  # type: ignore[arg-type]


def test_what_is_allowed_comes_back() -> None:
    pictures, texts = upload("pictures", accept=".png,image/*"), upload("texts")

    last_ref, uploads, entries = carried(View(), pictures, texts)

    assert last_ref == 7
    assert [config for config, *_ in uploads] == [pictures.config, texts.config]
    assert isinstance(uploads[0][0].accept, Accept)
    assert str(uploads[0][0].accept) == ".png,image/*"
    assert entries == []


@pytest.mark.parametrize(("option", "place"), [("writer", 1), ("external", 2), ("progress", 3)])
@pytest.mark.parametrize("function", [presign, Writer, Writer.make])
def test_a_callable_of_a_module_is_found_again(option: str, place: int, function: Any) -> None:
    _, ((*given,),), _ = carried(View(), upload("a", **{option: function}))

    assert given[place] == function
    assert [each for each in given[1:] if each is not None] == [function]


def test_a_method_is_that_of_the_view_that_is_there_now() -> None:
    before, now = View(), View()
    data = dump(before, 1, {"a": upload("a", progress=before.on_progress)}, ())  # type: ignore[arg-type]

    _, ((_, _, _, progress),), _ = restored(now, data)  # type: ignore[arg-type]

    assert progress == now.on_progress
    assert progress != before.on_progress


def test_a_local_function_has_to_be_given_again() -> None:
    _, ((_, writer, _, progress),), _ = carried(
        View(), upload("a", writer=lambda entry: None, progress=View().on_progress.__func__)
    )

    assert writer is None
    assert progress is View.on_progress


def test_files_come_back_as_far_as_they_were() -> None:
    waiting = UploadEntry("1", "a", "ü.png", 10, "image/png", 99, preview="blob:x")
    half = UploadEntry("2", "a", "b.txt", 10, received=5, state=State.RECEIVING)
    done = UploadEntry("3", "a", "c.txt", 10, content_type="text/plain", received=10)
    done.state, done.meta, done.result = State.DONE, {"key": "k", 5: 6}, "stored/c.txt"

    _, _, entries = carried(View(), upload("a"), entries=(waiting, half, done))

    assert [each.state for each in entries] == [State.WAITING, State.WAITING, State.DONE]
    shown = [dataclasses.asdict(each) for each in entries]
    assert shown[0] == dataclasses.asdict(waiting)
    assert shown[1] == {**dataclasses.asdict(half), "state": State.WAITING}
    assert shown[2] == {**dataclasses.asdict(done), "meta": {"key": "k", "5": 6}}
    assert [one.fingerprint for one in entries] == [
        one.fingerprint for one in (waiting, half, done)
    ]


def test_where_a_file_goes_is_still_known() -> None:
    entry = UploadEntry("1", "a", "c.txt", 10)
    entry.meta = {"url": "u", "fields": {"policy": "signed", "n": [1, None]}, "headers": {}}

    _, _, (back,) = carried(View(), upload("a"), entries=(entry,))

    assert back.meta == entry.meta


def test_what_is_not_plain_is_left_behind() -> None:
    entry = UploadEntry("1", "a", "c.txt", 10, state=State.DONE)
    entry.result, entry.meta = object(), {"url": "u", "handle": object(), "in": [{1: 2}]}

    _, _, (back,) = carried(View(), upload("a"), entries=(entry,))

    assert back.result is None
    assert back.meta == {"url": "u"}
