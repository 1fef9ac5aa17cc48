"""The gallery's pictures are those its code draws, one for every model, fault and kind of wear.

That the code runs is checked with that of all pages, in `test_code_blocks.py`.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from twin.faults import EQUIPMENT_FAULTS, SIGNAL_FAULTS
from twin.wear import MECHANISMS

DOCS = Path(__file__).parents[2] / "docs"
TEXT = (DOCS / "gallery.md").read_text(encoding="utf-8")
PICTURES = sorted((DOCS / "images" / "gallery").glob("*"))
LARGEST_BYTES = 60_000


def test_what_is_drawn_is_what_is_shown_and_what_is_there() -> None:
    drawn = sorted(f"{name}.png" for name in re.findall(r'^save\(figure, "([\w-]+)"\)', TEXT, re.M))
    shown = re.findall(r"^!\[[^\]]+\]\(images/gallery/([\w.-]+)\)", TEXT, re.M)
    assert drawn == sorted(shown) == [picture.name for picture in PICTURES]


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
def test_pictures_are_small_files(picture: Path) -> None:
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size <= LARGEST_BYTES


def test_no_fault_wear_or_model_is_forgotten() -> None:
    for kind in (*SIGNAL_FAULTS, *EQUIPMENT_FAULTS, *MECHANISMS):
        assert f'"{kind}": ' in TEXT, kind
    models = Path(__file__).parents[2] / "twin" / "kinetics"
    named = [
        re.search(r"^(\w+) = KineticsModel\(", m.read_text(), re.M) for m in models.glob("*.py")
    ]
    problems = {"PARK_RAMIREZ": "SECRETED_PROTEIN", "BAJPAI_REUSS": "PENICILLIN"}
    problems["SRINIVASAN"] = "CAPPED_PENICILLIN"
    found = [match[1] for match in named if match]
    assert len(found) >= 7
    for name in found:
        assert problems.get(name, name) in TEXT, name
