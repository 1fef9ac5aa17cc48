"""The dashboard in a real browser, with its real server in a process of its own."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from dashboard_course import Copy

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


class Served:
    """A dashboard's server on a free port."""

    def __init__(self, db: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        code = "import sys; from dashboard.app import serve; serve(sys.argv[1], int(sys.argv[2]))"
        self.process = subprocess.Popen(
            [sys.executable, "-c", code, str(db), str(port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        for _ in range(300):
            try:
                with urlopen(self.url, timeout=5):
                    return
            except URLError:
                time.sleep(0.1)
        self.stop()
        raise TimeoutError("the dashboard didn't answer within 30 s")

    def stop(self) -> None:
        self.process.terminate()
        self.process.communicate(timeout=20)


@pytest.fixture
def browser() -> Iterator[Any]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=ARGS)
        yield launched
        launched.close()


def test_both_pages_follow_a_campaign_and_notice_a_dead_server(
    browser: Any, copied: Callable[[], Copy], tmp_path: Path
) -> None:
    served = Served(tmp_path / "sdl.db")
    errors: list[str] = []
    hosts: set[str] = set()
    try:
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
        page.goto(served.url)
        page.wait_for_selector("text=NO DATA", timeout=20_000)
        copy = copied()
        copy.upto(60)
        page.wait_for_selector("#vessels", timeout=20_000)
        assert page.locator("#vessels tbody tr").count() == 3
        page.click("#links a:has-text('Campaign')")
        page.wait_for_selector("#best-so-far .main-svg", timeout=20_000)
        copy.upto(10_000)
        page.wait_for_selector("text=FINISHED", timeout=20_000)
        page.wait_for_selector("#best-so-far .point", timeout=20_000)
        assert page.locator("#best-so-far .point").count() == 6
        assert page.locator("#proposal-table tbody tr").count() == 6
        assert errors == []
        assert hosts == {urlsplit(served.url).netloc}
        assert page.locator("#watchdog").inner_text() == ""
        served.stop()
        page.wait_for_selector("text=NO ANSWER", timeout=30_000)
    finally:
        served.stop()
