"""The pages, one module each: `PATH`, `TITLE`, `layout()` and `connect(app, reader)`."""

from __future__ import annotations

from typing import Any, Protocol, cast

from dashboard.pages import campaign, plant
from dashboard.reader import Reader


class Page(Protocol):
    """What the app asks of a page's module."""

    PATH: str
    TITLE: str

    def layout(self) -> Any:
        """Return the page's empty parts."""
        ...

    def connect(self, app: Any, reader: Reader) -> None:
        """Register the callbacks that fill them."""
        ...


PAGES: tuple[Page, ...] = (cast(Page, plant), cast(Page, campaign))


def page_at(path: str | None) -> Page:
    """Return the page at a path; the first one where there is none."""
    return next((page for page in PAGES if path == page.PATH), PAGES[0])
