"""Clones: named parameter sets of the CHO fed-batch model.

K1 is the model's own defaults and so carries Kornecki & Strube's published table; the others are
plausible neighbours of it and named assumptions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from twin.kinetics.model import UnknownName


@dataclass(frozen=True, slots=True)
class Clone:
    """A cell line: how its parameters differ from the model's defaults."""

    name: str
    doc: str
    source: str
    overrides: Mapping[str, float]


K1 = Clone(
    name="K1",
    doc="the published culture: fast, 36 pg/cell/d",
    source="Kornecki & Strube 2018, Table 2; extensions as stated with each parameter",
    overrides=MappingProxyType({}),
)
P2 = Clone(
    name="P2",
    doc="high producer: slower, sensitive to hunger and salt, gains much from cooling",
    source="assumption",
    overrides=MappingProxyType(
        {
            "mu_max": 0.034,
            "q_mab": 2.0e-3,
            "growth_productivity_weight": 0.5,
            "productivity_cooling": 1.45,
            "k_d_nutrient": 0.013,
            "growth_osm": 410.0,
        }
    ),
)
G3 = Clone(
    name="G3",
    doc="fast and robust grower with low lactate, modest producer",
    source="assumption",
    overrides=MappingProxyType(
        {
            "mu_max": 0.042,
            "q_mab": 1.0e-3,
            "y_lac_glc": 0.5,
            "k_d_nutrient": 0.004,
            "growth_osm": 450.0,
            "death_osm": 500.0,
        }
    ),
)
CLONES = {clone.name: clone for clone in (K1, P2, G3)}


def clone(name: str) -> Clone:
    """The clone of that name; raises UnknownName."""
    if name not in CLONES:
        raise UnknownName("the CHO fed-batch model", "clone", name, CLONES)
    return CLONES[name]
