"""What a Raman instrument, its probe and its batches are like. All values are assumptions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.device import Floats


class BadSettings(ValueError):
    """A setting can't be: the message says which and what would be right."""


@dataclass(frozen=True, slots=True)
class RamanSettings:
    """A 785 nm instrument with an immersion probe; "per water" means in heights of its 1640 band.

    Attributes:
        first_cm, last_cm, step_cm: axis of Raman shifts, cm-1.
        water_rate: photo-electrons per second and point at the top of the water band.
        integration_s: time a spectrum is collected over.
        latency_s: from the middle of the collection to the result (published 5-15 min, recalled).
        read_noise: photo-electrons per spectrum and point.
        full_scale: photo-electrons at which the detector saturates, per spectrum and point.
        spikes_per_s: cosmic events; spike_size: median size in photo-electrons.
        sapphire: height of its 418 band, per water; sapphire_cv between probes.
        attenuation: share of light lost per 1e9 cells/L.
        scatter: broad background per 1e9 cells/L, per water.
        fluorescence: background at the start, per water; its increase per day of culture age
            (`fluorescence_age`), per g/L protein (`fluorescence_protein`) and per 1e9 cells/L.
        fluorescence_cv: between batches; fluorescence_walk: relative random walk per sqrt day.
        baseline: standard deviation of each smooth baseline term between batches, per water.
        buffer: height of the medium's own bands, per water; buffer_cv between batches.
        shift_cm: standard deviation of the axis error between batches.
        throughput_cv: standard deviation of the light collected between batches, and
            throughput_noise between spectra.
        fouling_per_day: rate at which the window clouds; film: bands of what grows on it, per
            water and share clouded; film_fluorescence likewise.
    """

    first_cm: float = 350.0
    last_cm: float = 1850.0
    step_cm: float = 2.0
    water_rate: float = 500.0
    integration_s: float = 600.0
    latency_s: float = 600.0
    read_noise: float = 60.0
    full_scale: float = 6.0e7
    spikes_per_s: float = 1.0e-3
    spike_size: float = 5.0e4
    sapphire: float = 1.5
    sapphire_cv: float = 0.10
    attenuation: float = 0.012
    scatter: float = 0.03
    fluorescence: float = 3.0
    fluorescence_age: float = 0.15
    fluorescence_protein: float = 0.25
    fluorescence_cells: float = 0.06
    fluorescence_cv: float = 0.15
    fluorescence_walk: float = 0.02
    baseline: float = 0.15
    buffer: float = 0.03
    buffer_cv: float = 0.20
    shift_cm: float = 0.15
    throughput_cv: float = 0.05
    throughput_noise: float = 0.003
    fouling_per_day: float = 0.002
    film: float = 0.02
    film_fluorescence: float = 4.0

    def __post_init__(self) -> None:
        for name in self.__slots__:
            value = getattr(self, name)
            if not 0.0 <= value < float("inf"):
                raise BadSettings(f"Raman {name} is {value!r}; must be 0 or more and finite")
        for name in ("step_cm", "water_rate", "integration_s", "full_scale"):
            if not getattr(self, name):
                raise BadSettings(f"Raman {name} is 0; must be more")
        if self.last_cm < self.first_cm + 10.0 * self.step_cm:
            raise BadSettings(
                f"Raman axis from {self.first_cm:g} to {self.last_cm:g} cm-1 in steps of "
                f"{self.step_cm:g}; must have more than ten points"
            )

    def wavenumbers(self) -> Floats:
        """Return the axis of Raman shifts, cm-1, (n,)."""
        return np.arange(self.first_cm, self.last_cm + 0.5 * self.step_cm, self.step_cm)
