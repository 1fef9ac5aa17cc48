"""From the campaign file to the optimizer's domain: derived, or the one the file gives verbatim."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sdl.campaign import CampaignFile

if TYPE_CHECKING:
    from optimizers.specs import FactorSpec


def domain_of(file: CampaignFile) -> Any:
    """Return the BoFire domain of a campaign."""
    from optimizers.space import domain_from_json

    if file.domain is not None:
        return domain_from_json(file.domain)
    return _derived(file)


def _derived(file: CampaignFile) -> Any:
    from optimizers.space import derive_domain
    from optimizers.specs import LinearSpec, OutputSpec

    factors = [_factor(name, factor) for name, factor in file.factors.items()]
    constraints = [LinearSpec(c.name, c.terms, c.lower, c.upper) for c in file.constraints]
    outputs = [OutputSpec(name, o.unit, o.goal, o.min, o.max) for name, o in file.outputs.items()]
    return derive_domain(factors, constraints, outputs)


def _factor(name: str, factor: Any) -> FactorSpec:
    from optimizers.specs import CategoricalSpec, ContinuousSpec, DiscreteSpec, IntegerSpec

    if factor.kind == "categorical":
        return CategoricalSpec(name, factor.levels)
    if factor.kind == "discrete":
        return DiscreteSpec(name, tuple(float(v) for v in factor.levels), factor.unit)
    if factor.kind == "integer":
        return IntegerSpec(name, factor.low, factor.high, factor.unit)
    return ContinuousSpec(name, float(factor.low), float(factor.high), factor.unit)
