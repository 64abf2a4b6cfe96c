"""One contract for all places where checkpoints are kept."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections
from django.test import override_settings
from django.utils import timezone
from djust_live.backends import state_backend
from djust_live.backends.base import Entry, StateBackend
from djust_live.backends.cache import CacheBackend
from djust_live.backends.db import DatabaseBackend
from djust_live.backends.memory import MemoryBackend
from djust_live.backends.redis import RedisBackend
from djust_live.errors import BackendUnavailable, DefinitionError
from djust_live.models import SavedState

PAGE = b"page-0001"


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A redis-server of this test run, on a free port of the loopback interface."""
    program = shutil.which("redis-server")
    if program is None:
        raise RuntimeError("redis-server is missing: apt-get install redis-server")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    folder: Path = tmp_path_factory.mktemp("redis")
    process = subprocess.Popen(
        [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)],
        stdout=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            break
        except OSError:
            time.sleep(0.02)
    yield f"redis://127.0.0.1:{port}/0"
    process.terminate()
    process.wait(10)


Factory = Callable[[], StateBackend]


@pytest.fixture(
    params=[
        "memory",
        "redis",
        "cache",
        "redis-cache",
        pytest.param("db", marks=pytest.mark.django_db(transaction=True)),
    ]
)
def new_backend(request: pytest.FixtureRequest) -> Iterator[Factory]:
    """Make backends as two workers would: several objects, one store."""
    kind = request.param
    if kind == "memory":
        made = MemoryBackend()
        yield lambda: made
    elif kind == "redis":
        url = request.getfixturevalue("redis_url")
        prefix = f"t{time.monotonic_ns()}"
        yield lambda: RedisBackend(url, prefix)
    elif kind == "db":
        yield DatabaseBackend
    else:
        place = f"c{time.monotonic_ns()}"
        settings: dict[str, Any] = {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "LOCATION": place,
        }
        if kind == "redis-cache":
            settings = {
                "BACKEND": "django.core.cache.backends.redis.RedisCache",
                "LOCATION": request.getfixturevalue("redis_url"),
                "KEY_PREFIX": place,
            }
        with override_settings(CACHES={"default": settings}):
            yield lambda: CacheBackend("default")


def write(backend: StateBackend, epoch: int, data: bytes, ttl_s: float = 60) -> bool:
    return backend.write([Entry(PAGE, epoch, data, ttl_s)])[0]


def test_what_was_written_is_what_the_next_owner_gets(new_backend: Factory) -> None:
    first, second = new_backend(), new_backend()
    mine = first.claim(PAGE)
    assert (mine.previous, mine.data) == (None, None)
    assert write(first, mine.epoch, b"one")
    assert write(first, mine.epoch, b"two" * 1000)
    claim = second.claim(PAGE)
    assert claim.data == b"two" * 1000
    assert claim.previous is not None
    assert claim.previous >= mine.epoch
    assert claim.epoch > mine.epoch


def test_of_many_that_claim_at_once_each_has_its_own_epoch(new_backend: Factory) -> None:
    backend = new_backend()
    assert write(backend, backend.claim(PAGE).epoch, b"data")
    claims: list[Any] = []

    def claim() -> None:
        claims.append(backend.claim(PAGE))
        connections.close_all()

    threads = [threading.Thread(target=claim) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len({each.epoch for each in claims}) == 8
    assert {each.data for each in claims} == {b"data"}


def test_an_owner_that_was_replaced_writes_no_more(new_backend: Factory) -> None:
    old, new = new_backend(), new_backend()
    mine = old.claim(PAGE)
    assert write(old, mine.epoch, b"old")
    claim = new.claim(PAGE)
    assert not write(old, mine.epoch, b"late")
    assert write(new, claim.epoch, b"new")
    assert not write(old, mine.epoch, b"later")
    assert new_backend().claim(PAGE).data == b"new"


def test_an_owner_that_wrote_nothing_leaves_the_state_before(new_backend: Factory) -> None:
    first = new_backend().claim(PAGE)
    assert write(new_backend(), first.epoch, b"state")
    new_backend().claim(PAGE)
    assert new_backend().claim(PAGE).data == b"state"


def test_the_owner_is_known(new_backend: Factory) -> None:
    backend = new_backend()
    assert backend.owner(PAGE) is None
    mine = backend.claim(PAGE)
    write(backend, mine.epoch, b"x")
    assert backend.owner(PAGE) == mine.epoch
    later = new_backend().claim(PAGE)
    assert backend.owner(PAGE) == later.epoch


def test_several_pages_are_written_at_once_each_with_its_own_fate(new_backend: Factory) -> None:
    backend = new_backend()
    mine = backend.claim(PAGE)
    write(backend, mine.epoch, b"x")
    new_backend().claim(PAGE)
    others = [Entry(f"other-{n}".encode(), 10**13, b"%d" % n, 60) for n in range(20)]
    assert backend.write([Entry(PAGE, mine.epoch, b"y", 60), *others]) == [False, *[True] * 20]
    assert backend.claim(b"other-7").data == b"7"


def test_a_page_that_left_is_forgotten(new_backend: Factory) -> None:
    backend = new_backend()
    mine = backend.claim(PAGE)
    write(backend, mine.epoch, b"x")
    backend.delete(PAGE, mine.epoch)
    assert backend.claim(PAGE).data is None


def test_an_old_owner_cannot_delete(new_backend: Factory) -> None:
    old, new = new_backend(), new_backend()
    mine = old.claim(PAGE)
    write(old, mine.epoch, b"x")
    claim = new.claim(PAGE)
    write(new, claim.epoch, b"new")
    old.delete(PAGE, mine.epoch)
    assert new_backend().claim(PAGE).data == b"new"


def test_an_owner_whose_page_the_store_lost_is_older_than_the_next(new_backend: Factory) -> None:
    backend = new_backend()
    lost = backend.claim(PAGE)
    write(backend, lost.epoch, b"x")
    backend.delete(PAGE, lost.epoch)
    time.sleep(0.002)  # epochs count milliseconds
    assert new_backend().claim(PAGE).epoch > lost.epoch


def test_of_owners_at_the_same_time_one_wins(new_backend: Factory) -> None:
    backend = new_backend()
    mine = backend.claim(PAGE)
    write(backend, mine.epoch, b"0")
    claims: list[int] = []

    def claim_and_write() -> None:
        claim = new_backend().claim(PAGE)
        claims.append(claim.epoch)
        write(new_backend(), claim.epoch, str(claim.epoch).encode())
        connections.close_all()

    threads = [threading.Thread(target=claim_and_write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(claims)) == 4
    assert new_backend().claim(PAGE).data == str(max(claims)).encode()


def test_what_has_expired_is_gone(new_backend: Factory) -> None:
    backend = new_backend()
    write(backend, 10**13, b"x", ttl_s=0.01)
    deadline = time.monotonic() + 20
    while backend.claim(PAGE).data is not None:
        assert time.monotonic() < deadline, "It never expired."
        time.sleep(0.01)


def test_memory_is_bounded_in_bytes() -> None:
    backend = MemoryBackend(max_bytes=100)
    for n in range(10):
        backend.write([Entry(b"%d" % n, 1, b"x" * 30, 60)])
    assert backend.size_bytes <= 100
    assert len(backend) == 3
    assert backend.claim(b"9").data is not None
    assert backend.claim(b"0").data is None


def test_memory_forgets_what_expired() -> None:
    now = [0.0]
    backend = MemoryBackend(clock=lambda: now[0])
    backend.write([Entry(b"a", 1, b"x", 10), Entry(b"b", 1, b"x", 30)])
    now[0] = 20
    assert backend.clean() == 1
    assert len(backend) == 1


@pytest.mark.django_db
def test_the_command_removes_rows_that_expired(capsys: pytest.CaptureFixture[str]) -> None:
    soon = timezone.now() + timedelta(hours=1)
    past = timezone.now() - timedelta(seconds=1)
    SavedState.objects.create(page_id="aa", epoch=1, data=b"", expires=soon)
    SavedState.objects.create(page_id="bb", epoch=1, data=b"", expires=past)
    with override_settings(DJUST={"STATE_BACKEND": "db"}):
        call_command("djust_clean_state")
    assert capsys.readouterr().out == "1 expired state removed.\n"
    assert [row.page_id for row in SavedState.objects.all()] == ["aa"]


@pytest.mark.django_db
def test_the_migrations_are_those_of_the_models() -> None:
    call_command("makemigrations", "djust_live", check=True, dry_run=True, verbosity=0)


def test_a_server_that_is_away_is_an_error_with_a_code() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    backend = RedisBackend(f"redis://127.0.0.1:{port}/0", "x")
    for call in (
        lambda: backend.claim(PAGE),
        lambda: backend.owner(PAGE),
        lambda: backend.delete(PAGE, 1),
        lambda: write(backend, 1, b"x"),
    ):
        with pytest.raises(BackendUnavailable):
            call()


def test_the_setting_chooses_the_backend() -> None:
    for name, kind in (("memory", MemoryBackend), ("db", DatabaseBackend), ("cache", CacheBackend)):
        with override_settings(DJUST={"STATE_BACKEND": name}):
            assert type(state_backend()) is kind
    with override_settings(DJUST={"STATE_BACKEND": "djust_live.backends.memory.MemoryBackend"}):
        assert type(state_backend()) is MemoryBackend


@pytest.mark.parametrize("name", ["rediss", "djust_live.nothing.Here", "djust_live.config.Config"])
def test_another_name_is_an_error_that_says_so(name: str) -> None:
    with (
        override_settings(DJUST={"STATE_BACKEND": name}),
        pytest.raises(DefinitionError, match=name),
    ):
        state_backend()


def test_an_unknown_cache_is_an_error() -> None:
    with pytest.raises(DefinitionError, match="nowhere"):
        CacheBackend("nowhere")
