"""Fields of a Django form whose files arrive live."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from conftest import Open, files, until
from django import forms
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from djust_live import FormMixin, LiveView
from djust_testing import Impossible
from djust_uploads import UploadMixin
from uploads_project.papers import PaperForm, Papers, Turned

LONG = b"x" * 200_000


@pytest.mark.parametrize("view", [Papers, Turned])
def test_a_file_that_arrived_fills_its_field(
    open_page: Open, uploads: Path, tmp_path: Path, view: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view, "storage", FileSystemStorage(tmp_path / "kept"))
    page = open_page(view)
    page.upload("input[type=file]", "a.txt", LONG)
    page.submit(title="Mine")
    digest = hashlib.sha256(LONG).hexdigest()
    page.assert_html(f'<p id="said">Mine a.txt {len(LONG)} {digest}</p>')
    assert (tmp_path / "kept" / "a.txt").read_bytes() == LONG
    assert page.view.uploads.paper.entries == []
    until(lambda: files(uploads) == [])


def test_a_field_without_its_file_complains(open_page: Open) -> None:
    page = open_page(Papers)
    with pytest.raises(Impossible, match="is empty"):
        page.submit(title="Mine")
    page.send_event("submit_form", title="Mine")
    assert page.view.field_errors["paper"] == ["This field is required."]
    page.upload("input[type=file]", "a.txt", b"yes")
    assert "paper" not in page.view.field_errors
    page.submit(title="Mine")
    assert page.view.said.startswith("Mine a.txt 3 ")
    assert page.view.field_errors == {}


def test_a_file_that_the_form_refuses_stays_until_it_is_cancelled(open_page: Open) -> None:
    page = open_page(Papers)
    page.upload("input[type=file]", "a.txt", b"no")
    page.submit(title="Mine")
    assert page.view.field_errors["paper"] == ["Not that one."]
    [entry] = page.view.uploads.paper.entries
    page.send_event("cancel_upload", name="paper", ref=entry.ref)
    assert page.view.uploads.paper.entries == []
    page.upload("input[type=file]", "b.txt", b"yes")
    page.submit(title="Mine")
    assert page.view.said.startswith("Mine b.txt 3 ")


def test_the_file_that_is_chosen_last_takes_the_place_of_the_one_before(
    open_page: Open, uploads: Path
) -> None:
    page = open_page(Papers)
    page.upload("input[type=file]", "a.txt", b"no")
    page.submit(title="Mine")
    page.upload("input[type=file]", "b.txt", b"yes")
    assert [entry.client_name for entry in page.view.uploads.paper.entries] == ["b.txt"]
    until(lambda: len(files(uploads)) == 1)
    page.submit(title="Mine")
    assert page.view.said.startswith("Mine b.txt 3 ")


def test_a_file_that_is_refused_leaves_none_behind(open_page: Open) -> None:
    page = open_page(Papers)
    page.upload("input[type=file]", "a.txt", b"yes")
    page.upload("input[type=file]", "b.exe", b"MZ")
    assert page.view.uploads.paper.live == []
    page.send_event("submit_form", title="Mine")
    assert page.view.field_errors["paper"] == ["This field is required."]


def test_a_file_on_its_way_is_not_missing(open_page: Open) -> None:
    page = open_page(Papers)
    chosen = {"field_name": "paper", "value": "C:\\fakepath\\a.txt"}
    page.send_event("validate_field", **chosen)
    assert page.view.field_errors == {}
    page.send_event("validate_field", **{**chosen, "value": ""})
    assert page.view.field_errors == {"paper": ["This field is required."]}


def test_a_plain_post_shows_what_is_wrong_with_other_fields_only(uploads: Path) -> None:
    paper = SimpleUploadedFile("a.txt", b"yes", "text/plain")
    text = Client().post("/papers/", {"title": "M", "paper": paper}).content.decode()
    assert "Too short." in text
    assert "This field is required." not in text
    bad = SimpleUploadedFile("a.txt", b"no", "text/plain")
    assert (
        "Not that one."
        in Client().post("/papers/", {"title": "Mine", "paper": bad}).content.decode()
    )
    paper = SimpleUploadedFile("a.txt", b"yes", "text/plain")
    done = Client().post("/papers/", {"title": "Mine", "paper": paper}).content.decode()
    assert "Mine a.txt 3 " in done
    assert "This field is required." not in done


def test_a_name_that_is_too_long_is_the_forms_to_refuse(open_page: Open) -> None:
    page = open_page(Papers)
    page.upload("input[type=file]", f"{'a' * 30}.txt", b"yes")
    page.submit(title="Mine")
    assert "at most 20 characters" in page.view.field_errors["paper"][0]


class Prefixed(Papers):
    """Its fields have names that are none of Python."""

    prefix = "my-own"

    def get_form(self) -> Any:
        """Say which upload it is."""
        form = super().get_form()
        form.fields["paper"].widget.attrs["dj-upload"] = form.add_prefix("paper")
        return form

    def mount(self, request: Any, **kwargs: Any) -> None:
        """Allow what the form wants."""
        self.said = ""
        self.allow_upload("my-own-paper", accept=[".txt"])

    def form_valid(self, form: Any) -> None:
        """Take it."""
        [paper] = self.consume_uploaded_entries("my-own-paper")
        with paper:
            self.said = paper.read().decode()


def test_an_upload_may_have_the_name_of_a_field_with_a_prefix(open_page: Open) -> None:
    page = open_page(Prefixed)
    page.upload("input[type=file]", "a.txt", b"yes")
    page.submit(**{"my-own-title": "Mine"})
    page.assert_state(said="yes")
    page.restart_server()
    page.reconnect()
    assert page.view.uploads["my-own-paper"].entries == []


class Sheets(UploadMixin, FormMixin, LiveView):
    """Rows with a file each."""

    template = (
        """{% load djust %}<form dj-submit="submit_form">{% live_form %}<button>x</button></form>"""
    )

    class Rows(forms.BaseFormSet):
        """Say which upload it is, in each row."""

        def add_fields(self, form: Any, index: int | None) -> None:
            super().add_fields(form, index)
            form.fields["paper"].widget.attrs["dj-upload"] = form.add_prefix("paper")

    form_class = forms.formset_factory(PaperForm, formset=Rows, extra=2)

    def mount(self, request: Any, **kwargs: Any) -> None:
        """Allow as many as there are rows."""
        self.said = ""
        for row in range(2):
            self.allow_upload(f"form-{row}-paper", accept=[".txt"])

    def get_files(self) -> Any:
        """Give the rows the files that are here."""
        return self.uploaded_files()

    def form_valid(self, form: Any) -> None:
        """Read them."""
        for one in form.cleaned_data:
            one["paper"].seek(0)
            self.said += f"{one['title']}:{one['paper'].read().decode()} "


def test_rows_of_a_formset_have_files(open_page: Open) -> None:
    page = open_page(Sheets)
    for row, text in enumerate(["one", "two"]):
        page.change(f"#id_form-{row}-title", f"No{row}")
        page.upload(f"#id_form-{row}-paper", f"{text}.txt", text.encode())
    assert page.view.field_errors == {}
    page.submit()
    page.assert_state(said="No0:one No1:two ")
