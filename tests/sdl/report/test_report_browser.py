"""The report in a real browser: it draws every figure, without complaint, and asks for nothing."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from sdl.report import write_report
from sdl.result import CampaignResult

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize("scenario", ["finished", "empty"])
def test_every_figure_is_drawn_without_an_error(
    result_of: Callable[[str], CampaignResult], tmp_path: Path, scenario: str
) -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    path = write_report(result_of(scenario), tmp_path / "r.html")
    errors: list[str] = []
    asked: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
            ],
        )
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path.as_uri())
        page.wait_for_selector("html[data-drawn=yes]", state="attached", timeout=60_000)
        n_plots = page.locator(".plot").count()
        n_drawn = page.locator(".plot .main-svg").count()
        overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        browser.close()
    assert errors == []
    assert asked == [path.as_uri()]
    assert n_plots == (5 if scenario == "finished" else 0)
    assert n_drawn >= n_plots
    assert overflow <= 0
