"""Samples: what was drawn from which vessel and when, with its true composition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

KEEP_SAMPLES = 4096
TRACE_ML = 1e-9


class Overdrawn(ValueError):
    """More was asked for than a vial or well can give."""


class NotInSample(ValueError):
    """The sample's composition doesn't say what an assay is to measure."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A drawn sample; `composition` holds true values by state name, for an assay to read."""

    sample_id: str
    vessel: str
    drawn_us: int
    volume_ml: float
    composition: Mapping[str, float]

    def require(self, *states: str) -> None:
        """Refuse a sample that lacks a state.

        Raises:
            NotInSample: names the first that is missing.
        """
        for state in states:
            if state not in self.composition:
                raise NotInSample(
                    f"sample {self.sample_id!r} of {self.vessel} has no {state!r}: "
                    f"{sorted(self.composition)}"
                )


class SampleStore:
    """The samples of the plant by id, the latest `KEEP_SAMPLES` of them."""

    def __init__(self) -> None:
        self._samples: dict[str, Sample] = {}

    def add(self, sample: Sample) -> None:
        """Keep a sample under its id."""
        self._samples[sample.sample_id] = sample
        while len(self._samples) > KEEP_SAMPLES:
            del self._samples[next(iter(self._samples))]

    def get(self, sample_id: str) -> Sample | None:
        """Return a sample, None when there is no such id."""
        return self._samples.get(sample_id)

    def take(self, sample_id: str, volume_ml: float) -> Sample:
        """Take a portion out of a sample's vial; an empty vial is thrown away.

        Raises:
            Overdrawn: there is no such sample, or less of it.
        """
        sample = self._samples.get(sample_id)
        left_ml = (0.0 if sample is None else sample.volume_ml) - volume_ml
        if sample is None or volume_ml <= 0.0 or left_ml < -TRACE_ML:
            held = "is not there" if sample is None else f"holds {sample.volume_ml:g} mL"
            raise Overdrawn(f"sample {sample_id!r} {held}; {volume_ml:g} mL were asked for")
        if left_ml <= TRACE_ML:
            del self._samples[sample_id]
        else:
            self._samples[sample_id] = replace(sample, volume_ml=left_ml)
        return replace(sample, volume_ml=volume_ml)

    def discard(self, sample_id: str) -> None:
        """Throw a used-up sample away."""
        self._samples.pop(sample_id, None)
