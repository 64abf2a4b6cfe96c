"""Fields of a Django form whose files arrive live."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from conftest import Open, files, until
from django import forms
from django.core.files.storage import FileSystemStorage
from djust_live import FormMixin, LiveView
from djust_uploads import UploadMixin

LONG = b"x" * 200_000


class PaperForm(forms.Form):
    title = forms.CharField()
    paper = forms.FileField(max_length=20)

    def clean_paper(self) -> Any:
        paper = self.cleaned_data["paper"]
        if paper.read(2) == b"no":
            raise forms.ValidationError("Not that one.")
        return paper


class Papers(UploadMixin, FormMixin, LiveView):
    template = """<form method="post" enctype="multipart/form-data" dj-submit="submit_form">
    {% live_field "title" %}{% live_errors "paper" %}<input type="file" name="paper" dj-upload="paper">
    <button>Send</button></form>
    {% for entry in uploads.paper.entries %}<i>{{ entry.progress }}</i>{% endfor %}<p>{{ said }}</p>"""
    template = "{% load djust %}" + template
    form_class = PaperForm
    storage: Any = None

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.said = ""
        self.allow_upload("paper", accept=[".txt"])

    def get_files(self) -> Any:
        return self.uploaded_files()

    def form_valid(self, form: Any) -> None:
        paper = form.cleaned_data["paper"]
        if self.storage is not None:
            self.storage.save(paper.name, paper)
        paper.seek(0)
        digest = hashlib.sha256(paper.read()).hexdigest()
        self.said = f"{form.cleaned_data['title']} {paper.name} {paper.size} {digest}"
        self.consume_uploaded_entries("paper")


class Turned(FormMixin, UploadMixin, LiveView):
    """The other order of bases."""

    template = Papers.template
    form_class = PaperForm
    storage: Any = None
    mount = Papers.mount
    get_files = Papers.get_files
    form_valid = Papers.form_valid


@pytest.mark.parametrize("view", [Papers, Turned])
def test_a_file_that_arrived_fills_its_field(
    open_page: Open, uploads: Path, tmp_path: Path, view: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view, "storage", FileSystemStorage(tmp_path / "kept"))
    page = open_page(view)
    page.upload("input[type=file]", "a.txt", LONG)
    page.submit(title="Mine")
    digest = hashlib.sha256(LONG).hexdigest()
    page.assert_html(f"<p>Mine a.txt {len(LONG)} {digest}</p>")
    assert (tmp_path / "kept" / "a.txt").read_bytes() == LONG
    assert page.view.uploads.paper.entries == []
    until(lambda: files(uploads) == [])


def test_a_field_without_its_file_complains(open_page: Open) -> None:
    page = open_page(Papers)
    page.submit(title="Mine")
    assert page.view.field_errors["paper"] == ["This field is required."]
    page.upload("input[type=file]", "a.txt", b"yes")
    assert "paper" not in page.view.field_errors
    page.submit(title="Mine")
    assert page.view.said.startswith("Mine a.txt 3 ")


def test_a_file_that_the_form_refuses_stays_until_it_is_cancelled(open_page: Open) -> None:
    page = open_page(Papers)
    page.upload("input[type=file]", "a.txt", b"no")
    page.submit(title="Mine")
    assert page.view.field_errors["paper"] == ["Not that one."]
    [entry] = page.view.uploads.paper.entries
    page.send_event("cancel_upload", name="paper", ref=entry.ref)
    page.upload("input[type=file]", "b.txt", b"yes")
    page.submit(title="Mine")
    assert page.view.said.startswith("Mine b.txt 3 ")


def test_a_name_that_is_too_long_is_the_forms_to_refuse(open_page: Open) -> None:
    page = open_page(Papers)
    page.upload("input[type=file]", f"{'a' * 30}.txt", b"yes")
    page.submit(title="Mine")
    assert "at most 20 characters" in page.view.field_errors["paper"][0]
