"""Reads a report back as a reader's browser would: tags, ids, texts, links, figures."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import Any

from plotly.offline import get_plotlyjs

LOADING = ("src", "href", "data", "action", "srcset", "poster", "formaction", "xlink:href")


class Page(HTMLParser):
    """A parsed report; plotly's own script is taken out first, and must be there exactly once."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.n_plotly = text.count(get_plotlyjs())
        self.ids: list[str] = []
        self.tags: list[str] = []
        self.links: list[tuple[str, str, str]] = []
        self.figures: dict[str, Any] = {}
        self.texts: dict[str, str] = {}
        self.rows: dict[str, list[list[str]]] = {}
        self.policy = ""
        self._section = ""
        self._figure: str | None = None
        self._is_script = False
        self.feed(text.replace(get_plotlyjs(), ""))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        self.tags.append(tag)
        if "id" in given:
            self.ids.append(given["id"])
        self.links += [(tag, key, given[key]) for key in LOADING if key in given]
        if tag == "section":
            self._section = given["id"]
        if given.get("http-equiv") == "Content-Security-Policy":
            self.policy = given["content"]
        if tag in ("script", "style"):
            self._is_script = True
            if given.get("type") == "application/json":
                self._figure = given["id"].removeprefix("data-")
        if tag == "tr":
            self.rows.setdefault(self._section, []).append([])
        if tag in ("td", "th"):
            self.rows[self._section][-1].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._is_script, self._figure = False, None
        if tag == "section":
            self._section = ""

    def handle_data(self, data: str) -> None:
        if self._figure is not None:
            self.figures[self._figure] = json.loads(data)
        elif not self._is_script:
            self.texts[self._section] = self.texts.get(self._section, "") + data
            if self.lasttag in ("td", "th") and data.strip():
                self.rows[self._section][-1][-1] += data

    def row(self, section: str, first: str) -> list[str]:
        """The first table row of a section whose first cell is `first`."""
        return next(row for row in self.rows[section] if row and row[0] == first)
