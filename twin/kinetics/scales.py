"""Vessel scales: what a larger vessel does to the CHO fed-batch model.

Oxygen transfer is handed to the model as it is.  Mixing and CO2 stripping have no state of their
own there and act through what it has: a parcel of broth loses oxygen on its way round, which raises
the oxygen that halves growth; CO2 that is not stripped needs base (salt) to hold the pH and slows
growth and production.  The mini-bioreactor is the model's own defaults; the others differ from it.
The vessels' figures are assumptions and of no particular make.
"""

from __future__ import annotations

from dataclasses import dataclass

from twin.kinetics.cho_fedbatch import CHO_FEDBATCH
from twin.kinetics.cho_perfusion import PA_PER_MMHG, co2_solubility
from twin.kinetics.clones import Clone
from twin.kinetics.culture import parameters_for
from twin.kinetics.laws import REFERENCE_TEMPERATURE
from twin.kinetics.media import Medium
from twin.kinetics.model import KineticsModel, UnknownName
from twin.kinetics.perfusion_parameters import PARAMETERS as PERFUSION_PARAMETERS

REFERENCE_CELLS = 7.0
"""Living cells (1e9/L) that mixing and CO2 are judged at: a culture's average (assumption)."""
LACTATE_FORMED = 30.0
"""Lactate (mmol/L) formed in a culture, which base is counted against (assumption)."""
BICARBONATE_PER_CO2 = 10.0 ** (7.0 - 6.36)
"""Bicarbonate in equilibrium with dissolved CO2 at pH 7; pKa 6.36 after CC-sim."""
CIRCULATIONS_PER_MIXING = 4.0
"""Rounds of a parcel of broth until it is mixed (recalled rule of thumb)."""
ASSUMED = "assumption, in the range of stirred vessels for cell culture"


def _defaults(model: KineticsModel) -> dict[str, float]:
    return {parameter.name: parameter.default for parameter in model.parameters}


_CHO = _defaults(CHO_FEDBATCH)
_CO2_LAW = {parameter.name: parameter.default for parameter in PERFUSION_PARAMETERS}


@dataclass(frozen=True, slots=True)
class Scale:
    """A vessel: its working volume (L) and what sets it apart.

    ``kla_min`` and ``kla_max``: range of the oxygen transfer coefficient (1/h); ``kla_co2``: CO2
    transfer coefficient (1/h), small where the gas leaves saturated; ``mixing_time_s``: seconds
    until a pulse has spread; ``tau_temperature_h``: time constant of heating and cooling.
    """

    name: str
    doc: str
    source: str
    volume_l: float
    kla_min: float
    kla_max: float
    kla_co2: float
    mixing_time_s: float
    tau_temperature_h: float

    @property
    def dissolved_co2(self) -> float:
        """Dissolved CO2 (mmol/L) of the average culture."""
        return _CHO["rq"] * _CHO["q_o2"] * REFERENCE_CELLS / self.kla_co2

    @property
    def pco2(self) -> float:
        """Its partial pressure (mmHg)."""
        solubility: float = co2_solubility(REFERENCE_TEMPERATURE, PA_PER_MMHG)
        return self.dissolved_co2 / solubility

    @property
    def oxygen_lost(self) -> float:
        """Oxygen (mmol/L) that a parcel of broth loses on one round."""
        hours = self.mixing_time_s / CIRCULATIONS_PER_MIXING / 3600.0
        return _CHO["q_o2"] * REFERENCE_CELLS * hours

    @property
    def growth(self) -> float:
        """Multiplier of growth that CO2 leaves."""
        return self._left_by_co2("growth")

    @property
    def productivity(self) -> float:
        """Multiplier of production that CO2 leaves."""
        return self._left_by_co2("productivity")

    @property
    def overrides(self) -> dict[str, float]:
        """Parameters of the CHO fed-batch model that this vessel sets."""
        extra_oxygen = self.oxygen_lost - MINI_BIOREACTOR.oxygen_lost
        extra_co2 = self.dissolved_co2 - MINI_BIOREACTOR.dissolved_co2
        extra_base = BICARBONATE_PER_CO2 * extra_co2 / LACTATE_FORMED
        return {
            "kla_min": self.kla_min,
            "kla_max": self.kla_max,
            "k_o2": _CHO["k_o2"] + extra_oxygen,
            "neutralisation": _CHO["neutralisation"] + extra_base,
            "tau_temperature": self.tau_temperature_h,
        }

    def _left_by_co2(self, what: str) -> float:
        above = max(self.pco2 - _CO2_LAW[f"{what}_co2_onset"], 0.0)
        return max(1.0 - _CO2_LAW[f"{what}_co2_slope"] * above, 0.0)


MINI_BIOREACTOR = Scale(
    name="mini_bioreactor",
    doc="0.25 L of a parallel system: mixes at once, modest oxygen transfer",
    source=ASSUMED,
    volume_l=0.25,
    kla_min=1.0,
    kla_max=12.0,
    kla_co2=1.2,
    mixing_time_s=6.0,
    tau_temperature_h=0.5,
)
BENCH = Scale(
    name="bench_3l",
    doc="3 L glass vessel: the best aerated and stripped of all",
    source=ASSUMED,
    volume_l=3.0,
    kla_min=1.0,
    kla_max=15.0,
    kla_co2=1.5,
    mixing_time_s=8.0,
    tau_temperature_h=0.5,
)
PILOT = Scale(
    name="pilot_200l",
    doc="200 L single-use vessel",
    source=ASSUMED,
    volume_l=200.0,
    kla_min=0.8,
    kla_max=11.0,
    kla_co2=0.95,
    mixing_time_s=30.0,
    tau_temperature_h=1.0,
)
PRODUCTION = Scale(
    name="production_2000l",
    doc="2,000 L single-use vessel: slow to mix, keeps CO2, short of oxygen when dense",
    source=ASSUMED,
    volume_l=2000.0,
    kla_min=0.5,
    kla_max=10.0,
    kla_co2=0.68,
    mixing_time_s=80.0,
    tau_temperature_h=2.0,
)
SCALES = {scale.name: scale for scale in (MINI_BIOREACTOR, BENCH, PILOT, PRODUCTION)}


def scale(name: str) -> Scale:
    """The scale of that name; raises UnknownName."""
    if name not in SCALES:
        raise UnknownName("the CHO fed-batch model", "scale", name, SCALES)
    return SCALES[name]


def parameters_at(
    scale: Scale,
    clone: Clone,
    medium: Medium,
    *,
    growth: float = 1.0,
    productivity: float = 1.0,
    **overrides: float,
) -> tuple[float, ...]:
    """Parameter vector of a clone in a medium at a scale; as ``culture.parameters_for`` otherwise.

    Raises:
        UnknownName: the model has no such parameter.
        ValueRefused: a value is not a finite number.
    """
    return parameters_for(
        clone,
        medium,
        growth=growth * scale.growth,
        productivity=productivity * scale.productivity,
        **{**scale.overrides, **overrides},
    )
