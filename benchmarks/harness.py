"""What every benchmark of this project shares: `--quick`, `--json`, machine, versions, seeds."""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sdl.versions import versions

# Python puts a script's folder first on its path, where `twin.py` would hide the package `twin`
_HERE = str(Path(__file__).parent)
sys.path[:] = [*(place for place in sys.path if place != _HERE), _HERE]

Figures = Mapping[str, float | None]
"""Figures by name; None is one that couldn't be measured here."""


def main(doc: str, measure: Callable[[bool], Figures], seeds: list[int]) -> None:
    """Parse the arguments, measure, print the figures as a table or as one JSON object."""
    parser = argparse.ArgumentParser(description=doc)
    parser.add_argument("--quick", action="store_true", help="smaller sizes, ends within 60 s")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    figures = measure(arguments.quick)
    if arguments.json:
        print(json.dumps(record(figures, seeds, arguments.quick), indent=2))
        return
    width = max(len(name) for name in figures)
    for name, value in figures.items():
        print(f"{name:<{width}}  {'not measured' if value is None else format(value, '.4g')}")


def cpu_seconds(run: Callable[[], object]) -> float:
    """Processor time of one call."""
    began = time.process_time()
    run()
    return time.process_time() - began


def record(figures: Figures, seeds: list[int], is_quick: bool) -> dict[str, Any]:
    """Return figures with what they depend on."""
    return {
        "machine": machine(),
        "versions": versions(),
        "seeds": seeds,
        "quick": is_quick,
        "figures": dict(figures),
    }


def machine() -> dict[str, Any]:
    """Return what is known of the computer, and how busy it was."""
    return {
        "system": platform.system(),
        "processor": platform.machine(),
        "n_cpus": os.cpu_count(),
        "load_1min": os.getloadavg()[0],
    }


def rss_mb() -> float:
    """Return the memory this process holds at present, MB (its peak where /proc is missing)."""
    try:
        with open("/proc/self/statm", encoding="ascii") as statm:
            pages = int(statm.read().split()[1])
    except FileNotFoundError:
        scale = 1e6 if sys.platform == "darwin" else 1e3
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / scale
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
