"""No state is ever negative or missing, whatever the recipe within the bounds; beyond, an error.

The bounds are those that the models declare on their inputs.  A recipe is a start and three spells
of inputs, each anywhere within its bounds with the bounds themselves among them, with additions at
once in between.  A few hundred recipes per model by default, 10,000 with the slow tests.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twin.integrate import Integrator, compiled, outputs_at
from twin.kinetics import adc_reactor, culture, pensim, perfusion_start
from twin.kinetics.adc_conjugation import ADC_CONJUGATION
from twin.kinetics.cho_fedbatch import CHO_FEDBATCH
from twin.kinetics.cho_perfusion import CHO_PERFUSION
from twin.kinetics.clones import CLONES
from twin.kinetics.known_optima import KNOWN_OPTIMA
from twin.kinetics.media import BASAL, MEDIA
from twin.kinetics.mixing import with_added
from twin.kinetics.model import KineticsModel, OutOfBounds, ValueRefused
from twin.kinetics.pensim import PENSIM
from twin.kinetics.scales import SCALES, parameters_at

N_SPELLS = 3
FEW, MANY = 200, 10_000


@dataclass(frozen=True)
class Recipe:
    model: KineticsModel
    x0: tuple[float, ...]
    p: tuple[float, ...]
    spells: list[dict[str, float]]
    hours: float
    additions: list[tuple[str, float]]


class Shares:
    """Numbers between 0 and 1, handed out one by one as choices and as values within bounds."""

    def __init__(self, numbers: list[float]) -> None:
        self._numbers = iter(numbers)

    def choice(self, options: Iterable[Any]) -> Any:
        known = list(options)
        return known[min(int(next(self._numbers) * len(known)), len(known) - 1)]

    def within(self, low: float, high: float) -> float:
        """Either bound, anything between, or (as often) something near the lower one."""
        share = next(self._numbers)
        if share < 0.1 or share > 0.9:
            return low if share < 0.1 else high
        if share < 0.5:
            return low + (high - low) * (share - 0.1) / 0.4
        return low + (high - low) * 10.0 ** (-6.0 * (share - 0.5) / 0.4)

    def spells(self, model: KineticsModel) -> list[dict[str, float]]:
        return [{i.name: self.within(i.low, i.high) for i in model.inputs} for _ in range(N_SPELLS)]

    def bounded_parameters(self, model: KineticsModel) -> dict[str, float]:
        bounded = [p for p in model.parameters if np.isfinite([p.low, p.high]).all()]
        return {p.name: self.within(p.low, p.high) for p in bounded}

    def additions(self, names: Iterable[str]) -> list[tuple[str, float]]:
        known = list(names)
        return [(self.choice(known), self.within(0.0, 1.0)) for _ in range(N_SPELLS)]


def fed_batch(shares: Shares) -> Recipe:
    scale, medium, clone = (shares.choice(all_.values()) for all_ in (SCALES, MEDIA, CLONES))
    x0 = culture.initial_state(
        medium,
        viable_cells=shares.within(0.0, 6.0),
        volume_l=scale.volume_l,
        temperature=shares.within(4.0, 45.0),
        ph=shares.within(4.0, 10.0),
    )
    between_runs = {name: shares.within(0.5, 1.5) for name in ("growth", "productivity")}
    p = parameters_at(scale, clone, medium, **between_runs)
    additions = shares.additions(("glucose", "glutamine", "contaminant"))
    return Recipe(CHO_FEDBATCH, x0, p, shares.spells(CHO_FEDBATCH), 112.0, additions)


def perfusion(shares: Shares) -> Recipe:
    x0 = perfusion_start.initial_state(
        viable_cells=shares.within(0.0, 100.0),
        volume_l=shares.within(1e-2, 2000.0),
        temperature=shares.within(4.0, 45.0),
        ph=shares.within(4.0, 10.0),
    )
    p = CHO_PERFUSION.parameters_with(**shares.bounded_parameters(CHO_PERFUSION))
    return Recipe(CHO_PERFUSION, x0, p, shares.spells(CHO_PERFUSION), 200.0, [])


def conjugation(shares: Shares) -> Recipe:
    x0 = adc_reactor.initial_state(
        antibody_g_per_l=shares.within(0.1, 100.0), volume_l=shares.within(1e-2, 1000.0)
    )
    p = ADC_CONJUGATION.parameters_with(**shares.bounded_parameters(ADC_CONJUGATION))
    additions = shares.additions(adc_reactor.REAGENTS)
    return Recipe(ADC_CONJUGATION, x0, p, shares.spells(ADC_CONJUGATION), 4.0, additions)


def penicillin_in_100_l(shares: Shares) -> Recipe:
    p = PENSIM.parameters_with()
    return Recipe(PENSIM, pensim.initial_state(), p, shares.spells(PENSIM), 400.0 / N_SPELLS, [])


def known_optimum(name: str) -> Callable[[Shares], Recipe]:
    problem = KNOWN_OPTIMA[name]
    p, hours = problem.model.parameters_with(), problem.horizon_h / N_SPELLS
    return lambda shares: Recipe(
        problem.model, problem.x0, p, shares.spells(problem.model), hours, []
    )


RECIPES = {
    "cho_fedbatch": (fed_batch, 14 + 9 * N_SPELLS),
    "cho_perfusion": (perfusion, 7 + 11 * N_SPELLS),
    "adc_conjugation": (conjugation, 10 + 5 * N_SPELLS),
    "pensim": (penicillin_in_100_l, 6 * N_SPELLS),
    **{name: (known_optimum(name), N_SPELLS) for name in KNOWN_OPTIMA},
}
"""What makes a recipe of shares, and of how many."""


def added(recipe: Recipe, x: tuple[float, ...], number: int) -> tuple[float, ...]:
    if number >= len(recipe.additions):
        return x
    what, share = recipe.additions[number]
    if recipe.model is ADC_CONJUGATION:
        bonds = x[: ADC_CONJUGATION.state_index("hh_two") + 1]
        if sum(bonds) < 1e-9:  # washed out: equivalents of nothing
            return x
        return adc_reactor.with_reagent(x, what, equivalents=20.0 * share, stock_mm=10.0)
    volume = share * x[recipe.model.state_index("volume")]
    return with_added(recipe.model, x, volume, **{what: 2500.0 if what == "glucose" else 1.0})


def check(recipe: Recipe) -> None:
    model, x = compiled(recipe.model), recipe.x0
    low = np.array([state.low for state in recipe.model.states])
    integrator = Integrator(model)
    for k, spell in enumerate(recipe.spells):
        u = recipe.model.inputs_with(**spell)
        x = added(recipe, tuple(x), k)
        start, end = k * recipe.hours, (k + 1) * recipe.hours
        grid = np.linspace(start, end, 9)
        last, rows = integrator.advance(x, u, recipe.p, start, end, out_times=grid)
        x = tuple(last.tolist())
        assert np.isfinite(rows).all()
        assert np.isfinite(last).all()
        assert (last >= low).all(), dict(zip([s.name for s in recipe.model.states], x, strict=True))
        # between steps states are interpolated, to the order of the tolerances
        assert (rows >= low - 1e-6 * np.array([s.scale for s in recipe.model.states])).all()
        if recipe.model.outputs:
            assert np.isfinite(outputs_at(model, end, last, u, recipe.p)).all()


def hold(name: str, n_recipes: int) -> None:
    made_of, n_shares = RECIPES[name]

    @settings(
        deadline=None,
        max_examples=n_recipes,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(st.floats(0.0, 1.0), min_size=n_shares, max_size=n_shares))
    def every_recipe(numbers: list[float]) -> None:
        check(made_of(Shares(numbers)))

    every_recipe()


@pytest.mark.parametrize("name", RECIPES)
def test_no_recipe_gives_negative_or_missing_numbers(name):
    hold(name, FEW)


@pytest.mark.slow
@pytest.mark.timeout(1200)  # one to two minutes on a machine at rest
@pytest.mark.parametrize("name", RECIPES)
def test_none_of_ten_thousand_recipes_gives_negative_or_missing_numbers(name):
    hold(name, MANY)


MODELS = [CHO_FEDBATCH, CHO_PERFUSION, ADC_CONJUGATION, PENSIM]
MODELS += [problem.model for problem in KNOWN_OPTIMA.values()]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_beyond_its_bounds_an_input_is_refused_by_name(model):
    for entry in model.inputs:
        assert np.isfinite([entry.low, entry.high]).all()
        for inside in (entry.low, entry.high):
            assert inside in model.inputs_with(**{entry.name: inside})
        for outside in (np.nextafter(entry.low, -np.inf), np.nextafter(entry.high, np.inf)):
            said = rf"{model.name}.*input '{entry.name}' is .*must be {entry.low:g} \.\. "
            with pytest.raises(OutOfBounds, match=said):
                model.inputs_with(**{entry.name: float(outside)})
        with pytest.raises(ValueRefused, match="must be a finite number"):
            model.inputs_with(**{entry.name: float("nan")})


def test_beyond_its_bounds_a_share_is_refused_by_name():
    with pytest.raises(
        OutOfBounds, match=r"parameter 'cell_retention' is 0.05; must be 0.1 \.\. 1"
    ):
        CHO_PERFUSION.parameters_with(cell_retention=0.05)
    with pytest.raises(OutOfBounds, match=r"parameter 'sieving_small' is 1.5; must be 0 \.\. 1"):
        ADC_CONJUGATION.parameters_with(sieving_small=1.5)


def test_the_control_problems_lie_within_their_models_bounds():
    for problem in KNOWN_OPTIMA.values():
        for name, (low, high) in problem.input_bounds.items():
            entry = problem.model.inputs[problem.model.input_index(name)]
            assert entry.low <= low < high <= entry.high


def test_an_impossible_start_or_addition_is_refused():
    with pytest.raises(OutOfBounds, match=r"start 'volume_l' is 0.0 L; must be at least 0.001"):
        culture.initial_state(BASAL, viable_cells=1.0, volume_l=0.0)
    with pytest.raises(ValueRefused, match="'volume' must be a finite number"):
        culture.initial_state(BASAL, viable_cells=1.0, volume_l=float("nan"))
    with pytest.raises(OutOfBounds, match=r"state 'ph' is -1.0 pH; must be at least 0"):
        culture.initial_state(BASAL, viable_cells=1.0, volume_l=1.0, ph=-1.0)
    with pytest.raises(OutOfBounds, match=r"'viable_cells' is -1.0 1e9/L; must be at least 0"):
        perfusion_start.initial_state(viable_cells=-1.0, volume_l=1.0)
    x = culture.initial_state(BASAL, viable_cells=1.0, volume_l=1.0)
    with pytest.raises(OutOfBounds, match=r"liquid 'volume_l' is -0.1 L; must be at least 0"):
        with_added(CHO_FEDBATCH, x, -0.1, glucose=1.0)
    with pytest.raises(OutOfBounds, match=r"liquid 'glucose' is -1.0 mmol/L; must be at least 0"):
        with_added(CHO_FEDBATCH, x, 0.1, glucose=-1.0)
