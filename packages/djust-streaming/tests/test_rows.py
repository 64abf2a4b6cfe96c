from __future__ import annotations

import re

import pytest
from django.test import Client, override_settings
from djust_live.joining import sessions
from djust_live.messages import End
from djust_streaming.extension import StreamingExtension
from djust_streaming.regions import regions
from djust_streaming.rows import RowLog
from streaming_project.browser import Browser


def texts(browser: Browser) -> list[str]:
    return [row[4:-5] for row in browser.rows["messages"]]


async def shows(browser: Browser, *rows: str) -> None:
    await browser.until(lambda: texts(browser) == list(rows))


async def opened(browser: Browser) -> Browser:
    await browser.load("/chat/")
    await browser.join()
    return browser


async def test_the_first_page_has_the_rows_and_the_server_only_keys(browser: Browser) -> None:
    await opened(browser)
    await browser.event("rename")
    assert texts(browser) == ["1 one", "2 &lt;two&gt;"]
    session = next(iter(sessions))
    extension = StreamingExtension.of(session.view)
    assert extension._collections["messages"].keys == ["1", "2"]
    await browser.until(lambda: extension._first is None)
    assert not any(frame[0] == "streaming:rows" for frame in browser.frames)


async def test_other_changes_leave_the_rows_alone(browser: Browser) -> None:
    await opened(browser)
    assert (await browser.event("rename"))[3] == [[5, 1, "changed"]]
    assert (await browser.event("rename"))[3] == []


@pytest.mark.parametrize(
    ("at", "limit", "rows"),
    [
        (-1, None, ["1 one", "2 &lt;two&gt;", "3 new 3", "4 new 4"]),
        (0, None, ["4 new 4", "3 new 3", "1 one", "2 &lt;two&gt;"]),
        (1, None, ["1 one", "4 new 4", "3 new 3", "2 &lt;two&gt;"]),
        (-1, -3, ["2 &lt;two&gt;", "3 new 3", "4 new 4"]),
        (0, 3, ["4 new 4", "3 new 3", "1 one"]),
    ],
)
async def test_rows_are_added_where_they_belong(
    browser: Browser, at: int, limit: int | None, rows: list[str]
) -> None:
    await opened(browser)
    await browser.event("add", ids=[3, 4], at=at, limit=limit)
    await shows(browser, *rows)


async def test_a_row_with_a_known_key_is_replaced_where_it_stands(browser: Browser) -> None:
    await opened(browser)
    await browser.event("update", number=1)
    await browser.event("update", number=9)
    await browser.event("update", number=5, update_only=False)
    await shows(browser, "1 updated", "2 &lt;two&gt;", "5 updated")


async def test_rows_are_taken_away_by_key_and_by_item(browser: Browser) -> None:
    await opened(browser)
    await browser.event("add", ids=[3])
    await browser.event("remove", number=1)
    await shows(browser, "3 new 3")


async def test_a_reset_shows_only_the_new_rows(browser: Browser) -> None:
    await opened(browser)
    await browser.event("reset")
    await shows(browser, "7 seven", "8 eight")


@pytest.mark.parametrize(("limit", "rows"), [(2, ["10 x", "11 x"]), (-2, ["13 x", "14 x"])])
async def test_a_limit_keeps_the_first_or_the_last(
    browser: Browser, limit: int, rows: list[str]
) -> None:
    await opened(browser)
    await browser.event("anew", limit=limit)
    await shows(browser, *rows)


async def test_mistakes_are_named(browser: Browser) -> None:
    await opened(browser)
    assert (await browser.event("unknown"))[4]["error"]["code"] == "DJS101"


async def test_rows_wait_until_their_element_is_shown(
    browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    await opened(browser)
    await browser.event("hidden")
    await browser.event("rename")
    assert caplog.text.count('dj-stream="aside"') == 1
    await browser.event("unhide")
    await browser.until(lambda: any("<b>x</b>" in str(frame) for frame in browser.frames))


@pytest.mark.parametrize(
    ("safe", "shown"), [(True, "<b>bold</b>"), (False, "&lt;b&gt;bold&lt;/b&gt;")]
)
async def test_html_is_escaped_unless_it_is_safe(browser: Browser, safe: bool, shown: str) -> None:
    await opened(browser)
    await browser.event("html", safe=safe)
    await browser.until(lambda: browser.rows.get("html") == [shown])


async def test_rows_that_were_missed_come_after_a_drop(browser: Browser) -> None:
    await opened(browser)
    await browser.event("add", ids=[3])
    await shows(browser, "1 one", "2 &lt;two&gt;", "3 new 3")
    await browser.drop()
    session = next(iter(sessions))
    session.call(lambda: session.view.add([4]))
    await browser.join()
    await shows(browser, "1 one", "2 &lt;two&gt;", "3 new 3", "4 new 4")


async def test_rows_go_on_after_a_restart(browser: Browser) -> None:
    await opened(browser)
    await browser.event("add", ids=[3])
    await shows(browser, "1 one", "2 &lt;two&gt;", "3 new 3")
    await browser.drop()
    session = next(iter(sessions))
    session.post(End("expired"))
    await session.finished()
    await browser.join(rev=0)
    await browser.event("add", ids=[4])
    await browser.event("remove", number=1)
    await shows(browser, "3 new 3", "4 new 4")


async def test_a_view_that_was_mounted_again_shows_its_own_rows(browser: Browser) -> None:
    await opened(browser)
    await browser.event("add", ids=[3])
    await shows(browser, "1 one", "2 &lt;two&gt;", "3 new 3")
    await browser.drop()
    session = next(iter(sessions))
    session.post(End("left"))
    await session.finished()
    await browser.join()
    await shows(browser, "1 one", "2 &lt;two&gt;")


async def test_rows_that_the_server_lost_lead_to_a_new_page(browser: Browser) -> None:
    await opened(browser)
    await browser.event("add", ids=[3])
    await shows(browser, "1 one", "2 &lt;two&gt;", "3 new 3")
    await browser.drop()
    assert browser.log is not None
    browser.log[1] += 1
    await browser.join()
    await browser.until(lambda: browser.is_stale)


@override_settings(DJUST={"STREAM_BUFFER_CHARS": 50})
async def test_rows_that_nobody_takes_are_too_much_at_last(browser: Browser) -> None:
    await opened(browser)
    browser.have = lambda: {}  # type: ignore[method-assign]
    await browser.event("add", ids=[3])
    await browser.event("add", ids=[4])
    assert (await browser.event("add", ids=[5]))[4]["error"]["code"] == "DJS102"


def test_regions_are_found_whatever_is_around_them() -> None:
    page = (
        "<!-- <p dj-stream='a'>no</p> --><script>'<p dj-stream=a>'</script>"
        "<DIV title='>' dj-stream = 'a'><div>1</div><br>2</DIV><p dj-stream=b></p>"
        "<p dj-stream='a'>second</p>"
    )
    assert regions(page, {"a", "b", "c"}) == {"a": "<div>1</div><br>2", "b": ""}


def test_a_log_remembers_only_what_is_owed() -> None:
    log = RowLog()
    log.add(("a", "x" * 10, [[0, 0]]))
    log.add(("b", "y", None))
    message, _ = log.take()
    assert message == [log.name, 1, "a", "x" * 10, [[0, 0]]]
    log.acknowledge(2)
    assert (log.base, log.sent, log.end) == (1, 1, 2)
    again = RowLog.load(log.dump())
    assert again.resume(3) is None
    assert again.resume(1) == 0
    assert again.take()[0][1:3] == [2, "b"]


@pytest.mark.parametrize("kind", ["raise", "render"])
async def test_what_a_failing_handler_changed_is_taken_back(browser: Browser, kind: str) -> None:
    await opened(browser)
    await browser.event("fail", kind=kind)
    session = next(iter(sessions))
    assert set(StreamingExtension.of(session.view)._collections) == {"messages"}
    await browser.event("add", ids=[3])
    await shows(browser, "1 one", "2 &lt;two&gt;", "3 new 3")
    await browser.event("html", safe=False)
    await browser.until(lambda: browser.rows.get("html"))
    assert "never" not in str(browser.frames)


def test_the_page_of_a_plain_post_has_all_rows() -> None:
    page = Client().post("/saying/", {"djust-component": "say", "word": "three"}).content.decode()
    assert re.findall("<li>(.*?)</li>", page) == ["1 one", "2 &lt;two&gt;", "3 three"]


async def test_what_background_work_added_beside_a_failing_handler_stays(browser: Browser) -> None:
    await opened(browser)
    await browser.event("work")
    await browser.event("fail_around_work")
    await shows(browser, "1 one", "2 &lt;two&gt;", "4 kept")


async def test_rows_that_a_slow_reader_has_kept_from_being_rendered_are_saved(
    browser: Browser,
) -> None:
    await opened(browser)
    session = next(iter(sessions))
    extension = StreamingExtension.of(session.view)
    await browser.until(lambda: extension._first is None)
    browser.reads.clear()
    for ref in range(1, 31):
        browser.send(["event", ref, 0, "rename", {}])
    await browser.until(lambda: session.out.is_congested)
    browser.send(["event", 31, 0, "add", {"ids": [3]}])
    collection = extension._collections["messages"]
    await browser.until(lambda: collection.keys == ["1", "2", "3"])
    saved = extension.dump_state()
    assert "3 new 3" in str(saved["log"])
    browser.reads.set()
    await shows(browser, "1 one", "2 &lt;two&gt;", "3 new 3")
