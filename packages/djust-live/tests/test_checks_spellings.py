"""The same mistakes in many spellings, and what only looks like them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from djust_live.checks import quality, security, trust
from djust_live.checks.python_sources import PythonSource


def ids(code: str) -> set[str]:
    """The checks and rules of the audit that a file breaks; class V is a view without rules."""
    source = PythonSource(Path("app.py"), code.splitlines(), ast.parse(code))
    found = [*security.findings(source), *quality.remarks(source)]
    found += [message for _, message in trust.suspicions(source, set(), {"V"})]
    return {str(message.id).removeprefix("djust.") for message in found}


WRONG = [
    ("S001", 'from django.utils.safestring import mark_safe as ms\nx = ms(f"<b>{n}</b>")'),
    ("S001", 'from django.utils import safestring\nx = safestring.mark_safe("<b>%s</b>" % n)'),
    ("S001", 'x = mark_safe("<b>{}</b>".format(n))'),
    ("S001", 'x = mark_safe("<b>" + n + "</b>")'),
    ("S001", 'x = SafeString(f"<b>{n}</b>")'),
    ("S001", 'html = f"<b>{n}</b>"\nx = mark_safe(html)'),
    ("S001", 'def f():\n    html = "<b>%s</b>" % n\n    return mark_safe(html)'),
    ("S001", 'x = mark_safe("".join(f"<li>{i}</li>" for i in xs))'),
    ("S001", 'TPL = "<b>{}</b>"\nx = mark_safe(TPL.format(n))'),
    (
        "S001",
        "class V:\n    @event_handler\n    def a(self, text: str):\n        self.html = mark_safe(text.strip())",
    ),
    ("S001", 'x = mark_safe(s="a" + b)'),
    (
        "S001",
        'class A(SafeString): pass\ndef f(request):\n    return mark_safe(request.GET.get("q"))',
    ),
    ("S001", 'def f(request):\n    q = request.POST["q"]\n    return mark_safe(q)'),
    ("S001", 'x = format_html(f"<b>{n}</b>")'),
    ("S001", 'x = format_html("<b>%s</b>" % n)'),
    ("S001", 'def __html__(self):\n    return mark_safe(f"<i>{self.x}</i>")'),
    ("S001", 'from django.utils.html import SafeString as SS\nx=SS("<b>%s"%y)'),
    ("S002", "@csrf_exempt\ndef f(r): pass"),
    ("S002", "from django.views.decorators.csrf import csrf_exempt as ce\n@ce\ndef f(r): pass"),
    ("S002", '@method_decorator(csrf_exempt, name="dispatch")\nclass V: pass'),
    ("S002", "f = csrf.csrf_exempt(f)"),
    ("S003", "try:\n  a()\nexcept:\n  pass"),
    ("S004", 'def f(request):\n    return redirect(request.GET["next"])'),
    ("S004", 'def f(request):\n    return HttpResponseRedirect(request.GET.get("next", "/"))'),
    ("S004", 'def f(self):\n    nxt = self.request.POST.get("next")\n    return redirect(nxt)'),
    (
        "S004",
        "class V:\n    @event_handler\n    def go(self, url: str):\n        self.live_redirect(url)",
    ),
    (
        "S004",
        "class V:\n    @event_handler\n    def go(self, url: str):\n        self.redirect(url)",
    ),
    (
        "S004",
        'from django.shortcuts import redirect as rd\ndef f(request):\n    return rd(request.GET["next"])',
    ),
    (
        "S004",
        'def f(request):\n    r = HttpResponse(status=302)\n    r["Location"] = request.GET["next"]\n    return r',
    ),
    ("S004", 'def f(req):\n    return redirect(req.GET["next"])'),
    ("S004", 'class V:\n    def get_success_url(self):\n        return self.request.GET["next"]'),
    (
        "S004",
        'class V:\n    def get(self, request, url):\n        return redirect(request.META.get("HTTP_REFERER"))',
    ),
    ("S004", 'def f(request):\n    return redirect(to=request.GET["next"])'),
    ("S004", 'def f(request):\n    if (n := request.GET.get("next")):\n        return redirect(n)'),
    ("S004", 'def f(request):\n    url = request.GET.get("next") or "/"\n    return redirect(url)'),
    ("S004", 'def f(request):\n    return RedirectView.as_view(url=request.GET["next"])(request)'),
    ("S004", "def f(request):\n    return redirect(f\"{request.GET['next']}?a=1\")"),
    ("S005", 'open("/x/" + entry.client_name, "wb")'),
    ("S005", 'Path("/x") / e.client_name'),
    ("S005", "os.path.join(root, entry.client_name)"),
    ("S005", 'f = request.FILES["a"]\nopen(os.path.join("/x", f.name), "wb")'),
    ("S005", 'for f in request.FILES.getlist("a"):\n    default_storage.save(f.name, f)'),
    ("S005", "open(f\"/x/{request.FILES['a'].name}\")"),
    ("S005", 'name = entry.client_name\nopen("/x/"+name)'),
    ("S005", "shutil.move(p, root / entry.client_name)"),
    ("S005", 'self.save_uploads("a", prefix=entry.client_name)'),
    ("S005", 'default_storage.save("x/%s" % entry.client_name, f)'),
    ("Q001", 'print("x")'),
    ("Q001", "import builtins\nbuiltins.print(1)"),
    ("Q001", "from pprint import pprint\npprint(x)"),
    ("Q002", 'log.warning("a %s" % b)'),
    ("Q002", 'logging.getLogger(__name__).info(f"x {y}")'),
    ("Q002", 'self.logger.error("a" + b)'),
    ("Q002", '_logger.debug("{}".format(x))'),
    ("Q002", 'LOG.exception(f"{x}")'),
    ("Q002", 'import logging as lg\nlg.info(f"{x}")'),
    ("Q002", 'logger.log(10, f"{x}")'),
    ("Q002", 'logger.warn(f"{x}")'),
    ("Q002", 'logger.info(msg=f"{x}")'),
    ("Q002", 'LOGGER.critical("x {0}".format(y))'),
    (
        "A001",
        "class V:\n    @event_handler\n    def a(self, pk: int):\n        self.n = Note.objects.get(pk=pk)",
    ),
    (
        "A001",
        "class V:\n    @event_handler()\n    def a(self, note_id):\n        self.n = get_object_or_404(Note, id=note_id)",
    ),
    (
        "A001",
        "class V:\n    @event_handler\n    async def a(self, note_id):\n        self.n = await Note.objects.aget(pk=int(note_id))",
    ),
    (
        "A001",
        "class V:\n    @event_handler\n    def a(self, note):\n        Note.objects.filter(pk=note).delete()",
    ),
    (
        "A001",
        'class V:\n    @event_handler\n    def a(self, note):\n        n = Note.objects.select_related("x").get(pk=note)',
    ),
    (
        "A001",
        'class V:\n    @event_handler\n    def a(self, **kw):\n        n = Note.objects.get(pk=kw["pk"])',
    ),
    (
        "A001",
        "class V:\n    @event_handler\n    def a(self, pk):\n        qs = Note.objects.all()\n        n = qs.get(pk=pk)",
    ),
    (
        "A001",
        "class V:\n    @event_handler\n    def a(self, pk):\n        key = int(pk)\n        n = Note.objects.get(pk=key)",
    ),
    (
        "A001",
        "class V:\n    @event_handler\n    def a(self, pk):\n        n = Note._default_manager.get(pk=pk)",
    ),
    (
        "A001",
        "class V:\n    @event_handler\n    def a(self, ids: list[int]):\n        n = Note.objects.in_bulk(ids)",
    ),
    (
        "A001",
        "class V:\n    @event_handler\n    def a(self, pk):\n        n = get_object_or_404(Note.objects.all(), pk=pk)",
    ),
    (
        "A001",
        "class V:\n    @event_handler\n    def a(self, pk):\n        n = Note.objects.get(Q(pk=pk))",
    ),
    (
        "A001",
        "class V(LiveView):\n    def mount(self, request, pk, **kw):\n        self.n = LogEntry.objects.get(pk=pk)",
    ),
    (
        "A001",
        'class V(LiveView):\n    def mount(self, request, **kwargs):\n        self.n = get_object_or_404(LogEntry, pk=kwargs["pk"])',
    ),
    (
        "A001",
        'class V(LiveView):\n    def get_object(self):\n        return LogEntry.objects.get(pk=self.kwargs["pk"])',
    ),
    (
        "A001",
        'class V(LiveView):\n    def handle_params(self, params, uri):\n        self.n = LogEntry.objects.get(pk=params["id"])',
    ),
    (
        "A001",
        "from djust.decorators import event_handler as eh\nclass V:\n    @eh\n    def a(self, pk):\n        n = Note.objects.get(pk=pk)",
    ),
    (
        "A002",
        "class V:\n    @event_handler\n    def a(self, t):\n        Note.objects.create(title=t)",
    ),
    (
        "A002",
        "class V:\n    @event_handler\n    async def a(self, t):\n        await Note.objects.acreate(title=t)",
    ),
    (
        "A002",
        "class V:\n    @event_handler\n    def a(self, t):\n        n = Note(title=t)\n        n.save()",
    ),
    (
        "A002",
        "class V:\n    @event_handler\n    def a(self, t):\n        Note.objects.filter(owner=1).update(title=t)",
    ),
    ("A002", "class V:\n    @event_handler\n    def a(self, t):\n        self.form.save()"),
    ("A002", "class V:\n    def form_valid(self, form):\n        form.save()"),
    (
        "A002",
        "class V:\n    @event_handler\n    def a(self, t):\n        self._store(t)\n    def _store(self, t):\n        Note.objects.create(title=t)",
    ),
    (
        "A002",
        "class V:\n    @event_handler\n    def a(self, t):\n        Note.objects.all().delete()",
    ),
    (
        "A002",
        "class V:\n    @event_handler\n    def a(self, t):\n        Note.objects.bulk_create([Note()])",
    ),
    (
        "A002",
        'class V:\n    @event_handler\n    def a(self, t):\n        with connection.cursor() as c: c.execute("DELETE FROM x")',
    ),
    ("A003", 'cursor.execute(f"select {x}")'),
    ("A003", 'cursor.execute("select %s" % x)'),
    ("A003", 'Note.objects.raw("select " + x)'),
    ("A003", 'q = f"select {x}"\ncursor.execute(q)'),
    (
        "A003",
        'def f(x):\n    sql = "select {}".format(x)\n    with connection.cursor() as c:\n        c.execute(sql)',
    ),
    ("A003", 'Note.objects.extra(where=[f"a = {x}"])'),
    ("A003", 'Note.objects.annotate(v=RawSQL(f"a {x}", []))'),
    ("A003", 'SQL = "select {} from"\ncursor.execute(SQL.format(x))'),
    ("A003", 'cursor.execute("""select """ f"{x}")'),
    ("A003", 'cursor.execute(sql=f"select {x}")'),
    ("A003", 'Note.objects.extra(select={"a": "b %s" % x})'),
    ("A003", 'sql = "select "\nsql += x\ncursor.execute(sql)'),
    ("A003", 'cursor.executemany("insert into %s" % t, rows)'),
    ("A003", 'cursor.execute(" ".join(["select", x]))'),
]
RIGHT = [
    'x = mark_safe("<b>hi</b>")',
    'x = mark_safe("<b>" "a" + "</b>")',
    'x = mark_safe(_("<b>x</b>"))',
    'x = format_html("<b>{}</b>", n)',
    'x = mark_safe(render_to_string("a.html"))',
    "x = mark_safe(json.dumps(d))",
    "x = mark_safe(escape(n))",
    'x = mark_safe(f"{A:d}") if 0 else 1',
    'x = format_html_join("", "<li>{}</li>", ((i,) for i in xs))',
    "from x import csrf_exempt",
    "# why\n@csrf_exempt\ndef f(r): pass",
    "@csrf_exempt  # webhook\ndef f(r): pass",
    "try:\n  a()\nexcept Exception:\n  raise",
    'def f(request):\n    return redirect("home")',
    'def f(request):\n    return redirect(reverse("x", args=[request.GET["a"]]))',
    "def f(request):\n    return redirect(f\"/list/?page={request.GET['page']}\")",
    'def f(request):\n    return redirect("detail", pk=request.POST["pk"])',
    'def f(request):\n    url = request.GET["next"]\n    if not url_has_allowed_host_and_scheme(url, {request.get_host()}):\n        url = "/"\n    return redirect(url)',
    'class V:\n    @event_handler\n    def go(self, pk: int):\n        self.live_redirect(f"/notes/{pk}/")',
    'class V:\n    @event_handler\n    def go(self, url: str):\n        self.redirect("/x/")',
    "open(root / entry.safe_name)",
    "open(get_valid_filename(entry.client_name))",
    'logger.info("%s", entry.client_name)',
    "self.names.append(entry.client_name)",
    'logger.info("a %s", b)',
    'messages.info(request, f"{x}")',
    'logger.info("a" "b")',
    'self.log.append(f"{x}")',
    'math.log(f"{x}")',
    "class V:\n    @event_handler\n    def a(self, pk):\n        n = self.request.user.notes.get(pk=pk)",
    "class V:\n    @event_handler\n    def a(self, pk):\n        n = Note.objects.filter(owner=self.request.user).get(pk=pk)",
    "class V:\n    @event_handler\n    def a(self, pk):\n        n = get_object_or_404(Note, pk=pk, owner=self.request.user)",
    "class V:\n    @event_handler\n    def a(self, pk):\n        n = get_object_or_404(self.get_queryset(), pk=pk)",
    "class V:\n    @event_handler\n    def a(self, q):\n        n = Note.objects.filter(title__icontains=q)",
    "class V:\n    @event_handler\n    def a(self, pk):\n        n = Note.objects.get(pk=pk)\n        if n.owner != self.request.user:\n            raise PermissionDenied",
    "class V:\n    @event_handler\n    def a(self, pk):\n        n = Note.objects.get(pk=pk)\n        if n.owner_id != self.request.user.pk:\n            return",
    'cursor.execute("select %s", [x])',
    'cursor.execute("select a" " from b")',
    'Note.objects.raw("select 1 where a = %s", [x])',
    "session.execute(text)",
    'conn.execute("select 1")',
    'class V:\n    @event_handler\n    @permission_required("x.y")\n    def a(self, t):\n        Note.objects.create(title=t)',
    "class V:\n    @event_handler\n    def a(self, t):\n        self.items.create_copy(t)",
    'cache.set("a", 1)',
    "x = d.get(pk)",
    "class V:\n    @event_handler\n    def a(self, id: str):\n        self.x = self.rows.get(id=id)",
    'cursor.execute("SELECT x FROM %s" % connection.ops.quote_name(t))',
    "print(x, file=f)",
    'self.stdout.print("x")',
    'counts = ["%s"] * len(ids)\nplaces = ",".join(counts)\ncursor.execute(f"select a where b in ({places})", ids)',
    'html = f"<b>{name}</b>"\nhtml = clean(html)\nx = mark_safe(html)',
    'def f(request):\n    url = "/list/"\n    return redirect(url)',
    "class V:\n    def mount(self, request, pk):\n        self.page = Page.objects.get(pk=pk)",
    "class V:\n    def has_object_permission(self, request, obj): return True\n    def mount(self, request, pk):\n        self.entry = LogEntry.objects.get(pk=pk)",
    "class Form:\n    def form_valid(self, form):\n        form.save()",
    "class V:\n    @event_handler\n    def a(self, t):\n        self.values.update(a=t)",
]


@pytest.mark.parametrize(("number", "code"), WRONG)
def test_a_mistake_is_found_in_any_spelling(
    monkeypatch: pytest.MonkeyPatch, number: str, code: str
) -> None:
    monkeypatch.setattr(trust, "owned_models", lambda: frozenset({"LogEntry"}))
    assert number in ids(code)


@pytest.mark.parametrize("code", RIGHT)
def test_what_only_looks_like_a_mistake_is_none(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    monkeypatch.setattr(trust, "owned_models", lambda: frozenset({"LogEntry"}))
    assert ids(code) == set()


def test_a_log_message_trusts_no_value() -> None:
    assert ids('logger.info(f"{len(rows)} rows")') == {"Q002"}
    assert ids('mark_safe(f"<b>{len(rows)}</b>")') == set()
