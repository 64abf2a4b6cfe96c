"""A form of Django with a field whose file arrives live."""

from __future__ import annotations

import hashlib
from typing import Any

from django import forms
from djust_live import FormMixin, LiveView
from djust_uploads import UploadMixin


class PaperForm(forms.Form):
    """Takes a title and a file that the visitor has to choose."""

    title = forms.CharField()
    paper = forms.FileField(
        max_length=20, widget=forms.FileInput(attrs={"dj-upload": "paper", "accept": ".txt,.dat"})
    )

    def clean_title(self) -> str:
        """Refuse what browsers let pass."""
        title: str = self.cleaned_data["title"]
        if len(title) < 3:
            raise forms.ValidationError("Too short.")
        return title

    def clean_paper(self) -> Any:
        """Refuse some by what is in them."""
        paper = self.cleaned_data["paper"]
        if paper.read(2) == b"no":
            raise forms.ValidationError("Not that one.")
        return paper


class Papers(UploadMixin, FormMixin, LiveView):
    """Shows what came of the form."""

    template = """{% load djust %}<main>
    <form method="post" enctype="multipart/form-data" dj-submit="submit_form">{% csrf_token %}
    {% live_field "title" %}{% live_field "paper" %}<button>Send</button>
    <button type="reset" dj-click="reset_form">Clear</button></form>
    <ul>{% for entry in uploads.paper.entries %}<li>{{ entry.client_name }} <i>{{ entry.progress }}</i></li>{% endfor %}</ul>
    <ol>{% for error in uploads.paper.errors %}<li>{{ error }}</li>{% endfor %}</ol>
    <p id="error">{{ error_message }}</p><p id="said">{{ said }}</p></main>"""
    form_class = PaperForm
    storage: Any = None

    def mount(self, request: Any, **kwargs: Any) -> None:
        """Allow what the form wants."""
        self.said = ""
        self.allow_upload("paper", accept=[".txt", ".dat"], max_file_size=100_000_000)

    def get_files(self) -> Any:
        """Give the form the files that are here."""
        return self.uploaded_files()

    def form_valid(self, form: Any) -> None:
        """Read the file, and keep it where there is a storage."""
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
