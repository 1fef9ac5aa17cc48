"""Analyzers: instruments that measure samples by named assays."""

from __future__ import annotations

from typing import ClassVar

from drivers.instruments.instrument import Instrument


class Analyzer(Instrument):
    """Measures samples; which assays it has is in its description."""

    kind: ClassVar[str] = "analyzer"
    needs_plate: ClassVar[bool] = False

    async def measure(self, assay: str, samples: tuple[str, ...], task_id: str) -> None:
        """Start an assay; the task's result holds value, unit and quality per sample."""
        await self.start_program("measure", {"assay": assay}, task_id, samples)


class PlateReader(Analyzer):
    """Reads plates that a liquid handler has prepared."""

    kind: ClassVar[str] = "plate_reader"
    needs_plate: ClassVar[bool] = True


class Hplc(Analyzer):
    """Separates what is in a sample; tasks wait in its autosampler."""

    kind: ClassVar[str] = "hplc"

    async def calibrate(self, method: str, task_id: str) -> None:
        """Start injecting standards of a method; they set its response factor."""
        await self.start_program("calibrate", {"method": method}, task_id)


class Osmometer(Analyzer):
    """Measures the osmolality of a sample."""

    kind: ClassVar[str] = "osmometer"


class BloodGasAnalyzer(Analyzer):
    """Measures gases and pH of a sample as drawn."""

    kind: ClassVar[str] = "blood_gas_analyzer"


class MetaboliteAnalyzer(Analyzer):
    """Measures nutrients, by-products and IgG of a sample."""

    kind: ClassVar[str] = "metabolite_analyzer"


class CellCounter(Analyzer):
    """Counts viable and dead cells in a sample as drawn."""

    kind: ClassVar[str] = "cell_counter"
