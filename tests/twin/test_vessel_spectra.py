"""A vessel whose Raman values are read from spectra."""

from __future__ import annotations

import numpy as np
import pytest
import simpy
from pydantic import ValidationError

from twin.plant.plant import Plant
from twin.plant.spec import PlantSpec

DAY_S = 86400.0
RECIPE: dict[str, float | str] = {
    "growth_temperature": 36.8,
    "production_temperature": 34.0,
    "shift_day": 3.0,
    "feed_rate": 3.0,
    "feed_start_day": 2.0,
    "glucose_setpoint": 25.0,
    "seeding_density": 0.6,
    "medium": "basal",
    "duration_day": 6.0,
}


def grown(raman: str, *looks_at_days: float) -> Plant:
    spec = {"vessels": {"count": 1}, "probes": {"raman": raman}}
    p = Plant(simpy.Environment(), PlantSpec.model_validate(spec), seed=4, epoch_us=0)
    p.vessels["R01"].start("fed_batch", RECIPE, "T1")
    for day in (*looks_at_days, 7.0):
        p.env.run(until=day * DAY_S)
        p.vessels["R01"].series({})
    return p


def test_spectral_values_follow_the_culture_and_steer_the_glucose() -> None:
    p = grown("spectra")
    vessel = p.vessels["R01"]
    task = vessel.tasks["T1"]
    assert task.state == "completed"
    assert task.result["glucose_setpoint"] == pytest.approx(25.0, abs=4.0)
    read = {s.signal: s for s in vessel.series({})}
    glucose, emulated = read["raman_glucose"], grown("emulated").vessels["R01"].series({})
    assert len(glucose.values) == len({s.signal: s for s in emulated}["raman_glucose"].values)
    assert vessel.culture is not None
    # the published error of such sensors, 0.23 to 0.65 g/L, is 1.3 to 3.6 mmol/L
    assert abs(glucose.values[-10:].mean() - vessel.culture["glucose"]) < 5.0
    # the first day is rightly doubted: so few cells were never calibrated
    assert np.mean(glucose.quality == 0) > 0.6


def test_looking_in_between_changes_no_value() -> None:
    once, often = grown("spectra"), grown("spectra", 1.3, 2.9, 4.4)
    for a, b in zip(once.vessels["R01"].series({}), often.vessels["R01"].series({}), strict=True):
        np.testing.assert_allclose(a.values, b.values, rtol=1e-3, atol=1e-3)


def test_spectra_of_anything_else_are_refused() -> None:
    with pytest.raises(ValidationError, match="CHO fed-batch cultures only"):
        PlantSpec.model_validate(
            {"vessels": {"has_cell_retention": True}, "probes": {"raman": "spectra"}}
        )
