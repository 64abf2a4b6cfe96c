"""Everything that is done with this workspace: build, test, check, measure, start.

`nox -l` lists the sessions. `nox -s tests` runs all of them but those that serve or measure, with
every Django on every Python; CI runs `nox -s ci`, the same with one Django on each Python.
Third-party versions come from constraints.txt, our own packages from wheels that are built once and
reused, so a session for another Python or Django compiles nothing.
"""

from __future__ import annotations

import functools
import json
import os
import resource
import shutil
import socket
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import nox

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT))  # nox loads this file by its path, so `tools` is not importable yet

from tools import interpreters, parallel, results, wheels, workspace  # noqa: E402
from tools.results import Counts  # noqa: E402

nox.needs_version = ">=2026.10"
nox.options.default_venv_backend = "uv"
nox.options.reuse_venv = "yes"
nox.options.error_on_external_run = True
nox.options.error_on_missing_interpreters = True
nox.options.sessions = ["tests"]

# What the user's shell says about packages must not change what is tested.
for name in ("PIP_FIND_LINKS", "PIP_CONSTRAINT", "PYTHONPATH", "DJANGO_SETTINGS_MODULE"):
    os.environ.pop(name, None)
os.environ["UV_PYTHON_DOWNLOADS"] = "never"
os.environ["UV_CONSTRAINT"] = str(workspace.CONSTRAINTS)
os.environ["UV_BUILD_CONSTRAINT"] = str(workspace.CONSTRAINTS)

RUN = ROOT / ".run"
PYTHONS = {v: path for v in workspace.supported_pythons() if (path := interpreters.find(v))}
ABSENT = [version for version in workspace.supported_pythons() if version not in PYTHONS]
# Tools run on one Python in the middle of the range: new enough for all of them, old enough to have
# wheels of everything.
TOOL_PYTHON = str(
    next(PYTHONS[v] for v in ("3.12", "3.13", "3.11", "3.14", "3.10") if v in PYTHONS)
)
TOOL_SERIES = next(v for v, path in PYTHONS.items() if str(path) == TOOL_PYTHON)

# Whether each Python meets one Django only, as `nox -s ci` tells the sessions that it starts.
SAMPLED = os.environ.get("DJUST_MATRIX") == "sample"

COUNTS: dict[str, Counts] = {}
FAILURES: dict[str, list[str]] = {}


def recorded(function: Callable[..., None]) -> Callable[..., None]:
    """Keep what a session did, and for how long, for the table at the end of `nox -s tests`."""

    @functools.wraps(function)
    def run(session: nox.Session, *args: object, **kwargs: object) -> None:
        junit = junit_folder(session)
        shutil.rmtree(junit, ignore_errors=True)
        started, cpu_before = time.monotonic(), cpu_seconds()
        succeeded = False
        try:
            function(session, *args, **kwargs)
            succeeded = True
        finally:
            counts = COUNTS.get(session.name, Counts())
            failures = FAILURES.get(session.name, [])
            for path in sorted(junit.glob("*.xml")):
                counts += results.from_junit(path)
                failures += [f"{path.stem} {name}" for name in results.failures_in_junit(path)]
            seconds, cpu = time.monotonic() - started, cpu_seconds() - cpu_before
            results.save(
                results.Record(session.name, succeeded, seconds, cpu, counts, tuple(failures))
            )

    return run


def cpu_seconds() -> float:
    """Return what all finished processes that were started here used of the processors."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def count(session: nox.Session, counts: Counts, failures: Iterable[str] = ()) -> None:
    """Add to what the session reports; pytest's own counts are added by themselves.

    Args:
        session: The session.
        counts: How many tests passed and did not.
        failures: The names of those that failed.
    """
    COUNTS[session.name] = COUNTS.get(session.name, Counts()) + counts
    FAILURES.setdefault(session.name, []).extend(failures)


def junit_folder(session: nox.Session) -> Path:
    """Return the folder in which the session's pytest runs leave their results."""
    return RUN / "junit" / results.file_of(session.name).stem


def pytest(session: nox.Session, label: str, *arguments: str) -> bool:
    """Run pytest and return whether all passed.

    Args:
        session: The session; its positional arguments are added.
        label: Tells this run from others of the same session.
        *arguments: What pytest is told.
    """
    report = junit_folder(session) / f"{label}.xml"
    report.parent.mkdir(parents=True, exist_ok=True)
    command = ["python", "-m", "pytest", f"--junit-xml={report}", *arguments, *session.posargs]
    try:
        session.run(*command)
    except nox.command.CommandFailed:
        return False
    return True


def passes(session: nox.Session, label: str, *arguments: str) -> None:
    """Run pytest, and fail the session when a test fails."""
    if not pytest(session, label, *arguments):
        session.error(f"{label}: tests failed")


def checks(session: nox.Session, commands: dict[str, list[str]], **env: str) -> None:
    """Run all commands, also after one has failed, then fail if any has; each counts as one."""
    failed = []
    for label, command in commands.items():
        try:
            session.run(*command, external=True, env=env)
        except nox.command.CommandFailed:
            failed.append(label)
    count(session, Counts(len(commands) - len(failed), len(failed)), failed)
    if failed:
        session.error(f"failed: {', '.join(failed)}")


def need(session: nox.Session, program: str, install: str) -> str:
    """Return the path of a program; a missing one is an error, never a skipped test."""
    path = shutil.which(program)
    if path is None:
        session.error(f"{program} is missing. Install it with: {install}")
    return path


def output_of(session: nox.Session, *command: str) -> tuple[str, bool]:
    """Run a command and return what it wrote to its standard output, and whether it succeeded."""
    log = RUN / f"{results.file_of(session.name).stem}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    succeeded = True
    with log.open("w", encoding="utf-8") as stream:
        try:
            session.run(*command, external=True, stdout=stream, stderr=None)
        except nox.command.CommandFailed:
            succeeded = False
    text = log.read_text(encoding="utf-8")
    sys.stdout.write(text)
    sys.stdout.flush()
    return text, succeeded


# ---------------------------------------------------------------- what sessions stand on


def node_modules(session: nox.Session) -> None:
    """Install the tools of the browser client when the lock file is newer than what is there."""
    need(session, "npm", "sudo apt-get install -y nodejs npm")
    installed = ROOT / "node_modules" / ".package-lock.json"
    lock = ROOT / "package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        session.run("npm", "ci", "--no-audit", "--no-fund", external=True)


def cargo_mutants(session: nox.Session) -> None:
    """Install what changes Rust code, once."""
    program = ROOT / ".tools" / "bin" / "cargo-mutants"
    if not (program.exists() or shutil.which("cargo-mutants")):
        command = ["cargo", "install", "--locked", "--root", str(ROOT / ".tools")]
        session.run(*command, "cargo-mutants@26.0.0", external=True)


def build_client(session: nox.Session) -> None:
    """Bundle the browser client, which djust-live's wheel carries."""
    node_modules(session)
    session.run("npm", "run", "--silent", "build", external=True)


def build_wheels(session: nox.Session) -> None:
    """Build all wheels unless those that are there were built from the same sources."""
    if wheels.up_to_date():
        session.log("the wheels are up to date")
        return
    need(session, "cargo", "the Rust toolchain, version 1.85 or newer")
    build_client(session)
    shutil.rmtree(workspace.WHEELS, ignore_errors=True)
    workspace.WHEELS.mkdir(parents=True)
    before = wheels.fingerprint()
    for package in workspace.packages().values():
        session.run(
            *("uv", "build", "--wheel", "--python", TOOL_PYTHON),
            *("--out-dir", str(workspace.WHEELS), str(package.path)),
            external=True,
        )
    wheels.FINGERPRINT.write_text(before, encoding="utf-8")


def install(
    session: nox.Session, packages: Iterable[str], requirements: Iterable[str], django: str = ""
) -> None:
    """Install our wheels with the siblings they need, and third-party requirements beside them.

    Args:
        session: Where to install.
        packages: Names of packages of this workspace.
        requirements: Third-party requirements.
        django: The exact Django version; the newest for this Python when empty.
    """
    build_wheels(session)
    ours = [str(wheels.wheel_of(name)) for name in workspace.with_siblings(packages)]
    others = list(requirements)
    if any("django" in wheel_needs(path) for path in ours):
        others.append(f"Django=={django or workspace.djangos(series_of(session))[-1].version}")
    if ours:
        # The file name of a wheel stays the same when its content changes.
        names = [
            arg for n in workspace.with_siblings(packages) for arg in ("--reinstall-package", n)
        ]
        session.install(*names, *ours, *others)
    else:
        session.install(*others)


def wheel_needs(path: str) -> set[str]:
    """Return the names of the packages that a wheel requires."""
    return {workspace.requirement_name(text) for text in wheels.requirements(Path(path))}


def series_of(session: nox.Session) -> str:
    """Return the Python version of a session, as `3.12`."""
    return next(version for version, path in PYTHONS.items() if str(path) == session.python)


# ---------------------------------------------------------------- tests, per Python and package


def python_tests(session: nox.Session, package: str) -> None:
    """Run the tests of one package against its wheel, with every Django this Python supports.

    CI runs them with one Django for each Python, as pyproject.toml says.
    """
    settings = workspace.read_toml(ROOT / "pyproject.toml")["tool"]["djust"]["tests"][package]
    source = workspace.packages()[package]
    requirements = workspace.group(settings["group"])
    siblings = list(settings["siblings"])
    if "test" in source.groups:
        more_siblings, more = workspace.split_siblings(workspace.group("test", source.groups))
        siblings += more_siblings
        requirements += more
    if not list(source.path.glob("tests/**/test_*.py")):
        session.error(f"{package} has no tests in {source.path / 'tests'}")
    series = series_of(session)
    session.chdir(source.path)
    if settings["group"] == "test":
        install(session, [package, *siblings], requirements)
        passes(session, "tests", "tests")
        return
    failed = []
    for django in workspace.sampled_djangos(series) if SAMPLED else workspace.djangos(series):
        session.log(f"{package} on Python {series} with Django {django.version}")
        install(session, [package, *siblings], requirements, django.version)
        if not pytest(session, f"django-{django.series}", "tests"):
            failed.append(django.version)
    if failed:
        session.error(f"tests failed with Django {', '.join(failed)}")


PACKAGES = [nox.param(name, id=name, tags=[name]) for name in workspace.packages()]
TEST_SESSIONS: list[str] = []
for version, executable in PYTHONS.items():
    named = f"tests-{version}"
    nox.session(name=named, python=str(executable), tags=["python"])(
        nox.parametrize("package", PACKAGES)(recorded(python_tests))
    )
    TEST_SESSIONS += [f"{named}({name})" for name in workspace.packages()]


@nox.session(python=TOOL_PYTHON, tags=["python"])
@recorded
def architecture(session: nox.Session) -> None:
    """Test what holds across packages: imports, exports, error codes, forbidden patterns."""
    requirements = workspace.group("test-live") + workspace.group("nox")
    install(session, ["djust"], requirements)
    passes(session, "architecture", "tests/architecture", "tests/tools")


@nox.session(python=TOOL_PYTHON, tags=["python"])
@recorded
def integration(session: nox.Session) -> None:
    """Test packages together, over real sockets and with a real Redis."""
    need(session, "redis-server", "sudo apt-get install -y redis-server")
    install(session, ["djust"], workspace.group("integration"))
    passes(session, "integration", "tests/integration")
    passes(session, "live", "tests/live")


@nox.session(python=TOOL_PYTHON, default=False)
@recorded
def postgres(session: nox.Session) -> None:
    """Test saved state in the PostgreSQL server of DJUST_TEST_POSTGRES; on request only."""
    url = os.environ.get("DJUST_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
    place = urlsplit(url)
    try:
        socket.create_connection((place.hostname or "127.0.0.1", place.port or 5432), 5).close()
    except OSError as error:
        session.error(
            f"{url} does not answer ({error}). Install a server with: sudo apt-get install -y "
            "postgresql; or name another one in DJUST_TEST_POSTGRES."
        )
    install(session, ["djust-live", "djust-testing"], workspace.group("postgres"))
    session.env["DJUST_TEST_POSTGRES"] = url
    session.chdir(workspace.packages()["djust-live"].path)
    passes(session, "postgres", "tests/test_backends.py", "-k", "db or rows")


@nox.session(python=TOOL_PYTHON, tags=["python"])
@recorded
def examples(session: nox.Session) -> None:
    """Test the examples without a browser, each as the Django project that it is."""
    install(session, ["djust"], workspace.group("demo"))
    for settings in sorted(ROOT.glob("examples/*/pytest.ini")):
        session.chdir(settings.parent)
        passes(session, settings.parent.name)


@nox.session(python=TOOL_PYTHON, tags=["browser"])
@recorded
def browser(session: nox.Session) -> None:
    """Test in Debian's Chromium, and a little in its Firefox."""
    if not os.environ.get("DJUST_CHROMIUM"):
        need(session, "chromium", "sudo apt-get install -y chromium")
    if not os.environ.get("DJUST_FIREFOX"):
        need(session, "firefox-esr", "sudo apt-get install -y firefox-esr")
    install(session, ["djust"], workspace.group("browser"))
    # Some suites bundle the client for themselves.
    node_modules(session)
    session.run("python", "-m", "tools.html5lib_tests")
    # They wait for clocks most of the time. Tests of a file share a server, so they stay together.
    passes(session, "browser", "--numprocesses=2", "--dist=loadfile", "tests/browser")


@nox.session(python=False, tags=["rust"])
@recorded
def rust(session: nox.Session) -> None:
    """Test the crates with cargo alone."""
    need(session, "cargo", "the Rust toolchain, version 1.85 or newer")
    text, succeeded = output_of(session, "cargo", "test", "--workspace", "--locked")
    count(session, results.from_cargo(text), results.failures_in_cargo(text))
    if not succeeded:
        session.error("cargo test failed")


@nox.session(python=False, tags=["djust-live"])
@recorded
def js(session: nox.Session) -> None:
    """Test the browser client's modules with node and jsdom."""
    node_modules(session)
    text, succeeded = output_of(session, "npm", "test", "--silent")
    counts = results.from_node(text)
    count(session, counts, results.failures_in_node(text))
    if not succeeded or counts.passed == 0:
        session.error("the client's tests failed, or there were none")


@nox.session(python=False, tags=["djust-live"])
@recorded
def client(session: nox.Session) -> None:
    """Bundle the browser client and hold it to its size."""
    build_client(session)
    checks(session, {"size": ["npm", "run", "--silent", "size"]})


@nox.session(python=TOOL_PYTHON, tags=["djust-templates"])
@recorded
def django_conformance(session: nox.Session) -> None:
    """Run Django's own tests with djust's engine in the place of Django's; nothing may get worse.

    What fails within the committed gates is listed as skipped. Arguments after `--` go to
    `python -m tools.conformance`.
    """
    failed = []
    series = workspace.djangos(TOOL_SERIES)
    for django in series:
        install(session, ["djust-templates"], workspace.group("conformance"), django.version)
        report = RUN / "conformance" / f"{django.series}.json"
        report.parent.mkdir(parents=True, exist_ok=True)
        report.unlink(missing_ok=True)
        # All suites for the newest series, and for the oldest outside of CI; elsewhere the suites
        # of the template language itself are enough.
        whole = series[-1:] if SAMPLED else [series[0], series[-1]]
        part = [] if django in whole else ["--suite", "always"]
        options = ["--django", django.version, "--json", str(report), *part, *session.posargs]
        try:
            # What Django's own engine passes is recorded too, and depends on what is installed.
            session.run(
                *("python", "-m", "tools.conformance", *options),
                env={"DJUST_CACHE": str(ROOT / ".tools" / "cache")},
            )
        except nox.command.CommandFailed:
            failed.append(django.version)
        if report.exists():
            for suite in json.loads(report.read_text(encoding="utf-8"))["suites"]:
                names = [f"{django.series} {test}" for test in suite["failures"]]
                # Those within the gates count as skipped.
                count(session, Counts(suite["passed"], 0, len(names)), names)
    if failed:
        session.error(f"worse than the gates with Django {', '.join(failed)}")


# ---------------------------------------------------------------- checks


@nox.session(python=TOOL_PYTHON)
@recorded
def lint(session: nox.Session) -> None:
    """Run every static check: Python, Rust, JavaScript, imports, security."""
    need(session, "cargo", "the Rust toolchain, version 1.85 or newer")
    node_modules(session)
    # What the packages import, so that mypy knows its types; the packages themselves are read as
    # they are in the tree.
    everything = [text for p in workspace.packages().values() for text in p.dependencies]
    django = f"Django=={workspace.djangos(TOOL_SERIES)[-1].version}"
    session.install(*workspace.group("lint"), *workspace.split_siblings(everything)[1], django)
    sources = [str(package.path / "src") for package in workspace.packages().values()]
    tracked = session.run("git", "ls-files", external=True, silent=True, log=False)
    files = [name for name in str(tracked).splitlines() if (ROOT / name).is_file()]
    commands = {
        "ruff check": ["ruff", "check", "."],
        "ruff format": ["ruff", "format", "--check", "."],
        "import contracts": ["lint-imports", "--no-logo"],
        "bandit": ["bandit", "--quiet", "--recursive", "--configfile", "pyproject.toml", *sources],
        "detect-secrets": ["detect-secrets-hook", "--baseline", ".secrets.baseline", *files],
        "cargo fmt": ["cargo", "fmt", "--all", "--check"],
        "clippy": [
            *("cargo", "clippy", "--workspace", "--all-targets", "--locked", "--quiet"),
            *("--", "-D", "warnings"),
        ],
        "tsc": ["npm", "run", "--silent", "types"],
        "mypy tools": ["mypy", "noxfile.py", "tools"],
    }
    for package in workspace.packages().values():
        commands[f"mypy {package.name}"] = ["mypy", str(package.path / "src")]
    session.run("python", "-m", "tools.lengths")
    checks(session, commands, PYTHONPATH=os.pathsep.join(sources))


@nox.session(python=TOOL_PYTHON)
@recorded
def versions(session: nox.Session) -> None:
    """Check the one version, the exact pins between siblings, and those of everything else."""
    session.install("tomli")
    checks(
        session,
        {
            "versions": ["python", "tools/versions.py", "--check"],
            "constraints": ["python", "-m", "tools.constraints", "--check"],
        },
    )


@nox.session(python=TOOL_PYTHON)
@recorded
def docs(session: nox.Session) -> None:
    """Follow the links of the documentation, build its site, run its examples, try its commands."""
    install(session, ["djust"], workspace.group("docs") + workspace.group("nox"))
    site = ["sphinx-build", "--fail-on-warning", "--keep-going", "--nitpicky", "--fresh-env"]
    commands = {
        "links": ["python", "-m", "tools.links"],
        "site": [*site, "-q", "-c", "docs", ".", "docs/_build/site"],
    }
    checks(session, commands)
    passes(session, "documentation", "tests/documentation")


@nox.session(name="wheels", python=TOOL_PYTHON)
@recorded
def wheels_alone(session: nox.Session) -> None:
    """Install each wheel alone, with no index to ask, and try what it promises.

    On the oldest Python, and outside of CI on the newest one too.
    """
    build_wheels(session)
    session.install(*workspace.group("test"), *workspace.group("nox"), "pip")
    oldest, newest = next(iter(PYTHONS)), list(PYTHONS)[-1]
    failed = [
        series
        for series in ([oldest] if SAMPLED else dict.fromkeys([oldest, newest]))
        if not pytest(
            session, f"python-{series}", "tests/wheels", f"--wheels-python={PYTHONS[series]}"
        )
    ]
    if failed:
        session.error(f"tests failed on Python {', '.join(failed)}")


# ---------------------------------------------------------------- things made, kept and started


@nox.session(python=False)
@recorded
def build(session: nox.Session) -> None:
    """Build all wheels into dist/wheels, in release mode."""
    build_wheels(session)
    count(session, Counts(passed=len(workspace.packages())))


@nox.session(python=TOOL_PYTHON, default=False)
def constraints(session: nox.Session) -> None:
    """Write constraints.txt again; `-- --upgrade` takes the newest version of everything."""
    session.install("tomli")
    session.run("python", "-m", "tools.constraints", *session.posargs)


@nox.session(python=TOOL_PYTHON, default=False)
def reference(session: nox.Session) -> None:
    """Write the pages of docs/reference that are made from the sources: errors, settings, API."""
    session.install("tomli")
    session.run("python", "-m", "tools.error_reference")
    session.run("python", "-m", "tools.setting_reference")
    session.run("python", "-m", "tools.api_reference")


@nox.session(python=TOOL_PYTHON, default=False)
def html5lib(session: nox.Session) -> None:
    """Get the html5lib tests, whose inputs the browser suites read."""
    session.install("pip")
    session.run("python", "-m", "tools.html5lib_tests")


@nox.session(python=False, default=False)
def dev(session: nox.Session) -> None:
    """Make .venv with all packages installed as editable; `-- --debug` compiles faster code slower.

    The native modules are compiled in place; `nox -s native` does that again after a change.
    """
    python = ROOT / ".venv" / "bin" / "python"
    if not python.exists():
        session.run("uv", "venv", "--python", TOOL_PYTHON, str(ROOT / ".venv"), external=True)
    _, others = workspace.split_siblings(workspace.group("dev"))
    others.append(f"Django=={workspace.djangos(TOOL_SERIES)[-1].version}")
    editable = [arg for p in workspace.packages().values() for arg in ("--editable", str(p.path))]
    profile = (
        ["--config-setting", "build-args=--profile dev"] if "--debug" in session.posargs else []
    )
    session.run(
        *("uv", "pip", "install", "--python", str(python), *profile, *editable, *others),
        external=True,
    )
    build_client(session)


@nox.session(python=False, default=False)
def native(session: nox.Session) -> None:
    """Compile the native modules of .venv again, in debug mode; `-- --release` for speed."""
    python = ROOT / ".venv" / "bin" / "python"
    if not python.exists():
        session.error("There is no .venv yet. Make it with: nox -s dev")
    for package in workspace.packages().values():
        if package.native:
            session.chdir(package.path)
            session.run(
                *(str(python.parent / "maturin"), "develop", "--uv", *session.posargs),
                env={"VIRTUAL_ENV": str(ROOT / ".venv")},
                external=True,
            )


@nox.session(name="format", python=TOOL_PYTHON, default=False)
def format_sources(session: nox.Session) -> None:
    """Format Python and Rust, and sort imports."""
    session.install("ruff")
    session.run("ruff", "check", "--select", "I", "--fix", ".")
    session.run("ruff", "format", ".")
    session.run("cargo", "fmt", "--all", external=True)


@nox.session(python=TOOL_PYTHON, default=False)
def demo(session: nox.Session) -> None:
    """Start the demo on port 8002; `-- --prepare` only makes everything ready for it."""
    install(session, ["djust"], workspace.group("demo"))
    session.chdir(ROOT / "examples" / "demo")
    session.run("python", "manage.py", "migrate", "--verbosity", "0")
    if "--prepare" not in session.posargs:
        session.run("uvicorn", "demo.asgi:application", "--port", "8002", *session.posargs)


@nox.session(python=TOOL_PYTHON, default=False)
def bench(session: nox.Session) -> None:
    """Run the benchmarks, or those named first after `--`; what follows a name is its arguments."""
    known = [path.parent.name for path in sorted(ROOT.glob("benchmarks/*/__main__.py"))]
    install(session, ["djust"], workspace.group("bench"))
    if session.posargs and session.posargs[0] not in known:
        session.error(f"no benchmark {session.posargs[0]}; there are: {', '.join(known)}")
    chosen = [session.posargs[0]] if session.posargs else known
    for name in chosen:
        session.run("python", "-m", f"benchmarks.{name}", *session.posargs[1:])


@nox.session(python=TOOL_PYTHON, default=False)
def coverage(session: nox.Session) -> None:
    """Measure lines and branches that the tests of each package run, or of those after `--`.

    What a package's own tests reach in its own code counts; integration and browser tests are left
    out. The floors are in the root pyproject.toml.
    """
    settings = workspace.read_toml(ROOT / "pyproject.toml")["tool"]["djust"]
    floors: dict[str, int] = settings["coverage"]
    unknown = set(session.posargs) - set(floors)
    if unknown:
        session.error(f"no floor for {', '.join(sorted(unknown))}; there are: {', '.join(floors)}")
    below = []
    for name in session.posargs or floors:
        package, wanted = workspace.packages()[name], settings["tests"][name]
        siblings, more = workspace.split_siblings(
            workspace.group("test", package.groups) if "test" in package.groups else []
        )
        install(
            session, [name, *wanted["siblings"], *siblings], [*workspace.group("coverage"), *more]
        )
        data = RUN / "coverage" / f"{name}.data"
        data.parent.mkdir(parents=True, exist_ok=True)
        options = [f"--data-file={data}", f"--rcfile={ROOT / 'pyproject.toml'}"]
        source = f"--source={name.replace('-', '_')}"
        session.chdir(package.path)
        session.run("coverage", "run", *options, source, "-m", "pytest", "-q", "tests")
        report = ["coverage", "report", *options, "--skip-covered", "--sort=cover"]
        try:
            session.run(*report, f"--fail-under={floors[name]}")
        except nox.command.CommandFailed:
            below.append(name)
    if below:
        session.error(f"below the floor: {', '.join(below)}")


@nox.session(python=TOOL_PYTHON, default=False)
def mutation(session: nox.Session) -> None:
    """Break modules a little and see whether tests notice; see `tools/mutation/`.

    Arguments after `--` are names of targets; all of them by default.
    """
    install(session, ["djust-live", "djust-testing"], workspace.group("mutation"))
    cargo_mutants(session)
    session.run("python", "-m", "tools.mutation", *session.posargs)


# ---------------------------------------------------------------- all of it

# What all others stand on comes first.
FIRST = ["versions", "build"]
# Then these, several at a time: a job is sessions that run one after the other. The longest begin
# first, so that none is left alone at the end, and with them what fails most often.
JOBS = [
    ["browser"],
    ["lint", "js", "client", "architecture", "rust"],
    ["django_conformance"],
    ["integration", "examples"],
    *(
        [name for name in TEST_SESSIONS if name.startswith(f"tests-{python}(")]
        for python in PYTHONS
    ),
    ["docs", "wheels"],
]
ALL_SESSIONS = [*FIRST, *(named for job in JOBS for named in job)]
# One more than CI has processors: half of its time the first job waits, for browsers and clocks.
JOBS_AT_A_TIME = 3
# What waits goes first when it wants a processor, for it wants little.
WAITING = {"browser", "integration"}
NICE = 5


@nox.session(python=False)
def tests(session: nox.Session) -> None:
    """Run everything, with every Django on every Python, and show a table of it at the end."""
    run_all(session)


@nox.session(python=False, default=False)
def ci(session: nox.Session) -> None:
    """Run what CI runs: everything, with every Python and every Django but not all their pairs."""
    # The sessions that are run here and in the processes of jobs read it.
    os.environ["DJUST_MATRIX"] = "sample"
    run_all(session)


def run_all(session: nox.Session) -> None:
    """Plan all sessions, and the table of what they did."""
    results.start(ALL_SESSIONS)
    session.log(f"Python: {', '.join(PYTHONS)}; not on this machine: {', '.join(ABSENT) or 'none'}")
    for named in (*FIRST, "jobs", "summary"):
        session.notify(named)


@nox.session(python=False, default=False)
def jobs(session: nox.Session) -> None:
    """Run the sessions of all jobs, some side by side; each line of output starts with its job."""
    # What two jobs would make at the same time.
    build_wheels(session)
    node_modules(session)

    def start(job: Sequence[str]) -> int:
        niceness = 0 if job[0] in WAITING else NICE
        return parallel.run_in_nox(job, Path(__file__), session.posargs, niceness)

    failed = parallel.run(JOBS, JOBS_AT_A_TIME, start)
    if failed:
        session.error(f"failed: {', '.join(failed)}")


@nox.session(python=False, default=False)
def summary(session: nox.Session) -> None:
    """Show what the last `nox -s tests` or `ci` did; fails when any of it failed."""
    records = results.load()
    if ABSENT:
        sys.stdout.write(f"Python not on this machine, so not tested: {', '.join(ABSENT)}\n")
    sys.stdout.write(results.table(records, results.elapsed_s()) + "\n")
    sys.stdout.flush()
    # `./dev test` shows them as the very last lines, behind nox's own closing words.
    line = results.closing_line(results.total(records))
    closing = f"{results.failure_list(records)}{line}\n"
    (RUN / "closing-lines").write_text(closing, encoding="utf-8")
    failed = [record.session for record in records if not record.ok]
    if failed:
        session.error(f"failed: {', '.join(failed)}")
