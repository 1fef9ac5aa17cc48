"""ADC conjugation: stoichiometry, drug-load distribution, washing, and closed balances."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.integrate import Integrator, compiled, integrate_reference, outputs_at
from twin.kinetics.adc_conjugation import ADC_CONJUGATION, dissociation, warmed
from twin.kinetics.adc_distribution import (
    NotADistribution,
    binomial_distribution,
    bond_loads,
    dar_distribution,
    mean_dar,
)
from twin.kinetics.adc_parameters import PRIORS
from twin.kinetics.adc_reactor import DoseRefused, antibody_mmol, initial_state, with_reagent
from twin.kinetics.diafiltration import WashRefused, diavolumes_for, remaining_share
from twin.kinetics.model import UnknownName

MODEL = ADC_CONJUGATION
AT = {state.name: k for k, state in enumerate(MODEL.states)}
OUTPUT = {output.name: k for k, output in enumerate(MODEL.outputs)}
CLEAN = {"k_reoxidise": 0.0, "k_hydrolyse": 0.0}
"""No side reactions: what stoichiometry alone gives."""


class Reference:
    """The reference solver in the integrator's place."""

    def advance(self, x, u, p, t0_h, t1_h):
        return integrate_reference(MODEL, x, u, p, t0_h, t1_h, rtol=1e-11, atol=1e-14)


def tight():
    return Integrator(compiled(MODEL), rtol=1e-11, atol=1e-13)


def conjugate(
    tcep, drug=12.0, quench=20.0, reduce_h=24.0, solver=None, diavolumes=0.0, inputs=None, **named
):
    """States after reduction, one hour of conjugation, quench and, if asked for, a wash."""
    solver = solver or tight()
    p, held = MODEL.parameters_with(**named), inputs or {}
    u = MODEL.inputs_with(**held)
    x = initial_state(antibody_g_per_l=10.0, volume_l=1.0)
    x = with_reagent(x, "tcep", equivalents=tcep, stock_mm=10.0)
    x, _ = solver.advance(x, u, p, 0.0, reduce_h)
    x = with_reagent(x, "drug", equivalents=drug, stock_mm=10.0)
    x, _ = solver.advance(x, u, p, 0.0, 1.0)
    x = with_reagent(x, "quencher", equivalents=quench, stock_mm=100.0)
    x, _ = solver.advance(x, u, p, 0.0, 0.5)
    if diavolumes:
        washing = MODEL.inputs_with(**held, diafiltration_rate=x[AT["volume"]])
        x, _ = solver.advance(x, washing, p, 0.0, diavolumes)
    return x


def output(name, x):
    u, p = MODEL.inputs_with(), MODEL.parameters_with()
    return outputs_at(compiled(MODEL), 0.0, x, u, p)[OUTPUT[name]]


def drug_total(x):
    free = x[AT["drug"]] + x[AT["drug_hydrolysed"]] + x[AT["drug_quenched"]]
    bound = x[AT["hl_one"]] + x[AT["hh_one"]] + 2.0 * (x[AT["hl_two"]] + x[AT["hh_two"]])
    return (free + bound) * x[AT["volume"]] + x[AT["drug_in_permeate"]]


@pytest.mark.parametrize("equivalents", [1.5, 2.0, 2.5, 3.0])
def test_complete_reduction_with_excess_drug_gives_twice_the_tcep(equivalents):
    x = conjugate(equivalents, **CLEAN)
    assert output("dar", x) == pytest.approx(2.0 * equivalents, rel=1e-6)
    assert output("intact_bonds", x) == pytest.approx(4.0 - equivalents, rel=1e-6)
    assert x[AT["tcep"]] < 1e-6 * x[AT["tcep_oxide"]]
    assert mean_dar(dar_distribution(bond_loads(x))) == pytest.approx(2.0 * equivalents, rel=1e-6)


def test_too_much_tcep_opens_four_bonds_and_no_more():
    x = conjugate(6.0, drug=20.0, **CLEAN)
    assert output("dar", x) == pytest.approx(8.0, rel=1e-6)
    assert x[AT["tcep"]] * x[AT["volume"]] == pytest.approx(2.0 * 10.0 / 150.0, rel=1e-6)


def test_little_drug_is_all_bound():
    x = conjugate(3.0, drug=2.0, quench=0.0, **CLEAN)
    assert output("dar", x) == pytest.approx(2.0, rel=1e-6)
    assert output("free_thiols", x) == pytest.approx(4.0 * output("antibody", x), rel=1e-6)
    # a third of all free thiols got a drug, each thiol as likely as any other
    for kind in ("hl", "hh"):
        reduced = [x[AT[f"{kind}_{part}"]] for part in ("open", "one", "two")]
        shares = [amount / sum(reduced) for amount in reduced]
        assert shares == pytest.approx([4.0 / 9.0, 4.0 / 9.0, 1.0 / 9.0], rel=1e-5)


@pytest.mark.parametrize(
    ("dar", "percent"),
    [
        (4.0, [6.25, 25.0, 37.5, 25.0, 6.25]),
        (3.0, [15.3, 36.6, 33.0, 13.2, 2.0]),
        (5.0, [2.0, 13.2, 33.0, 36.6, 15.3]),
    ],
)
def test_bonds_that_are_alike_load_binomially(dar, percent):
    exact = binomial_distribution(dar)
    assert [round(100.0 * share, 1) for share in exact[::2]] == pytest.approx(percent, abs=0.051)
    loaded = dar / 8.0
    by_formula = [math.comb(4, k) * loaded**k * (1.0 - loaded) ** (4 - k) for k in range(5)]
    assert exact[::2] == pytest.approx(by_formula, rel=1e-12)
    assert exact[1::2] == (0.0, 0.0, 0.0, 0.0)
    x = conjugate(dar / 2.0, k_reduce_hl=20.0, k_reduce_hh=20.0, **CLEAN)
    assert dar_distribution(bond_loads(x)) == pytest.approx(exact, rel=1e-5, abs=1e-9)


def test_bonds_that_differ_spread_the_load_less():
    x = conjugate(2.0, k_reduce_hl=360.0, k_reduce_hh=1.8, **CLEAN)
    shares = dar_distribution(bond_loads(x))
    assert mean_dar(shares) == pytest.approx(4.0, rel=1e-5)
    assert shares[4] > 0.75
    assert shares[0] + shares[8] < 0.01


@given(
    st.lists(
        st.tuples(*[st.floats(0.01, 1.0)] * 3).map(lambda w: tuple(v / sum(w) for v in w)),
        min_size=1,
        max_size=6,
    )
)
def test_a_distribution_sums_to_one_and_keeps_the_mean(bonds):
    shares = dar_distribution(bonds)
    assert len(shares) == 2 * len(bonds) + 1
    assert math.fsum(shares) == pytest.approx(1.0)
    assert mean_dar(shares) == pytest.approx(sum(one + 2.0 * two for _, one, two in bonds))


def test_hydrolysis_and_reoxidation_cost_drug_load():
    clean = output("dar", conjugate(2.5, drug=5.5, **CLEAN))
    assert output("dar", conjugate(2.5, drug=5.5, k_reoxidise=0.1, k_hydrolyse=0.0)) < clean - 0.01
    slow = {"k_conjugate": 3.6, "k_reoxidise": 0.0}
    dry = conjugate(2.5, drug=5.5, k_hydrolyse=0.0, **slow)
    wet = conjugate(2.5, drug=5.5, k_hydrolyse=0.36, **slow)
    assert output("dar", wet) < output("dar", dry) - 0.01
    assert wet[AT["drug_hydrolysed"]] > 0.0 == dry[AT["drug_hydrolysed"]]


def test_a_quench_stops_conjugation():
    named = {"k_conjugate": 36.0, **CLEAN}
    x = conjugate(3.0, drug=6.0, quench=1000.0, **named)
    assert x[AT["drug"]] < 1e-6 * x[AT["drug_quenched"]]
    u, p = MODEL.inputs_with(), MODEL.parameters_with(**named)
    later, _ = tight().advance(x, u, p, 0.0, 24.0)
    assert output("dar", later) == pytest.approx(output("dar", x), rel=1e-6)
    assert output("dar", conjugate(3.0, drug=6.0, quench=0.0, **named)) > output("dar", x)


@pytest.mark.parametrize("sieving", [1.0, 0.8])
def test_a_wash_leaves_exp_of_minus_sieving_times_diavolumes(sieving):
    named = {**CLEAN, "sieving_small": sieving, "k_conjugate": 0.0, "k_quench": 0.0}
    before, after = (conjugate(2.0, diavolumes=n, **named) for n in (0.0, 7.0))
    left = remaining_share(7.0, sieving)
    assert left == pytest.approx(math.exp(-7.0 * sieving), rel=1e-15)
    for name in ("drug", "tcep_oxide", "quencher"):
        assert after[AT[name]] / before[AT[name]] == pytest.approx(left, rel=1e-8)
    assert after[AT["volume"]] == before[AT["volume"]]
    assert antibody_mmol(after) == pytest.approx(antibody_mmol(before), rel=1e-10)


def test_a_leaky_membrane_loses_antibody():
    x = conjugate(2.0, diavolumes=10.0, sieving_antibody=0.01)
    started = 10.0 / 150.0
    assert antibody_mmol(x) == pytest.approx(started * math.exp(-0.1), rel=1e-8)
    assert antibody_mmol(x) + x[AT["antibody_in_permeate"]] == pytest.approx(started, rel=1e-8)


def test_diavolumes_and_remaining_share_are_inverse():
    assert diavolumes_for(0.01) == pytest.approx(4.605170186)
    assert remaining_share(diavolumes_for(1e-3, 0.9), 0.9) == pytest.approx(1e-3)
    with pytest.raises(WashRefused, match="diavolumes must not be negative, got -1"):
        remaining_share(-1.0)
    with pytest.raises(WashRefused, match="sieving must be within"):
        remaining_share(1.0, 1.1)
    with pytest.raises(WashRefused, match="share left must be above 0"):
        diavolumes_for(0.0)
    with pytest.raises(WashRefused, match="sieving must be above 0"):
        diavolumes_for(0.5, 0.0)


def test_all_balances_close():
    antibody = 10.0 / 150.0
    inputs = {"temperature": 30.0, "ph": 7.4, "drug_feed_rate": 2e-3, "drug_stock": 5.0}
    x = conjugate(
        2.5,
        drug=6.0,
        quench=3.0,
        diavolumes=3.0,
        inputs=inputs,
        sieving_antibody=0.02,
        k_conjugate=360.0,
        k_reoxidise=0.05,
    )
    # the wash fed drug as well, at a volume that was no longer constant
    hours = 24.0 + 1.0 + 0.5 + 3.0
    assert drug_total(x) == pytest.approx(6.0 * antibody + 2e-3 * 5.0 * hours, rel=1e-8)
    assert antibody_mmol(x) + x[AT["antibody_in_permeate"]] == pytest.approx(antibody, rel=1e-8)
    volume = 1.0 + antibody * (2.5 / 10.0 + 6.0 / 10.0 + 3.0 / 100.0) + 2e-3 * hours
    assert x[AT["volume"]] == pytest.approx(volume, rel=1e-10)
    for kind in ("hl", "hh"):
        bonds = sum(x[AT[f"{kind}_{part}"]] for part in ("intact", "open", "one", "two"))
        assert bonds * x[AT["volume"]] == pytest.approx(2.0 * antibody_mmol(x), rel=1e-8)


def test_tcep_and_quencher_balances_close():
    x = conjugate(2.5, drug=6.0, quench=3.0, k_reoxidise=0.05)
    antibody = 10.0 / 150.0
    tcep = (x[AT["tcep"]] + x[AT["tcep_oxide"]]) * x[AT["volume"]]
    assert tcep == pytest.approx(2.5 * antibody, rel=1e-8)
    quencher = (x[AT["quencher"]] + x[AT["drug_quenched"]]) * x[AT["volume"]]
    assert quencher == pytest.approx(3.0 * antibody, rel=1e-8)


def test_it_agrees_with_the_reference_solver():
    got, expected = (
        conjugate(2.5, drug=6.0, quench=3.0, diavolumes=2.0, solver=solver)
        for solver in (Integrator(compiled(MODEL), rtol=1e-9, atol=1e-12), Reference())
    )
    assert got == pytest.approx(expected, rel=1e-6, abs=1e-10)


def test_warmth_and_base_speed_reactions_up():
    assert warmed(22.0, 2.0) == 1.0
    assert warmed(32.0, 2.0) == 2.0
    assert dissociation(7.0, 8.3) == 1.0
    assert dissociation(8.0, 8.3) == pytest.approx((1.0 + 10.0**1.3) / (1.0 + 10.0**0.3))
    partial = [
        output("intact_bonds", conjugate(4.0, reduce_h=0.3, inputs={"temperature": t}))
        for t in (4.0, 22.0, 37.0)
    ]
    assert partial[0] > partial[1] + 0.1 > partial[2] + 0.2


@pytest.mark.parametrize(
    ("changes", "gains"),
    [
        ({"temperature": 32.0}, {"tcep": 2.0, "hl_two": 2.0, "drug_quenched": 2.0, "water": 2.5}),
        ({"ph": 8.0}, {"tcep": 1.0, "hl_two": 7.0, "drug_quenched": 7.0, "water": 10.0}),
    ],
)
def test_each_reaction_follows_temperature_and_ph_in_its_own_way(changes, gains):
    # at pH 8, (1 + 10^1.3) / (1 + 10^0.3) = 7.0 times as much thiol is dissociated as at pH 7
    x = [0.1] * MODEL.n_states
    p = MODEL.parameters_with()
    before, after = (
        MODEL.rates(0.0, tuple(x), MODEL.inputs_with(**held), p) for held in ({}, changes)
    )
    for name, gain in gains.items():
        position = AT["drug_hydrolysed" if name == "water" else name]
        assert after[position] / before[position] == pytest.approx(gain, rel=2e-3)


@settings(deadline=None, max_examples=40)
@given(
    draw=st.lists(st.floats(0.0, 1.0), min_size=len(PRIORS), max_size=len(PRIORS)),
    tcep=st.floats(0.0, 8.0),
    drug=st.floats(0.0, 20.0),
    quench=st.floats(0.0, 50.0),
    temperature=st.floats(4.0, 40.0),
    ph=st.floats(5.5, 8.5),
)
def test_no_draw_from_the_priors_breaks_the_model(draw, tcep, drug, quench, temperature, ph):
    named = {
        name: prior.low * (prior.high / prior.low) ** share
        for share, (name, prior) in zip(draw, PRIORS.items(), strict=True)
    }
    solver = Integrator(compiled(MODEL))
    x = conjugate(
        tcep,
        drug,
        quench,
        solver=solver,
        diavolumes=5.0,
        inputs={"temperature": temperature, "ph": ph},
        **named,
    )
    assert np.isfinite(x).all()
    assert x.min() >= 0.0
    shares = dar_distribution(bond_loads(x))
    assert math.fsum(shares) == pytest.approx(1.0)
    assert mean_dar(shares) == pytest.approx(output("dar", x), rel=1e-9, abs=1e-9)
    assert mean_dar(shares) <= min(8.0, drug) + 1e-4


def test_defaults_lie_within_the_priors():
    for name, prior in PRIORS.items():
        value = MODEL.parameters[MODEL.parameter_index(name)].default
        assert prior.low <= value <= prior.high
        assert prior.high / prior.low >= 10.0


def test_what_is_not_measured_is_said_to_be_so():
    assert {p.source.split(",")[0] for p in MODEL.parameters} <= {"assumption", "recalled"}


def test_the_same_equations_take_pyomo_variables():
    pyo = pytest.importorskip("pyomo.environ")
    values = tuple(0.1 + 0.01 * k for k in range(MODEL.n_states))
    u = MODEL.inputs_with(drug_feed_rate=0.01, diafiltration_rate=0.5, temperature=30.0, ph=7.3)
    p = MODEL.parameters_with(sieving_antibody=0.01)
    m = pyo.ConcreteModel()
    m.x = pyo.Var(range(len(values)), initialize=dict(enumerate(values)))
    x = tuple(m.x[i] for i in m.x)
    for function in (MODEL.rates, MODEL.algebraic):
        got = [pyo.value(e) for e in function(0.0, x, u, p)]
        assert got == pytest.approx(list(function(0.0, values, u, p)), rel=1e-12)


def test_impossible_doses_and_shares_are_refused():
    x = initial_state(antibody_g_per_l=10.0, volume_l=1.0)
    with pytest.raises(UnknownName, match="no reagent 'tcpe'; did you mean 'tcep'"):
        with_reagent(x, "tcpe", equivalents=1.0, stock_mm=1.0)
    with pytest.raises(DoseRefused, match="drug: equivalents must not be negative, got -1"):
        with_reagent(x, "drug", equivalents=-1.0, stock_mm=1.0)
    with pytest.raises(DoseRefused, match="drug: stock_mm must be positive"):
        with_reagent(x, "drug", equivalents=1.0, stock_mm=0.0)
    with pytest.raises(DoseRefused, match="volume_l must be positive"):
        initial_state(antibody_g_per_l=10.0, volume_l=0.0)
    with pytest.raises(NotADistribution, match="must sum to one"):
        dar_distribution([(0.5, 0.0, 0.4)])
    with pytest.raises(NotADistribution, match=r"within 0 \.\. 8, got 9\.0"):
        binomial_distribution(9.0)
    with pytest.raises(NotADistribution, match="no antibody"):
        bond_loads((0.0,) * MODEL.n_states)
