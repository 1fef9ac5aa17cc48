"""What every benchmark of this project shares: `--quick`, `--json`, machine, versions, seeds."""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import sys
from collections.abc import Callable
from typing import Any

from sdl.versions import versions


def main(doc: str, measure: Callable[[bool], dict[str, float]], seeds: list[int]) -> None:
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
        print(f"{name:<{width}}  {value:.4g}")


def record(figures: dict[str, float], seeds: list[int], is_quick: bool) -> dict[str, Any]:
    """Return figures with what they depend on."""
    return {
        "machine": machine(),
        "versions": versions(),
        "seeds": seeds,
        "quick": is_quick,
        "figures": figures,
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
