"""The example of README.md works as it stands there."""

from __future__ import annotations

import re
from pathlib import Path

from tests.integration.pages import Page
from tests.integration.projects import Project
from tools import workspace

TEXT = (workspace.ROOT / "README.md").read_text(encoding="utf-8")


def test_the_todo_list_lives(tmp_path: Path) -> None:
    (example,) = re.findall(r"(?ms)^```python\n(.*?)^```$", TEXT)
    project = Project(tmp_path)
    project.append("mysite/settings.py", 'INSTALLED_APPS += ["djust"]\n')
    project.append(
        "mysite/asgi.py",
        "from djust.asgi import live_application\napplication = live_application(application)\n",
    )
    project.create("mysite/todo.py", example)
    project.append(
        "mysite/urls.py",
        "from mysite.todo import TodoView\nurlpatterns += [path('', TodoView.as_view())]\n",
    )
    with project.serve() as origin, Page(origin, "/") as page:
        assert page.first_html.count("<li") == 1
        page.send("add", title="<b>Ship</b>")
        assert page.html.count("<li") == 2
        assert "&lt;b&gt;Ship&lt;/b&gt;" in page.html
        page.send("done", task="Read the quickstart")
        assert page.html.count("<li") == 1
        assert "Read the quickstart" not in page.html
