"""A page that other scripts change, too: right, or noticed and resynced, never silently wrong."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.ops.conftest import LivePage

Open = Callable[[str], LivePage]


def rows(keys: str, text: str = "") -> str:
    """Return a keyed list."""
    return "<ul>" + "".join(f'<li dj-key="{key}">{key}{text}</li>' for key in keys) + "</ul>"


def texts(view: LivePage) -> str:
    """Return a JavaScript expression for the texts of the list."""
    return "[...document.querySelectorAll('li')].map((li) => li.textContent).join()"


# What a script does, and what the page is to become then.
CASES: dict[str, tuple[str, str]] = {
    "an element is inserted, a row added": (
        "ul.prepend(document.createElement('hr'))",
        rows("nabc"),
    ),
    "a comment and a text are inserted, rows moved": (
        "ul.firstChild.after(document.createComment('x')); ul.append('!')",
        rows("cab"),
    ),
    "a row is removed, another changed": ("ul.children[0].remove()", rows("abd")),
    "a row is removed, that row changed": ("ul.children[0].remove()", rows("abc", "!")),
    "rows are reordered, one inserted": ("ul.append(ul.children[0])", rows("abxc")),
    "rows are reordered, all reversed": ("ul.append(ul.children[0])", rows("cba")),
    "rows are reordered, one removed": ("ul.append(ul.children[0])", rows("bc")),
    "a row goes to another list, one appended": (
        "const other = document.createElement('ol'); ul.after(other); other.append(ul.children[1])",
        rows("abcd"),
    ),
    "a text is split, the text changed": (
        "ul.children[0].firstChild.splitText(0)",
        rows("abc", "!"),
    ),
    "attributes are added, one of ours changed": (
        "ul.children[0].setAttribute('data-theirs', '1'); ul.children[0].className = 'theirs'",
        rows("abc").replace('"a"', '"a" title="t"'),
    ),
    "everything is wrapped": (
        "const w = document.createElement('div'); ul.replaceWith(w); w.append(ul)",
        rows("abcd"),
    ),
    "the list is emptied": ("ul.replaceChildren()", rows("abcd")),
    "the list is replaced by a copy": ("ul.replaceWith(ul.cloneNode(true))", rows("abcd")),
}


@pytest.mark.parametrize("name", CASES)
def test_a_page_that_others_change_is_right_in_the_end(live: Open, name: str) -> None:
    script, body = CASES[name]
    view = live(rows("abc"))
    view.page.evaluate(f"() => {{ const ul = document.querySelector('ul'); {script} }}")
    view.push(body)
    wanted = [row.split("<")[0] for row in body.split(">")[2:-2:2]]
    done = f"{texts(view)} === {','.join(wanted)!r}"
    if name == "a row is removed, that row changed":
        # Nothing says that the row is gone until something about it has to change.
        done = f"{texts(view)}.endsWith('b!,c!')"
    view.resync_if_asked(done)
    # Whatever happened, the page goes on.
    view.push(body + "<p>on</p>")
    view.resync_if_asked("document.querySelector('p')?.textContent === 'on'")


def test_foreign_nodes_and_attributes_survive(live: Open) -> None:
    view = live(rows("abc"))
    view.page.evaluate(
        """() => {
        const ul = document.querySelector("ul");
        ul.children[1].before(Object.assign(document.createElement("hr"), { id: "theirs" }));
        ul.children[0].setAttribute("data-theirs", "1");
        }"""
    )
    view.push(rows("cba", "!"))
    view.until(f"{texts(view)} === 'c!,b!,a!'")
    expect(view.page.locator("hr#theirs")).to_have_count(1)
    expect(view.page.locator("li[data-theirs]")).to_have_text("a!")
    assert not any(frame[0] == "resync" for frame in view.frames)


def test_foreign_elements_survive_a_resync(live: Open) -> None:
    view = live(rows("abc"))
    view.page.evaluate(
        """() => {
        const ul = document.querySelector("ul");
        ul.append(document.createElement("hr"));
        ul.append(ul.children[0]);
        }"""
    )
    view.push(rows("xabc"))
    assert view.resync_if_asked(f"{texts(view)} === 'x,a,b,c'")
    expect(view.page.locator("hr")).to_have_count(1)
    view.push(rows("xabcy"))
    view.until(f"{texts(view)} === 'x,a,b,c,y'")
    assert sum(frame[0] == "resync" for frame in view.frames) == 1
