"""Links within the documentation lead somewhere; nothing is fetched from the network."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
FENCE = re.compile(r"^(`{3,}|~{3,})[^\n]*\n.*?^\1[ \t]*$", re.M | re.S)
CODE = re.compile(r"`[^`\n]*`")
LINK = re.compile(r"\[[^\]]*\]\(\s*<?([^)\s>]+)>?[^)]*\)")
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*$", re.M)
TARGET = re.compile(r"^\(([^)\s]+)\)=\s*$", re.M)


def prose(text: str) -> str:
    """The page without its code blocks."""
    return FENCE.sub("", text)


def links_of(text: str) -> list[str]:
    return LINK.findall(CODE.sub("`code`", prose(text)))


def anchors_of(page: Path) -> set[str]:
    """Anchors of a page: its headings as GitHub and MyST write them, and named targets."""
    text = prose(page.read_text(encoding="utf-8"))
    slugs = {
        re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower()).replace(" ", "-")
        for heading in HEADING.findall(text)
    }
    return slugs | set(TARGET.findall(text))


def fault_of(link: str, page: Path) -> str | None:
    parts = urlsplit(link)
    if parts.scheme:
        known = parts.scheme in ("http", "https", "mailto")
        return None if known and (parts.netloc or parts.path) else "is no address"
    target = page if not parts.path else (page.parent / unquote(parts.path)).resolve()
    if not target.exists():
        return "leads nowhere"
    if not target.is_relative_to(ROOT):
        return "leads out of the repository"
    if parts.fragment and target.suffix == ".md" and parts.fragment not in anchors_of(target):
        return "names a heading that isn't there"
    return None


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    links = links_of(page.read_text(encoding="utf-8"))
    faults = [f"{link} {fault}" for link in links if (fault := fault_of(link, page))]
    assert faults == []


def test_links_are_found_and_judged(tmp_path: Path) -> None:
    text = (
        "[a](b.md) `[no](code.md)`\n```text\n[no](fence.md)\n```\n![p](i/p.png) [s](#here-it-is)\n"
    )
    assert links_of(text) == ["b.md", "i/p.png", "#here-it-is"]
    readme = ROOT / "README.md"
    assert fault_of("nowhere.md", readme) == "leads nowhere"
    assert fault_of("#no-such-heading", readme) == "names a heading that isn't there"
    assert fault_of("#try-it", readme) is None
    assert fault_of("https://example.org", readme) is None
