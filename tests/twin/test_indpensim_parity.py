"""IndPenSim against PenSimPy: its draws, trajectories, yields and faults.

The figures come from PenSimPy 1.2.5 itself (loops, draws, recipe figures and right-hand side),
integrated with LSODA at rtol 1e-8, every sample 0.2 h long, its recipe read as values that hold
until their hour, Raman spectra off: what ``benchmarks/indpensim_parity.py`` runs.
"""

import numpy as np
import pytest

from twin.indpensim import Batch, draw_disturbances, draw_start

SEED = 1
# h, S g/L, DO mg/L, P g/L, V L, X g/L, T K, pH, PAA mg/L, N mg/L, base L/h, coolant L/h
CHECKPOINTS = np.array(
    [
        [1, 1.27202, 14.6667, 0.000997538, 57995.58, 0.5484771, 298.008, 6.508044],
        [10, 1.887798, 12.91174, 0.0009680371, 58385.92, 2.230449, 298.1472, 6.495049],
        [20, 0.01523828, 11.33711, 0.0009225152, 59688.8, 6.776847, 298.0615, 6.511793],
        [50, 0.002279525, 12.36678, 4.516936, 63991.8, 17.48278, 297.9897, 6.503042],
        [100, 0.000879051, 14.34454, 14.09828, 88688.64, 22.86659, 297.9419, 6.483581],
        [150, 0.0003016229, 12.96946, 22.04997, 87800.19, 24.48767, 297.9411, 6.510929],
        [200, 0.001348672, 12.29304, 27.9949, 83015.39, 22.63021, 297.9787, 6.512488],
        [230, 0.001415578, 13.05626, 29.01886, 87949.09, 21.3912, 297.9914, 6.494548],
    ]
)
MORE = np.array(
    [
        [1403.27, 1719.855, 54.63742, 69.60785],
        [1493.321, 1817.824, 82.37835, 124.8596],
        [1258.562, 1822.223, 105.1064, 310.6607],
        [662.376, 1744.639, 118.5704, 360.4329],
        [1190.635, 1552.425, 109.8843, 62.59733],
        [1514.752, 1653.749, 93.26563, 0.07939567],
        [1940.577, 1861.845, 95.8686, 55.78079],
        [1403.815, 1811.587, 97.98407, 70.28594],
    ]
)
FAULT_YIELDS_KG = [
    3638.319,
    1628.991,
    2876.071,
    2005.523,
    3642.997,
    3704.592,
    777.430,
    3661.424,
    3642.641,
]
"""Yields of seed 1 with the faults 0 to 8."""


@pytest.fixture(scope="module")
def batch():
    return Batch(seed=SEED).run()


def test_the_yield_is_the_published_one(batch):
    """About 3640 kg in the documentation of SMPL and QuarticGym."""
    assert batch.yield_kg == pytest.approx(3640.0, abs=5.0)
    assert batch.yield_kg == pytest.approx(FAULT_YIELDS_KG[0], abs=0.01)


def test_every_checkpoint_is_met(batch):
    rows = np.rint(CHECKPOINTS[:, 0] / 0.2).astype(int) - 1
    states, flows = batch.states, batch.manipulated
    ours = np.column_stack(
        [
            states["substrate"],
            states["oxygen"],
            states["penicillin"],
            states["volume"],
            batch.biomass_g_per_l,
            states["temperature"],
            batch.ph,
            states["paa"],
            states["nitrogen"],
            flows["base"],
            flows["coolant"],
        ]
    )
    error = np.abs(ours[rows] - np.hstack([CHECKPOINTS[:, 1:], MORE]))
    assert (error.mean(axis=0) / np.abs(ours).max(axis=0)).max() < 1e-5


@pytest.mark.parametrize("fault", range(1, 9))
def test_faults_cost_what_they_cost_in_pensimpy(fault):
    assert Batch(seed=SEED, fault=fault).run().yield_kg == pytest.approx(
        FAULT_YIELDS_KG[fault], abs=0.1
    )


def test_a_poor_seed_is_rescued_by_control_of_the_precursor():
    low, held = Batch(seed=0).run(), Batch(seed=0, is_paa_controlled=True).run()
    assert low.yield_kg == pytest.approx(1509.33, rel=1e-4)
    assert held.yield_kg == pytest.approx(2986.282, rel=1e-4)


def test_growth_that_falls_for_long_is_lost_for_good():
    """Growth is pressed down for 14 h; PenSimPy with the same disturbances ends like this."""
    pressed = np.zeros((150, 8))
    pressed[10:80, 1] = -np.linspace(0.0, 0.05, 70)
    result = Batch(start=draw_start(SEED), disturbances=pressed, hours=30.0).run()
    assert result.biomass_g_per_l[-1] == pytest.approx(3.6409184, rel=1e-5)
    assert result.states["substrate"][-1] == pytest.approx(21.1064235, rel=1e-5)
    pressed[60:80, 1] = 0.0
    recovered = Batch(start=draw_start(SEED), disturbances=pressed, hours=30.0).run()
    assert recovered.biomass_g_per_l[-1] > 10.0


def test_the_draws_are_pensimpys():
    """Drawn as PenSimPy documents it: seed 31 + its own, one further per value."""
    start = draw_start(SEED)
    biomass = np.random.RandomState(32).randn(1)[0] * 0.05 + 0.5
    assert start.states["a0"] == pytest.approx(biomass / 3.0, rel=1e-12)
    assert start.parameters["n_paa"] == pytest.approx(
        np.random.RandomState(48).randn(1)[0] * 2000.0 + 150000.0, rel=1e-12
    )
    rows = draw_disturbances(SEED, 1151)
    noise = np.random.RandomState(SEED).randn(1151)
    expected = np.zeros(1152)
    for k in range(1151):
        expected[k + 1] = 0.995 * expected[k] + 0.005 * 0.25 * noise[k]
    assert rows[:, 1] == pytest.approx(expected[1:], rel=1e-9, abs=1e-15)
