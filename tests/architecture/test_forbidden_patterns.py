"""What production code never does, checked on its syntax trees."""

from __future__ import annotations

import ast
import re

from tests.architecture.sources import browser_modules, python_sources, rust_sources
from tools import workspace

LOG_METHODS = {"debug", "info", "warning", "error", "exception", "critical", "log"}


def is_constant_text(node: ast.expr) -> bool:
    """Return whether an expression is text that is written in the source and nothing else."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return is_constant_text(node.left) and is_constant_text(node.right)
    return False


def is_interpolation(node: ast.expr) -> bool:
    """Return whether an expression puts values into text."""
    if isinstance(node, ast.JoinedStr):
        return True
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Mod, ast.Add)):
        return not is_constant_text(node)
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"format", "join"}
    )


def test_mark_safe_gets_no_interpolated_values() -> None:
    found = [
        source.place(call)
        for source in python_sources()
        for call, name in source.call_names()
        if name in {"mark_safe", "SafeString", "SafeText"}
        and call.args
        and is_interpolation(call.args[0])
    ]
    assert found == []


def test_log_messages_are_constants_with_arguments() -> None:
    found = [
        source.place(call)
        for source in python_sources()
        for call, name in source.call_names()
        if name in LOG_METHODS
        and isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id in {"logger", "log", "logging"}
        and call.args
        and is_interpolation(call.args[0])
    ]
    assert found == []


def test_nothing_prints() -> None:
    found = [
        source.place(call)
        for source in python_sources()
        for call, name in source.call_names()
        if name == "print" and isinstance(call.func, ast.Name)
    ]
    assert found == []


def test_no_except_is_bare_or_silent() -> None:
    found = []
    for source in python_sources():
        for node in ast.walk(source.tree):
            if not isinstance(node, ast.ExceptHandler):
                continue
            broad = isinstance(node.type, ast.Name) and node.type.id in {
                "Exception",
                "BaseException",
            }
            silent = all(isinstance(statement, ast.Pass) for statement in node.body)
            if node.type is None or (broad and silent):
                found.append(source.place(node))
    assert found == []


def test_csrf_exempt_has_its_reason_beside_it() -> None:
    found = []
    for source in python_sources():
        lines = source.text.splitlines()
        for node in ast.walk(source.tree):
            if not isinstance(node, (ast.Name, ast.Attribute)):
                continue
            if "csrf_exempt" not in (getattr(node, "id", ""), getattr(node, "attr", "")):
                continue
            line, before = lines[node.lineno - 1], lines[node.lineno - 2]
            if "#" not in line and not before.strip().startswith("#"):
                found.append(source.place(node))
    assert found == []


def test_imports_stand_at_the_top() -> None:
    found = []
    for source in python_sources():
        # Django documents `ready` as the place to import what needs the loaded apps.
        allowed = {"ready"} if source.path.name == "apps.py" else set()
        for function in ast.walk(source.tree):
            if (
                isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef))
                and function.name not in allowed
            ):
                found += [
                    source.place(node)
                    for node in ast.walk(function)
                    if isinstance(node, (ast.Import, ast.ImportFrom))
                ]
    # Names that are loaded on first use come through importlib, in a module's __getattr__.
    assert found == []


def test_packages_name_only_siblings_that_they_may_know() -> None:
    """Also where an import serves type checkers only, which import contracts pass over."""
    modules = {package.module for package in workspace.packages().values()}
    found = []
    for source in python_sources():
        name = source.path.relative_to(workspace.ROOT / "packages").parts[0]
        known = {workspace.packages()[n].module for n in workspace.with_siblings([name])}
        for node in ast.walk(source.tree):
            named = []
            if isinstance(node, ast.Import):
                named = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                named = [node.module or ""]
            roots = {text.split(".")[0] for text in named} & modules
            found += [f"{source.place(node)} imports {root}" for root in roots - known]
    assert found == []


def test_no_module_is_a_drawer_for_everything() -> None:
    drawers = {"utils", "util", "misc", "common", "helpers"}
    names = [source.path for source in python_sources()]
    names += [path for path, _ in (*rust_sources(), *browser_modules())]
    assert [str(path) for path in names if path.stem in drawers] == []


def test_the_browser_logs_in_one_module_only() -> None:
    found = [
        str(path.relative_to(workspace.ROOT))
        for path, text in browser_modules()
        if re.search(r"\bconsole\s*\.\s*\w+", text) and path.name != "log.js"
    ]
    assert found == []


def test_the_browser_log_is_silent_unless_debugging() -> None:
    texts = [text for path, text in browser_modules() if path.name == "log.js"]
    assert texts
    assert all("djustDebug" in text for text in texts)


def test_the_browser_evaluates_no_text() -> None:
    pattern = re.compile(r"\beval\s*\(|\bnew\s+Function\s*\(|\bdocument\.write\b")
    found = [
        f"{path.relative_to(workspace.ROOT)}: {match[0]}"
        for path, text in browser_modules()
        for match in pattern.finditer(re.sub(r"//.*|/\*[\s\S]*?\*/", "", text))
    ]
    assert found == []


def test_one_module_turns_text_into_html() -> None:
    pattern = re.compile(r"\.(inner|outer)HTML\s*=|\binsertAdjacentHTML\b|\bcreateHTML\b")
    found = [path.name for path, text in browser_modules() if pattern.search(text)]
    # It holds the Trusted Types policy, so what it does not let through nothing does.
    assert set(found) <= {"html.js"}


def test_unsafe_rust_says_why_it_is_safe() -> None:
    found = []
    for path, text in rust_sources():
        lines = text.splitlines()
        for number, line in enumerate(lines):
            code = line.split("//")[0]
            if re.search(r"\bunsafe\b(?!_)", code) and not any(
                "SAFETY:" in before for before in lines[max(0, number - 4) : number + 1]
            ):
                found.append(f"{path.relative_to(workspace.ROOT)}:{number + 1}")
    assert found == []
