"""The tables of the page on the twin say what the modules say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from twin.kinetics.cho_parameters import PARAMETERS
from twin.kinetics.clones import CLONES
from twin.kinetics.media import MEDIA
from twin.plant.probes import bioreactor_probes
from twin.workcell.analyzer import COUNTER_METHODS, PLATE_METHODS

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "twin.md"


def rows() -> list[list[str]]:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    return [
        [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        for line in lines
        if line.startswith("| ")
    ]


def test_every_parameter_stands_there_with_its_value_unit_and_source() -> None:
    found = {row[0].strip("`"): row[1:] for row in rows() if len(row) == 5}
    for p in PARAMETERS:
        assert found[p.name] == [f"{p.default:.4g}", p.unit, p.doc, p.source]


def test_the_counts_of_sources_are_right() -> None:
    text = " ".join(PAGE.read_text(encoding="utf-8").split())
    n_assumed = sum(p.source.startswith("assumption") for p in PARAMETERS)
    assert f"Of the {len(PARAMETERS)} parameters" in text
    assert f"{n_assumed} are assumptions" in text


def test_clones_and_media_stand_there() -> None:
    written = rows()
    for clone in CLONES.values():
        for name, value in clone.overrides.items():
            assert [clone.name, f"`{name}`", f"{value:.4g}"] in written
    header = next(row for row in written if row[0] == "medium")
    for medium in MEDIA.values():
        values = [f"{getattr(medium, field):g}" for field in header[1:]]
        assert [medium.name, *values] in written


@pytest.mark.parametrize(
    "name",
    [
        *(p.signal.name for p in bioreactor_probes(900.0)),
        *(m.assay.name for m in (*PLATE_METHODS, *COUNTER_METHODS)),
    ],
)
def test_every_probe_and_assay_stands_there(name: str) -> None:
    assert any(f"`{name}`" in row[0] for row in rows())
