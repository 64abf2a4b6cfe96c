"""Two tenants on one site: what is said in one is never seen in the other."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.demo.conftest import OpenPage, wait_until_ready
from tests.browser.demo.server import DemoServer
from tests.browser.proxy import Proxy


def wall(port: int, tenant: str) -> str:
    return f"http://{tenant}.localhost:{port}/wall/"


def write(page: Page, line: str) -> None:
    page.get_by_label("Line").fill(line)
    page.get_by_label("Line").press("Enter")


def test_news_stay_inside(server: DemoServer, open_page: OpenPage) -> None:
    acme, other = open_page(wall(server.port, "acme")), open_page(wall(server.port, "acme"))
    globex = open_page(wall(server.port, "globex"))
    write(acme, "soup on Friday")
    expect(other.get_by_text("acme: soup on Friday")).to_be_visible()
    write(globex, "no soup")
    expect(globex.locator("li")).to_have_text(["globex: no soup"])
    expect(acme.locator("li").last).to_have_text("acme: soup on Friday")
    acme.reload()
    expect(acme.get_by_text("no soup", exact=True)).to_have_count(0)


def test_a_drop_leads_back_to_the_same_tenant(proxy: Proxy, open_page: OpenPage) -> None:
    page = open_page(wall(proxy.port, "initech"))
    with proxy.down():
        expect(page.locator("body.dj-disconnected")).to_be_attached()
        write(page, "first")
    wait_until_ready(page)
    expect(page.locator("li")).to_have_text(["initech: first"])


def test_a_restart_leads_back_to_the_same_tenant(
    own_server: DemoServer, open_page: OpenPage
) -> None:
    page = open_page(wall(own_server.port, "initech"))
    write(page, "first")
    expect(page.locator("li")).to_have_text(["initech: first"])
    own_server.kill()
    expect(page.locator("body.dj-disconnected")).to_be_attached()
    own_server.start()
    wait_until_ready(page)
    write(page, "second")
    expect(page.locator("h1")).to_have_text("initech")
    expect(page.locator("li").last).to_have_text("initech: second")


def test_a_page_does_not_attach_to_another_tenant(server: DemoServer, open_page: OpenPage) -> None:
    page = open_page(wall(server.port, "acme"))
    token = page.locator("script[data-djust]").get_attribute("data-djust")
    answer = page.evaluate(
        """([url, token]) => new Promise((resolve) => {
          const socket = new WebSocket(url);
          socket.onopen = () => socket.send(JSON.stringify(["join", 1, token, 1, 0, 0, 0]));
          socket.onmessage = ({ data }) => resolve(JSON.parse(data));
          socket.onerror = () => resolve("refused");
        })""",
        [f"ws://acme.localhost:{server.port}/ws/djust/", token],
    )
    assert answer[0] == "ready"
    globex = open_page(wall(server.port, "globex"))
    answer = globex.evaluate(
        """([url, token]) => new Promise((resolve) => {
          const socket = new WebSocket(url);
          socket.onopen = () => socket.send(JSON.stringify(["join", 1, token, 1, 0, 0, 0]));
          socket.onmessage = ({ data }) => resolve(JSON.parse(data));
        })""",
        [f"ws://globex.localhost:{server.port}/ws/djust/", token],
    )
    assert answer[0] == "reload"


def test_without_a_tenant_there_is_no_page(server: DemoServer, open_page: OpenPage) -> None:
    page = open_page("about:blank", wait=False)
    response = page.goto(f"{server.url}wall/")
    assert response is not None
    assert response.status == 404
