"""Membrane fouling: pressure rises at constant flux and less product passes, until a limit.

The resistance follows one of the four blocking laws. The deposit also holds product back: the
sieving coefficient is taken as S/S0 = 1/(1 + a (R_tot/R_m - 1)), an assumption. The module is
spent when its pressure or its sieving passes its limit (TMP limit, or sieving below 0.7 to 0.8;
recalled). Its age is the volume filtered per area, which is flux times time; with cake filtration
that holds only while the flux stays the stated one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from twin.declared import Contradiction, Loss, Positive, Share, Variation
from twin.lifetime import Floats, Lifetime, Lognormal
from twin.wear.blocking_laws import BlockingLaw, constant_reaching, resistance_ratio
from twin.wear.mechanism import Action, Mechanism, Quantity, life_share
from twin.wear.use import Use

PLUGGED = 100.0  # R_tot/R_m of a module that no longer passes anything; assumption


class MembraneFouling(Mechanism):
    """Fouling of a hollow-fibre or flat-sheet membrane."""

    kind: Literal["membrane_fouling"] = "membrane_fouling"
    law: BlockingLaw = Field(default="intermediate", description="Blocking law (assumption)")
    area_m2: Positive = Field(
        default=0.0471,
        description="Area, m²; default 75 fibres of 1 mm by 0.2 m (CC-sim hollow fibre)",
    )
    flux_l_per_m2_h: Positive = Field(default=2.0, description="Constant flux (assumption)")
    tmp_start_bar: Positive = Field(
        default=0.1, description="Transmembrane pressure when new (assumption)"
    )
    tmp_limit_bar: Positive = Field(
        default=0.5, description="Transmembrane pressure at which it is spent (assumption)"
    )
    sieving_limit: Loss = Field(
        default=0.7, description="Share of the first sieving at which it is spent (recalled)"
    )
    sieving_sensitivity: Positive = Field(
        default=0.05, description="Sieving lost per resistance gained, a above (assumption)"
    )
    life_l_per_m2: Positive = Field(
        default=2000.0,
        description="Median volume per area until spent, L/m²; about six weeks at 2 L/m²/h "
        "(assumption)",
    )
    life_cv: Variation = Field(default=0.3, description="Variation between modules (assumption)")
    cleaning_recovery: Share = Field(
        default=0.7,
        description="Share of the fouling since the last cleaning that comes off (assumption)",
    )

    age_unit: ClassVar[str] = "L/m2"
    actions: ClassVar[tuple[Action, ...]] = ("replace", "clean")
    quantities: ClassVar[tuple[Quantity, ...]] = (
        Quantity("membrane_resistance", "multiply", "1", "R_tot/R_m; TMP at constant flux with it"),
        Quantity("sieving", "multiply", "1", "share of the product that passes"),
    )

    @classmethod
    def contradictions(cls, given: Mapping[str, Any]) -> Iterator[Contradiction]:
        """Yield a pressure limit that is not above the first pressure."""
        start, limit = given.get("tmp_start_bar"), given.get("tmp_limit_bar")
        if start is not None and limit is not None and limit <= start:
            yield Contradiction(
                "tmp_limit_bar",
                f"tmp_limit_bar ({limit:g}) is not above tmp_start_bar ({start:g})",
                f"give more than {start:g} bar",
            )

    @property
    def lifetime(self) -> Lifetime:
        """Distribution of the volume per area until spent."""
        return Lognormal(self.life_l_per_m2, self.life_cv)

    @property
    def recovery(self) -> float:
        """Share of the fouling that cleaning takes away."""
        return self.cleaning_recovery

    @property
    def end_ratio(self) -> float:
        """R_tot/R_m at the end of life: at the pressure limit or the sieving limit, the first."""
        by_pressure = self.tmp_limit_bar / self.tmp_start_bar
        by_sieving = 1.0 + (1.0 / self.sieving_limit - 1.0) / self.sieving_sensitivity
        return min(by_pressure, by_sieving)

    def constant(self, life: float | Floats) -> Floats:
        """Return the fouling constant of a module with this life, in the unit of its law."""
        time_h = np.asarray(life) / self.flux_l_per_m2_h
        return constant_reaching(self.law, self.end_ratio, self.flux_l_per_m2_h, time_h)

    def age_of(self, use: Use) -> float:
        """Return the volume filtered per area, L/m²."""
        return use.litres / self.area_m2

    def resistance(self, age: float | Floats, life: float | Floats) -> Floats:
        """Return R_tot/R_m, at most that of a plugged module."""
        time_h = life_share(age, life) * np.asarray(life) / self.flux_l_per_m2_h
        ratio = resistance_ratio(self.law, self.constant(life), self.flux_l_per_m2_h, time_h)
        return np.minimum(ratio, PLUGGED)

    def damage(self, age: float | Floats, life: float | Floats) -> Floats:
        """Return the resistance gained as a share of that at the end of life."""
        return (self.resistance(age, life) - 1.0) / (self.end_ratio - 1.0)

    def effects(
        self, age: float | Floats, life: float | Floats, calibrated_age: float | Floats
    ) -> Mapping[str, Floats]:
        """Return the factors on resistance and sieving."""
        ratio = self.resistance(age, life)
        return {
            "membrane_resistance": ratio,
            "sieving": 1.0 / (1.0 + self.sieving_sensitivity * (ratio - 1.0)),
        }
