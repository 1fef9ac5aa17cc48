"""Flow cells: dead time and mixing, light that saturates, conductivity."""

import numpy as np
import pytest

from twin.device import UNCERTAIN
from twin.pat.bank import ProbeBank
from twin.pat.catalogue import probes
from twin.pat.flow_cell import BadStream, FlowCell, Lamp, absorbance, conductivity
from twin.randomness import stream


def test_a_step_comes_after_the_tubing_and_is_mixed() -> None:
    step = np.concatenate([[0.0], np.ones(199)])
    cell = FlowCell(volume_ml=0.05, tubing_ml=0.5)
    seen = cell.seen(step, interval_s=0.5, flow_ml_per_min=6.0)  # dead time 5 s, mixing 0.5 s
    assert seen[10] == 0.0
    assert seen[12] > 0.6
    assert seen[-1] == pytest.approx(1.0)
    assert np.sum(1.0 - seen) * 0.5 == pytest.approx(0.5 + 5.0, abs=0.4)  # first moment
    with pytest.raises(BadStream, match="flow is 0"):
        cell.seen(step, 0.5, 0.0)


def test_absorbance_is_linear_until_stray_light_and_the_range_end_it() -> None:
    true = np.array([0.001, 0.5, 6.0])
    seen = Lamp(noise=0.0).absorbance(true, stream(1, "uv"))
    assert seen[:2] == pytest.approx(true[:2], rel=0.01)
    assert seen[2] == pytest.approx(3.0, abs=0.01)  # -log10 of 0.1 % stray light
    au = absorbance(np.array([10.0]), FlowCell(path_cm=0.2))
    assert au[0] == pytest.approx(2.8)
    values, quality = ProbeBank(probes(["uv280"], 1.0), 1.0, 1.0, stream(1, "b")).read(au[:, None])
    assert (values[0, 0], quality[0, 0]) == (2.0, UNCERTAIN)


def test_an_old_lamp_is_noisier() -> None:
    true = np.full(2000, 1.0)
    new, old = (np.std(Lamp(age_h=age).absorbance(true, stream(1, "uv"))) for age in (0.0, 4000.0))
    assert old == pytest.approx(4.0 * new, rel=0.1)


def test_conductivity_of_salt_and_its_temperature() -> None:
    salt = {"na": np.array([1e-6, 150.0]), "cl": np.array([1e-6, 150.0])}
    at_25 = conductivity(salt)
    assert at_25[0] / 1e-9 == pytest.approx(126.4, rel=1e-3)  # limiting molar conductivity
    assert at_25[1] == pytest.approx(16.0, rel=0.02)
    np.testing.assert_allclose(conductivity(salt, 37.0), at_25)
    assert conductivity(salt, 37.0, compensation_per_degc=0.0)[1] == pytest.approx(1.24 * at_25[1])
    with pytest.raises(BadStream, match="'mg'"):
        conductivity({"mg": np.ones(1)})
