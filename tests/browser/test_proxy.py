"""The proxy is a test tool that other tests believe, so it is tested first."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Iterator

import pytest

from tests.browser.proxy import HOST, Proxy

UPGRADE = b"GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n"


@pytest.fixture
def echo_port() -> Iterator[int]:
    """A server that sends back what it gets, a thread a connection."""
    listener = socket.create_server((HOST, 0))

    def echo(connection: socket.socket) -> None:
        with connection:
            try:
                while data := connection.recv(65_536):
                    connection.sendall(data)
            except ConnectionError:
                return

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=echo, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield listener.getsockname()[1]
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(5)


@pytest.fixture
def proxy(echo_port: int) -> Iterator[Proxy]:
    with Proxy(echo_port) as made:
        yield made


def connect(proxy: Proxy) -> socket.socket:
    return socket.create_connection((HOST, proxy.port), timeout=10)


def read(client: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        piece = client.recv(65_536)
        if not piece:
            return data
        data += piece
    return data


def is_cut(client: socket.socket) -> bool:
    try:
        return client.recv(1) == b""
    except ConnectionError:
        return True


def test_bytes_pass_both_ways_unchanged(proxy: Proxy) -> None:
    sent = bytes(range(256)) * 4_000
    with connect(proxy) as client:
        writer = threading.Thread(target=client.sendall, args=(sent,))
        writer.start()
        assert read(client, len(sent)) == sent
        writer.join()


def test_latency_delays_each_way_and_keeps_the_order(proxy: Proxy) -> None:
    proxy.latency_s = 0.1
    with connect(proxy) as client:
        begun = time.monotonic()
        for digit in b"12345":
            client.sendall(bytes([digit]))
        assert read(client, 5) == b"12345"
        # A lower bound only: a slow machine makes it longer, never shorter.
        assert time.monotonic() - begun >= 0.2


def test_cut_ends_sockets_and_spares_page_loads(proxy: Proxy) -> None:
    with connect(proxy) as upgraded, connect(proxy) as plain:
        upgraded.sendall(UPGRADE)
        read(upgraded, len(UPGRADE))
        plain.sendall(b"GET /")
        read(plain, 5)
        assert proxy.cut() == 1
        assert is_cut(upgraded)
        plain.sendall(b"more")
        assert read(plain, 4) == b"more"


def test_a_socket_is_cut_after_so_many_messages(proxy: Proxy) -> None:
    proxy.cut_after = 2
    with connect(proxy) as client:
        client.sendall(UPGRADE)
        read(client, len(UPGRADE))
        for message in (b"one", b"two"):
            client.sendall(message)
            assert read(client, 3) == message
        client.sendall(b"six")
        assert is_cut(client)


def test_an_answer_is_lost_that_the_server_has_sent(proxy: Proxy) -> None:
    proxy.cut_answers_after = 2
    with connect(proxy) as client:
        client.sendall(UPGRADE)
        assert read(client, len(UPGRADE)) == UPGRADE
        client.sendall(b"one")
        assert read(client, 3) == b"one"
        client.sendall(b"two")
        assert is_cut(client)


def test_down_refuses_until_the_block_ends(proxy: Proxy) -> None:
    before = proxy.port
    with connect(proxy) as client:
        client.sendall(b"hello")
        read(client, 5)
        with proxy.down():
            assert is_cut(client)
            with pytest.raises(ConnectionRefusedError):
                connect(proxy)
    assert proxy.port == before
    with connect(proxy) as again:
        again.sendall(b"hello")
        assert read(again, 5) == b"hello"


def test_stalled_bytes_arrive_when_they_flow_again(proxy: Proxy) -> None:
    with connect(proxy) as client:
        client.sendall(b"a")
        assert read(client, 1) == b"a"
        proxy.stall()
        client.sendall(b"b")
        client.settimeout(0.2)
        with pytest.raises(TimeoutError):
            client.recv(1)
        client.settimeout(10)
        proxy.flow()
        assert read(client, 1) == b"b"


def test_last_words_before_a_reset_arrive(proxy: Proxy) -> None:
    proxy.latency_s = 0.1
    with socket.create_server((HOST, 0)) as listener:
        proxy.target_port = listener.getsockname()[1]
        client = connect(proxy)
        server, _ = listener.accept()
        with server:
            server.settimeout(10)
            server.sendall(b"never read")
            assert client.recv(1) == b"n"
            server.sendall(b"nor this")
            client.sendall(b"good-bye")
            # With what it has not read, or told to linger no second, a system resets.
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.close()
            assert read(server, 8) == b"good-bye"
            assert is_cut(server)


def test_a_server_that_is_down_looks_down(proxy: Proxy) -> None:
    with socket.create_server((HOST, 0)) as unused:
        proxy.target_port = unused.getsockname()[1]
    with connect(proxy) as client:
        assert is_cut(client)
