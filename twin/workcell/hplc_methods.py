"""HPLC methods: Protein A for titer, SEC for aggregates, HIC for the drug-antibody ratio.

Flow, run time, retention and widths are assumptions of the usual size for such methods on
antibodies; the extinction of an IgG at 280 nm, 1.4 mL/mg/cm, is recalled. States that a sample
must have: `product` (g/L, all antibody); for SEC also `aggregate` and `fragment` (g/L, parts of
`product`); for HIC the states of `twin.kinetics.adc_conjugation`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from twin.device import Assay
from twin.kinetics.adc_distribution import bond_loads, dar_distribution
from twin.workcell.chromatogram import Peak, area_per_mg
from twin.workcell.integration import FoundPeak

EXTINCTION = 1.4  # mL/mg/cm
MATRIX_G_PER_L = 1.5  # of what is not retained, as absorbing protein; assumption
IGG_G_PER_MMOL = 150.0
BONDS = tuple(
    f"{pair}_{load}" for pair in ("hl", "hh") for load in ("intact", "open", "one", "two")
)
HL_PER_ANTIBODY = 2.0

Species = Mapping[str, float]
Found = Mapping[str, FoundPeak]


class PeakMissing(ValueError):
    """The peak that a result is made of was not found."""


@dataclass(frozen=True, slots=True)
class HplcMethod:
    """One method.

    Attributes:
        species: concentration (g/L) of what makes each peak, from the sample's true composition.
        assays: what is reported, each with the function that makes it of the peaks found and
            the response factor (mAU·min per µg).
        main: the peak by which column and retention are judged.
    """

    name: str
    assays: Mapping[str, tuple[Assay, Callable[[Found, float, float], float]]]
    peaks: tuple[Peak, ...]
    main: str
    species: Callable[[Mapping[str, float]], Species]
    needs: tuple[str, ...]
    standard: Species
    flow_ml_per_min: float
    injection_ul: float
    run_min: float
    rate_hz: float
    noise_mau: float
    drift_mau_per_min: float
    window_min: float

    @property
    def area_per_ug(self) -> float:
        """Area of one µg with a detector in order, mAU·min."""
        return area_per_mg(EXTINCTION, self.flow_ml_per_min) / 1000.0


def _protein_a(c: Mapping[str, float]) -> Species:
    return {"flow_through": MATRIX_G_PER_L, "antibody": c["product"]}


def _titer(found: Found, per_ug: float, injected_ul: float) -> float:
    if "antibody" not in found:
        return 0.0
    return found["antibody"].area / per_ug / injected_ul


def _sec(c: Mapping[str, float]) -> Species:
    monomer = c["product"] - c["aggregate"] - c["fragment"]
    return {"aggregate": c["aggregate"], "monomer": monomer, "fragment": c["fragment"]}


def _share(name: str) -> Callable[[Found, float, float], float]:
    def percent(found: Found, _per_ug: float, _injected_ul: float) -> float:
        if "monomer" not in found:
            raise PeakMissing("no monomer peak was found")
        total = sum(one.area for one in found.values())
        return 100.0 * found[name].area / total if name in found else 0.0

    return percent


def _hic(c: Mapping[str, float]) -> Species:
    states = tuple(c[name] for name in BONDS)
    antibody = IGG_G_PER_MMOL * sum(states[:4]) / HL_PER_ANTIBODY
    loads = dar_distribution(bond_loads(states))
    return {f"dar{n}": antibody * share for n, share in enumerate(loads)}


def _dar(found: Found, _per_ug: float, _injected_ul: float) -> float:
    if not found:
        raise PeakMissing("no antibody peak was found")
    total = sum(one.area for one in found.values())
    return sum(int(name.removeprefix("dar")) * one.area for name, one in found.items()) / total


PROTEIN_A = HplcMethod(
    name="protein_a",
    assays={
        "titer_protein_a": (Assay("titer_protein_a", "g/L", 0.02, 20.0, "Protein A HPLC"), _titer)
    },
    peaks=(Peak("flow_through", 0.4, 0.04, 0.03), Peak("antibody", 1.8, 0.05, 0.04)),
    main="antibody",
    species=_protein_a,
    needs=("product",),
    standard={"flow_through": 0.0, "antibody": 2.0},
    flow_ml_per_min=2.0,
    injection_ul=20.0,
    run_min=4.0,
    rate_hz=5.0,
    noise_mau=0.05,
    drift_mau_per_min=0.1,
    window_min=0.25,
)
SEC = HplcMethod(
    name="sec",
    assays={
        "monomer": (
            Assay("monomer", "%", 50.0, 100.0, "SEC-HPLC, share of area"),
            _share("monomer"),
        ),
        "aggregates": (
            Assay("aggregates", "%", 0.05, 50.0, "SEC-HPLC, share of area"),
            _share("aggregate"),
        ),
    },
    peaks=(
        Peak("aggregate", 6.2, 0.14, 0.06),
        Peak("monomer", 7.6, 0.12, 0.05),
        Peak("fragment", 9.2, 0.13, 0.05),
    ),
    main="monomer",
    species=_sec,
    needs=("product", "aggregate", "fragment"),
    standard={"aggregate": 0.02, "monomer": 1.96, "fragment": 0.02},
    flow_ml_per_min=0.35,
    injection_ul=10.0,
    run_min=12.0,
    rate_hz=2.0,
    noise_mau=0.03,
    drift_mau_per_min=0.02,
    window_min=0.4,
)
HIC = HplcMethod(
    name="hic",
    assays={"dar": (Assay("dar", "1", 0.0, 8.0, "HIC-HPLC, mean drugs per antibody"), _dar)},
    peaks=tuple(Peak(f"dar{n}", 4.0 + 1.3 * n, 0.13, 0.06) for n in range(9)),
    main="dar4",
    species=_hic,
    needs=BONDS,
    standard={f"dar{n}": share for n, share in zip((0, 2, 4, 6, 8), (0.2,) * 5, strict=True)},
    flow_ml_per_min=0.8,
    injection_ul=20.0,
    run_min=18.0,
    rate_hz=2.0,
    noise_mau=0.03,
    drift_mau_per_min=0.05,
    window_min=0.5,
)
HPLC_METHODS = (PROTEIN_A, SEC, HIC)
