"""The tables of the page on the workcell say what the modules say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from twin.workcell.analyzer import Method
from twin.workcell.at_line_methods import (
    BLOOD_GAS_METHODS,
    CALIBRATED_COUNTER_METHODS,
    METABOLITE_METHODS,
    OSMOMETER_METHODS,
)
from twin.workcell.handler_programs import deck_programs
from twin.workcell.hplc_methods import HPLC_METHODS
from twin.workcell.liquid_handler import CAUSES
from twin.workcell.pipetting import CHANNELS

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "workcell.md"
AT_LINE = (
    *OSMOMETER_METHODS,
    *BLOOD_GAS_METHODS,
    *METABOLITE_METHODS,
    *CALIBRATED_COUNTER_METHODS,
)


def rows() -> list[list[str]]:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines if "|" in line]


def row_of(name: str) -> list[str]:
    (found,) = (row for row in rows() if f"`{name}`" in row[0])
    return found


def number(cell: str) -> float:
    found = re.match(r"[\d.]+", cell)
    assert found, cell
    return float(found[0])


@pytest.mark.parametrize("method", AT_LINE, ids=lambda m: m.assay.name)
def test_the_errors_of_each_at_line_assay_stand_there(method: Method) -> None:
    _, random, systematic, _ = row_of(method.assay.name)
    is_relative = random.endswith("%")
    wanted = (method.random_rel, method.systematic_rel) if is_relative else ()
    wanted = wanted or (method.random, method.systematic)
    scale = 100.0 if is_relative else 1.0
    assert [number(random), number(systematic)] == pytest.approx([scale * w for w in wanted])


def test_the_tips_stand_there_with_their_limits() -> None:
    found = [[number(cell) for cell in row[:3]] for row in rows() if row[0].endswith("µL")]
    assert found == [[c.nominal_ul, c.systematic_limit_ul, c.random_limit_ul] for c in CHANNELS]


def test_the_hplc_methods_stand_there_with_their_run_times() -> None:
    for method in HPLC_METHODS:
        for assay in method.assays:
            assert number(row_of(assay)[2]) == method.run_min


def test_programs_and_causes_of_the_handler_are_named() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert all(f"`{cause}`" in text for cause in CAUSES.values())
    assert {"prepare_elisa", "restock"} <= set(deck_programs(tuple("12345678")))
