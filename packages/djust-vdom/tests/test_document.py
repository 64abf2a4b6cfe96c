"""The page as the browser has it."""

from __future__ import annotations

import json
import sys
import threading

import pytest
from djust_vdom import Document, Replica, RootChanged, apply, diff


def test_nothing_changed_is_an_empty_list() -> None:
    assert Document("<p>1</p>").update("<p>1</p>") == b"[]"


def test_one_text_is_one_op() -> None:
    assert json.loads(diff("<p>1</p>", "<p>2</p>")) == [[1, 2, "2"]]


def test_update_becomes_the_new_page() -> None:
    page = Document("<p>1</p>")
    page.update("<p>2</p>")
    assert page.html == "<p>2</p>"
    assert page.update("<p>2</p>") == b"[]"


def test_bytes_are_read_as_utf8() -> None:
    assert Document("<p>é</p>".encode()).html == "<p>é</p>"


def test_root_is_the_element_that_says_so() -> None:
    page = Document("<!doctype html><title>t</title><nav>n</nav><main dj-root>x</main>")
    assert page.root_html == '<main dj-root="">x</main>'
    assert page.node_count == 2


def test_root_of_a_document_is_its_body() -> None:
    assert Document("<!doctype html><body class=a>x").root_html == '<body class="a">x</body>'


def test_header_does_not_make_a_document() -> None:
    assert Document("<header>x</header>").root_html == "<header>x</header>"


def test_title_outside_of_the_root_has_its_own_op() -> None:
    page = "<!doctype html><title>{}</title><p>x</p>"
    old, new = page.format("one"), page.format("two")
    assert json.loads(diff(old, new)) == [[14, "two"]]
    assert Document(old).title == "one"
    assert apply(old, diff(old, new)) == Document(new).html


def test_other_changes_outside_of_the_root_are_not_ours() -> None:
    page = "<!doctype html><meta name=csrf content={}><body dj-root>x</body>"
    assert diff(page.format("a"), page.format("b")) == b"[]"


def test_another_root_element_asks_for_a_resync() -> None:
    page = Document("<p>a</p><div dj-root>x</div>")
    assert page.update("<p>a</p><ul dj-root><li>x</ul>") == b"[[0]]"
    assert page.root_html == '<ul dj-root=""><li>x</li></ul>'


def test_root_that_vanishes_is_an_error_and_changes_nothing() -> None:
    page = Document("<div dj-root>x</div>")
    with pytest.raises(RootChanged):
        page.update("<div>x</div>")
    assert page.root_html == '<div dj-root="">x</div>'


def test_resync_starts_the_numbers_again() -> None:
    page = Document("<p>1</p><p id=a>2</p>")
    page.update("<p id=b>new</p><p id=a>2</p>")
    assert page.resync() == '<p id="b">new</p><p id="a">2</p>'
    assert json.loads(page.update('<p id="b">newer</p><p id="a">2</p>')) == [[1, 2, "newer"]]


def test_numbers_are_dense_again_after_many_changes() -> None:
    page, replica = Document("<ul></ul>"), Replica("<ul></ul>")
    renumbered = 0
    for step in range(3_000):
        ops = page.update(f"<ul><li id=a{step}>{step}</ul>")
        replica.apply(ops)
        renumbered += ops.endswith(b",[13]]")
    assert renumbered == 5
    assert replica.html == page.html
    assert replica.node_count == page.node_count
    assert replica.structure_hash == page.structure_hash


def test_size_includes_the_tree() -> None:
    small, large = Document("<p>x"), Document("<p>x" * 10_000)
    assert sys.getsizeof(large) > sys.getsizeof(small) + 100_000


def test_pages_may_be_used_from_several_threads() -> None:
    page = Document("<p>0</p>")
    threads = [
        threading.Thread(target=page.update, args=(f"<p>{number}</p>",)) for number in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert page.html in {f"<p>{number}</p>" for number in range(16)}


def test_content_suits_the_document_that_the_browser_loaded() -> None:
    old, new = "<!doctype html><body><p>x", "<body><p>a<table></table>"
    replica = Replica(old)
    replica.apply(diff(old, new))
    assert replica.root_html == Document(new).root_html == "<body><p>a<table></table></p></body>"


def test_keys_that_siblings_share_are_told() -> None:
    page = Document('<ul><li dj-key="1">a<li dj-key="2">b<li dj-key="1">c</ul>')
    assert page.doubled_keys() == [("li", "ul", "1")]

    page.update('<ul><li dj-key="1">a<li dj-key="2">b</ul>')
    assert page.doubled_keys() == []
