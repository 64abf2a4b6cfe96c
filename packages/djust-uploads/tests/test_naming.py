from __future__ import annotations

import pytest
from djust_uploads.naming import check, extension, safe
from hypothesis import given, settings
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("my holiday (1).JPG", "my_holiday_1.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\x\\y.txt", "y.txt"),
        ("Größe ☃.pdf", "Größe.pdf"),
        (".htaccess", "htaccess"),
        ("...", "file"),
        ("", "file"),
        ("CON.txt", "file_CON.txt"),
        ("a.tar.gz", "a.tar.gz"),
        ("写真.png", "写真.png"),
        ("x" * 300 + ".png", "x" * 96 + ".png"),
        ("<b>.png", "b.png"),
        ("a.", "a"),
    ],
)
def test_names_for_paths(name: str, wanted: str) -> None:
    assert safe(name) == wanted


@settings(deadline=None)
@given(st.text())
def test_a_safe_name_is_one_name_and_stays_it(name: str) -> None:
    made = safe(name)
    assert made
    assert not set(made) & set("/\\<>\"'& \0\n")
    assert not made.startswith((".", "-"))
    assert len(made) <= 100
    assert safe(made) == made
    check(made)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [("a.PNG", ".png"), ("a", ""), (".png", ""), ("a.svg. ", ".svg"), ("a.b.c", ".c"), ("", "")],
)
def test_extensions(name: str, wanted: str) -> None:
    assert extension(name) == wanted
