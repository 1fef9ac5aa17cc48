from __future__ import annotations

import copy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from report_course import CAMPAIGN, ROUNDS, Ask, Course

from sdl.report.verdict import Verdict, verdict_of
from sdl.report.words import interval, label, limit, number, probability, quantity, utc
from sdl.result import CampaignResult

Change = Callable[[Course], None]


def judge(course: Course, tmp_path: Path) -> Verdict:
    return verdict_of(CampaignResult(str(course.write(tmp_path / "sdl.db")), CAMPAIGN).state())


def test_a_best_of_the_first_round_is_no_gain(tmp_path: Path) -> None:
    verdict = judge(Course(rounds=ROUNDS[:1]), tmp_path)
    assert "E0002" in verdict.found
    assert "not predicted: space filling proposal" in verdict.found
    assert "it is of the first, space-filling round: none since was better" in verdict.compared
    assert "25 % (0.5 g/L) more than the centre recipe (E0001, 2 g/L)" in verdict.compared


def test_a_best_that_is_the_centre_recipe_is_said(tmp_path: Path) -> None:
    rounds = copy.deepcopy(ROUNDS)
    rounds[0][0].attempts[0] = (5.0, 90.0)
    verdict = judge(Course(rounds=rounds), tmp_path)
    assert "E0001" in verdict.found
    assert "it is the centre recipe itself" in verdict.compared


def test_a_centre_that_gave_no_result_is_not_compared_with(tmp_path: Path) -> None:
    rounds = copy.deepcopy(ROUNDS)
    rounds[0][0].attempts[0] = None
    verdict = judge(Course(rounds=rounds), tmp_path)
    assert "the centre recipe gave no result" in verdict.compared


def test_a_first_round_without_a_feasible_culture_is_said(tmp_path: Path) -> None:
    rounds = copy.deepcopy(ROUNDS)
    rounds[0][1].attempts[0] = (2.5, 10.0)
    verdict = judge(Course(rounds=rounds), tmp_path)
    assert "no culture of the first, space-filling round met every limit" in verdict.compared


def test_a_best_below_an_infeasible_centre_is_told_as_less(tmp_path: Path) -> None:
    rounds = copy.deepcopy(ROUNDS)
    rounds[0][0].attempts[0] = (4.0, 65.0)
    verdict = judge(Course(rounds=rounds), tmp_path)
    assert "25 % (1 g/L) less than the centre recipe (E0001, 4 g/L)" in verdict.compared
    assert "which itself missed a limit" in verdict.compared


def test_a_minimised_output_gains_by_less(tmp_path: Path) -> None:
    course = Course()
    course.file["outputs"]["titer"]["goal"] = "minimize"
    course.rounds[1] = [Ask("model", ROUNDS[1][0].inputs, [(1.0, 90.0)], predicted=1.1)]
    verdict = judge(course, tmp_path)
    assert "measured titer of 1 g/L" in verdict.found
    assert "60 % (1.5 g/L) less than the best of the first" in verdict.compared


def test_without_limits_nobody_speaks_of_them(tmp_path: Path) -> None:
    course = Course()
    del course.file["outputs"]["viability"]["min"]
    verdict = judge(course, tmp_path)
    assert verdict.found.startswith("The best culture is E0003")
    assert "limit" not in verdict.found + verdict.compared


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (3.266694, "3.267"),
        (697.093, "697.1"),
        (35.0, "35"),
        (12345.6, "12350"),
        (0.00012345, "0.0001234"),
        (0, "0"),
        (1.2e7, "1.2e+07"),
        (-0.5, "-0.5"),
        (100, "100"),
        (None, "–"),
        ("basal", "basal"),
    ],
)
def test_numbers_have_four_digits(value: object, words: str) -> None:
    assert number(value) == words


def test_quantities_have_their_unit() -> None:
    assert quantity(33.168, "degC") == "33.17 °C"
    assert quantity(7.05, "pH") == "7.05"
    assert quantity("basal", None) == "basal"
    assert label("seeding_density", "1e6/mL") == "seeding density (×10⁶/mL)"
    assert label("ph", "pH") == "pH"
    assert limit(70.0, None, "%") == "at least 70 %"
    assert limit(1.0, 2.0, "g/L") == "at least 1 g/L and at most 2 g/L"
    assert interval({"mean": 2.0, "low": 1.5, "high": 2.5}, "g/L") == "2 [1.5 to 2.5] g/L"
    assert utc(1_799_049_600_000_000) == "2027-01-04 08:00 UTC"


def test_a_probability_is_never_certain() -> None:
    assert probability(0.99999) == "> 99.9 %"
    assert probability(0.0) == "< 0.1 %"
    assert probability(0.884) == "88.4 %"
    assert probability(None) == "–"


def test_importing_the_report_loads_nothing_heavy() -> None:
    code = "import sdl.report, sdl.report.figures, sys; print(*sys.modules)"
    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    heavy = {"numpy", "pandas", "plotly", "jinja2", "sqlalchemy", "sqlmodel", "dash"}
    assert not heavy & set(out.stdout.split())
