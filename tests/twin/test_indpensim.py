"""IndPenSim as a simulation: steps, set-points, faults, limits, balances."""

import dataclasses
import math
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.indpensim import (
    DEFAULT_RECIPE,
    INDPENSIM,
    LIMITS,
    Batch,
    BatchOver,
    BatchRefused,
    NoSuchFault,
    Recipe,
    RecipeRefused,
    Start,
    Steps,
    VesselDrained,
    draw_start,
)
from twin.indpensim.controllers import Pid, Recent
from twin.indpensim.gas_transfer import gas_phase
from twin.indpensim.hyphae import cell_rates
from twin.indpensim.start import StartRefused
from twin.integrate import IntegrationFailed
from twin.kinetics.model import UnknownName

N_GUARDED = 31


def test_a_batch_runs_alike_in_steps_and_in_one_piece_and_again():
    whole = Batch(seed=3, hours=20.0).run()
    batch = Batch(seed=3, hours=20.0)
    samples = [batch.step() for _ in range(40)]
    assert samples[-1].time_h == pytest.approx(8.0)
    assert (samples[-1].states == whole.state_rows[39]).all()
    rest = batch.run()
    assert (rest.state_rows == whole.state_rows).all()
    assert (rest.input_rows == whole.input_rows).all()
    assert rest.times_h == pytest.approx(np.arange(1, 101) * 0.2)
    assert set(whole.states) == {state.name for state in INDPENSIM.states}
    assert len(whole.states) == 33
    assert not (Batch(seed=4, hours=20.0).run().state_rows == whole.state_rows).all()


def test_a_sample_is_a_snapshot_that_can_not_be_changed():
    batch = Batch(seed=3, hours=0.4)
    first = batch.step()
    kept = first.states.copy()
    last = batch.step()
    assert (first.states == kept).all()
    assert (not first.is_last, last.is_last) == (True, True)
    with pytest.raises(ValueError, match="read-only"):
        first.states[0] = 1.0
    assert last.yield_kg == pytest.approx(batch.result().yield_kg)
    with pytest.raises(BatchOver, match=r"batch of 0.4 h is over"):
        batch.step()
    assert Batch(seed=3).result().yield_kg == 0.0


def test_setpoints_replace_the_recipe_for_one_sample():
    batch = Batch(seed=1, hours=1.0)
    batch.step({"sugar_feed": 50.0, "head_pressure": 1.0})
    batch.step()
    flows = batch.result().manipulated
    assert flows["sugar_feed"].tolist() == [50.0, 8.0]
    assert flows["head_pressure"].tolist() == [1.0, 0.6]
    with pytest.raises(RecipeRefused, match=r"aeration is 5.0 m3/min; must be 10 .. 100"):
        batch.step({"aeration": 5.0})
    with pytest.raises(RecipeRefused, match="no variable 'Fs'; known: sugar_feed"):
        batch.step({"Fs": 5.0})
    with pytest.raises(RecipeRefused, match=r"must be 0 .. 200"):
        batch.step({"sugar_feed": math.nan})
    assert batch.n_done == 2


def test_a_value_holds_until_its_hour():
    table = DEFAULT_RECIPE.table(1150)
    until_3_h, after = table[14], table[15]
    assert (until_3_h[0], after[0]) == (8.0, 15.0)
    assert table[61, 3] == 0.6  # 12.4 h
    assert table[62, 3] == 0.7
    assert (table[:, 4] > 0).sum() == 6 * 10
    with pytest.raises(RecipeRefused, match="ascend"):
        Steps(((3.0, 1.0), (3.0, 2.0)))
    with pytest.raises(RecipeRefused, match="at least one step"):
        Steps(())
    with pytest.raises(RecipeRefused, match="two finite numbers"):
        Steps(((3.0, math.nan),))
    with pytest.raises(RecipeRefused, match="oil_feed until 3 h is 99"):
        dataclasses.replace(DEFAULT_RECIPE, oil_feed=Steps(((3.0, 99.0),)))


def test_faults_hold_their_inputs_and_say_so():
    result = Batch(seed=1, fault=6, hours=110.0).run()
    aeration = result.manipulated["aeration"]
    assert (aeration[99:120] == 20.0).all()
    assert aeration[98] != 20.0
    assert aeration[120] != 20.0
    assert np.flatnonzero(result.is_faulty)[[0, -1]].tolist() == [99, 549]
    assert not Batch(seed=1, hours=1.0).run().is_faulty.any()
    stuck = Batch(seed=1, fault=1, hours=20.0)
    while stuck.n_done < 99:
        stuck.step()
    assert stuck.step({"aeration": 60.0}).inputs[2] == 20.0
    with pytest.raises(NoSuchFault, match=r"no fault 9; must be 0 \(none\) .. 8"):
        Batch(seed=1, fault=9)


def test_sensor_faults_mislead_the_loops():
    """The loop's error grows to 0.4 K and 0.1 pH: what is held goes off by as much."""
    sound = Batch(seed=1, hours=200.0).run()
    warm = Batch(seed=1, hours=200.0, fault=7).run()
    base = Batch(seed=1, hours=200.0, fault=8).run()
    late = slice(850, 1000)
    rise = (warm.states["temperature"] - sound.states["temperature"])[late].mean()
    assert rise == pytest.approx(0.4, abs=0.1)
    assert (base.ph - sound.ph)[late].mean() == pytest.approx(0.1, abs=0.03)


def test_loops_hold_ph_and_temperature():
    result = Batch(seed=1).run()
    settled = slice(50, None)
    assert np.abs(result.ph - 6.5)[settled].mean() < 0.02
    assert np.abs(result.states["temperature"] - 298.0)[settled].mean() < 0.3
    held = Batch(seed=1, is_paa_controlled=True).run()
    assert np.abs(held.states["paa"][300:] - 1200.0).mean() < 100.0


def test_the_pid_law():
    law = Pid(gain=2.0, integral_h=0.4, derivative_h=0.1, high=10.0)
    seen = Recent(now=1.0, before=1.5, earlier=3.0)
    # 1 + 2 (P 0.5 + I 1.0 * 0.2 / 0.4 - D 0.1 / 0.2 (1 - 3 + 3))
    assert law.next(1.0, 1.0, 0.5, seen) == pytest.approx(2.0)
    assert law.next(9.9, 1.0, -5.0, seen) == 10.0
    assert law.next(0.1, -1.0, 5.0, seen) == 0.0


@pytest.fixture(scope="module")
def batch():
    return Batch(seed=1, rtol=1e-7).run()


def test_the_volume_balances(batch):
    """What flowed in, less what evaporated and was drawn off, is what the volume changed by."""
    flows, states = batch.manipulated, batch.states
    volume, warmth = states["volume"], (states["temperature"] - 273.0) / 100.0
    evaporation = 5.24e-4 * volume * (np.exp(2.5 * warmth) - 1.0)
    density = 1.1 + (states["penicillin"] + batch.biomass_g_per_l) / 1000.0
    inflow = sum(flows[name] for name in ("sugar_feed", "base", "acid", "water", "paa_feed"))
    change = 0.2 * (inflow[1:] - flows["discharge"][1:] / density[1:])
    change = change - 0.1 * (evaporation[1:] + evaporation[:-1])
    total = volume[0] + np.cumsum(change)
    assert total == pytest.approx(volume[1:], rel=1e-4)


def test_biomass_only_changes_by_extension_and_dilution(batch):
    """Branching, differentiation, degeneration and autolysis move it between the regions."""
    p = batch.parameters
    for k in (10, 300, 700, 1149):
        x, u = tuple(batch.state_rows[k]), tuple(batch.input_rows[k])
        slopes = INDPENSIM.rates(batch.times_h[k], x, u, p)
        extended = cell_rates(x, u, p, gas_phase(x, u, p)[1])[2]
        evaporated = x[4] * 5.24e-4 * (math.exp(2.5 * (x[7] - 273.0) / 100.0) - 1.0)
        dilution = (u[0] + u[5] + u[6] + u[9] + u[10] - evaporated) / x[4]
        assert sum(slopes[11:15]) == pytest.approx(
            extended - dilution * sum(x[11:15]), rel=1e-9, abs=1e-12
        )


def steps_of(name):
    low, high = LIMITS[name]
    values = st.one_of(st.sampled_from([low, high]), st.floats(low, high))
    hours = st.lists(st.integers(1, 60), min_size=1, max_size=4, unique=True).map(sorted)
    return hours.flatmap(
        lambda at: st.lists(values, min_size=len(at), max_size=len(at)).map(
            lambda v: Steps(tuple(zip(map(float, at), v, strict=True)))
        )
    )


ANY_RECIPE = {
    "recipe": st.fixed_dictionaries({name: steps_of(name) for name in LIMITS}),
    "seed": st.integers(0, 1000),
    "fault": st.integers(0, 8),
}


def survives(recipe, seed, fault):
    batch = Batch(Recipe(**recipe), seed=seed, fault=fault, hours=60.0)
    try:
        batch.run()
    except VesselDrained:
        assert batch.result().states["volume"][-1] < 20_000.0
    rows = batch.result().state_rows
    assert np.isfinite(rows).all()
    assert (rows[:, :N_GUARDED] > 0.0).all()


@settings(max_examples=25, deadline=None, derandomize=True)
@given(**ANY_RECIPE)
def test_no_recipe_within_the_limits_leads_to_nonsense(recipe, seed, fault):
    survives(recipe, seed, fault)


@pytest.mark.slow
@pytest.mark.timeout(1200)
@settings(max_examples=1000, deadline=None, derandomize=True, database=None)
@given(**ANY_RECIPE)
def test_none_of_many_recipes_leads_to_nonsense(recipe, seed, fault):
    survives(recipe, seed, fault)


def test_a_drained_vessel_is_named():
    drain = dataclasses.replace(DEFAULT_RECIPE, discharge=Steps(((230.0, 6000.0),)))
    with pytest.raises(
        VesselDrained, match=r"vessel holds \d+ L; the equations need at least 10000"
    ):
        Batch(drain, seed=1).run()


def test_little_broth_that_overheats_counts_as_drained():
    # heated from 297 to 313 K within one sample, at 11.7 m3
    starved = dict.fromkeys(LIMITS, 0.0) | {"aeration": 10.0, "discharge": 1674.0}
    recipe = Recipe(**{name: Steps(((1.0, value),)) for name, value in starved.items()})
    with pytest.raises(VesselDrained, match=r"holds 11720 L; .* can fail below 20000 L") as drained:
        Batch(recipe, seed=0, hours=60.0).run()
    assert isinstance(drained.value.__cause__, IntegrationFailed)


def test_starts_and_disturbances_can_be_given():
    start = draw_start(1)
    calm = Batch(start=start, hours=5.0).run()
    assert not any(rows.any() for rows in calm.disturbances.values())
    rows = np.zeros((25, 8))
    assert (
        Batch(start=start, disturbances=rows, hours=5.0).run().state_rows == calm.state_rows
    ).all()
    rows[:, 1] = 0.02
    grown = Batch(start=start, disturbances=rows, hours=5.0).run()
    assert grown.biomass_g_per_l[-1] > calm.biomass_g_per_l[-1]
    slow = Batch(seed=1, hours=5.0, mu_x=0.2).run()
    assert slow.biomass_g_per_l[-1] < calm.biomass_g_per_l[-1]
    for refused, said in [
        ({}, "give a seed or a start"),
        ({"seed": 1, "hours": 0.3}, "multiple of 0.2"),
        ({"seed": 1, "hours": math.inf}, "multiple of 0.2"),
        ({"seed": 1, "disturbances": rows}, r"shape \(25, 8\); must be \(1150 or more, 8\)"),
        ({"seed": 1, "hours": 5.0, "disturbances": rows * math.nan}, "finite"),
    ]:
        with pytest.raises(BatchRefused, match=said):
            Batch(**refused)
    with pytest.raises(UnknownName, match="mu_y"):
        Batch(seed=1, mu_y=0.2)
    with pytest.raises(UnknownName, match="no state 'X'"):
        Batch(start=Start({"X": 1.0}, {}))
    with pytest.raises(StartRefused, match="needs hydrogen_ion above 0"):
        Batch(start=Start({**start.states, "hydrogen_ion": 0.0}, {}))
    with pytest.raises(StartRefused, match=r"volume is -1.0"):
        Batch(start=Start({**start.states, "volume": -1.0}, {}))


def test_importing_the_package_is_light():
    code = "import sys, twin.indpensim; print('numpy' in sys.modules, 'numba' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["False", "False"]
