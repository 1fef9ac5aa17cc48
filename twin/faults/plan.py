"""The faults of a plant, drawn: which signal is distorted when, which device has what.

Random times come from streams named after the fault (its kind and its number among those of its
kind), the device and the signal, so that adding a fault of another kind changes no other number,
and labels agree with the distortions whoever asks first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from twin.declared import is_selected
from twin.faults.equipment import EquipmentFault
from twin.faults.fault import Fault
from twin.faults.faulty_signal import FaultySignal, OneFault
from twin.faults.label import FaultLabel
from twin.faults.occurrence import Window
from twin.faults.signal_fault import SignalFault
from twin.faults.systematic import SystematicError, SystematicFault
from twin.faults.timeline import EquipmentTimeline
from twin.randomness import stream

if TYPE_CHECKING:
    from numpy.random import Generator


class FaultPlan:
    """Declared faults with a seed and the start of the plant in µs since the epoch."""

    def __init__(self, faults: Sequence[Fault], seed: int, epoch_us: int) -> None:
        self._seed = seed
        self._epoch_us = epoch_us
        counts: Counter[str] = Counter()
        self._signal_faults: list[tuple[str, SignalFault]] = []
        self._equipment_faults: list[tuple[str, EquipmentFault]] = []
        for fault in faults:
            counts[fault.kind] += 1
            name = f"{fault.kind} {counts[fault.kind]}"
            if isinstance(fault, SignalFault):
                self._signal_faults.append((name, fault))
            else:
                assert isinstance(fault, EquipmentFault)  # there are no others
                self._equipment_faults.append((name, fault))

    def on_signal(
        self, device: str, signal: str, low: float | None = None, high: float | None = None
    ) -> FaultySignal:
        """Return the faults of a signal, to be given its samples from the plant's start on.

        `low` and `high` are the signal's measuring range.
        """
        return FaultySignal(
            [
                OneFault(
                    fault,
                    self._windows(name, fault, device, signal),
                    self._rngs(name, device, signal),
                )
                for name, fault in self._signal_faults
                if is_selected(fault.device, device) and is_selected(fault.signal, signal)
            ],
            low,
            high,
        )

    def systematic(self, device: str, signal: str) -> SystematicError:
        """Return what bias, drift and gain make a signal show, for a loop that trusts it."""
        return SystematicError(
            [
                (fault, self._windows(name, fault, device, signal))
                for name, fault in self._signal_faults
                if isinstance(fault, SystematicFault)
                and is_selected(fault.device, device)
                and is_selected(fault.signal, signal)
            ]
        )

    def on_device(self, device: str, until_us: int) -> EquipmentTimeline:
        """Return the equipment faults of a device that begin before a time."""
        return EquipmentTimeline(
            [
                (fault, fault.label(device, None, window))
                for name, fault in self._equipment_faults
                if is_selected(fault.device, device)
                for window in self._until(self._windows(name, fault, device, ""), until_us)
            ]
        )

    def labels(self, signals: Mapping[str, Sequence[str]], until_us: int) -> list[FaultLabel]:
        """Return the truth about every fault that begins before a time, in time order.

        `signals` lists the plant's devices with the names of their signals.
        """
        found = []
        for device, names in signals.items():
            found += [label for _, label in self.on_device(device, until_us).faults]
            for signal in names:
                for name, fault in self._signal_faults:
                    if is_selected(fault.device, device) and is_selected(fault.signal, signal):
                        windows = self._windows(name, fault, device, signal)
                        found += [
                            fault.label(device, signal, window)
                            for window in self._until(windows, until_us)
                        ]
        return sorted(found, key=lambda label: (label.start_us, label.device, label.signal or ""))

    def _windows(self, name: str, fault: Fault, device: str, signal: str) -> Iterator[Window]:
        rng = stream(self._seed, "fault", name, device, signal, "times")
        return fault.windows(self._epoch_us, rng)

    def _rngs(self, name: str, device: str, signal: str) -> Callable[[int], Generator]:
        return lambda n: stream(self._seed, "fault", name, device, signal, str(n))

    @staticmethod
    def _until(windows: Iterator[Window], until_us: int) -> Iterator[Window]:
        for window in windows:
            if window.start_us >= until_us:
                return
            yield window
