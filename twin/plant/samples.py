"""Samples: what was drawn from which vessel and when, with its true composition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sample:
    """A drawn sample; `composition` holds true values by state name, for an assay to read."""

    sample_id: str
    vessel: str
    drawn_us: int
    volume_ml: float
    composition: Mapping[str, float]


class SampleStore:
    """Every sample of the plant, by id."""

    def __init__(self) -> None:
        self._samples: dict[str, Sample] = {}

    def add(self, sample: Sample) -> None:
        """Keep a sample under its id."""
        self._samples[sample.sample_id] = sample

    def get(self, sample_id: str) -> Sample | None:
        """Return a sample, None when there is no such id."""
        return self._samples.get(sample_id)

    def discard(self, sample_id: str) -> None:
        """Throw a used-up sample away."""
        self._samples.pop(sample_id, None)
