"""Makes report.png, the picture of the README, from a real campaign.

    python docs/images/make.py sdl-data/sdl.db cho_fedbatch

It draws the report's own figures in a browser that plays them from a file, without any network.
Needs Chromium and the `playwright` package of the dev group.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from sdl.report.gathering import gather
from sdl.report.page import render_figures
from sdl.result import open_result

FIGURES = ("best-so-far", "parity", "trends")
WIDTH = 1200  # px
SIGNALS = ("temperature", "capacitance", "raman_glucose", "oxygen_uptake")
ARGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("db", help="database of the campaign")
    parser.add_argument("campaign", help="id or name of the campaign")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("report.png"))
    given = parser.parse_args()
    page = render_figures(gather(open_result(given.campaign, db=given.db)), FIGURES, SIGNALS)
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "figures.html"
        file.write_text(page, encoding="utf-8")
        picture(file, given.out)
    print(f"{given.out}: {given.out.stat().st_size / 1000:.0f} kB")


def picture(file: Path, out: Path) -> None:
    """Take a picture of the whole page."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("no Chromium found; install the package chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(ARGS))
        page = browser.new_page(viewport={"width": WIDTH, "height": 900})
        page.goto(file.as_uri())
        page.wait_for_selector("html[data-drawn=yes]", state="attached", timeout=60_000)
        page.screenshot(path=out, full_page=True)
        browser.close()


if __name__ == "__main__":
    main()
