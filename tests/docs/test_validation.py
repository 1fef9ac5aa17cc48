"""The page of validation: its figures are those of a fresh computation, its tests exist."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "validation.md"
HELD_BY = re.compile(r"`(test_\w+)\.py::(test_\w+)`")


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("maker", ROOT / "docs" / "make_validation.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_test_that_is_named_exists() -> None:
    named = set(HELD_BY.findall(PAGE.read_text(encoding="utf-8")))
    assert len(named) > 30
    for file, test in named:
        text = (ROOT / "tests" / "twin" / f"{file}.py").read_text(encoding="utf-8")
        assert f"def {test}(" in text, (file, test)


@pytest.mark.parametrize("name", ["fedbatch", "integrators", "conjugation", "bounds"])
def test_the_quick_figures_are_those_of_a_fresh_computation(maker: ModuleType, name: str) -> None:
    written = maker.part_of(PAGE.read_text(encoding="utf-8"), name)
    assert maker.changes(written, maker.GENERATED[name]()) == []


@pytest.mark.slow
def test_all_figures_are_those_of_a_fresh_computation(maker: ModuleType) -> None:
    text = PAGE.read_text(encoding="utf-8")
    for name, make in maker.GENERATED.items():
        assert maker.changes(maker.part_of(text, name), make()) == [], name


def test_a_figure_that_has_changed_is_found(maker: ModuleType) -> None:
    line = "| titer | 1.56 | 1.5551 | -0.32 % | `a.py::test_b` |"
    assert maker.changes(line, line.replace("1.5551", "1.5552")) == []
    assert maker.changes(line, line.replace("1.5551", "1.5651")) != []
    assert maker.changes(line, line.replace("-0.32", "-0.42")) != []
    assert maker.changes(line, line.replace("titer", "titre")) != []
    assert maker.changes(line, f"{line}\n{line}") != []
