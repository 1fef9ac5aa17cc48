"""The closed loop: what orchestration costs per experiment, and a large campaign's time.

Overhead is the processor time of a campaign (one thread; the wall time of a shared machine says
more of its neighbours) less that spent in the optimizer (`propose`) and in the twin's ODE
(`Culture.advance`): SimPy, asyncio, probes, ledger, telemetry, resources, everything else. The
cultures are the demo's (14 days, two feeds, checks every 12 h) in 24 vessels with random proposals.
`overhead_ms_*` measures titer and viability at harvest with hourly probes: 7 commands, 3 on shared
instruments; `overhead_sampled_ms_1k` takes the demo's in-process samples too: 19 commands.
`campaign_24x14d_s` is the wall time of 240 cultures with all samples and 15-minute probes.
"""

from __future__ import annotations

import copy
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from harness import main, rss_mb

import optimizers.propose
import sdl
from sdl.campaign import campaign_from_dict, normalised
from twin.plant.culture import Culture

SEED = 20261121
N_VESSELS = 24
DEMO = Path(__file__).parent.parent / "sim_configs" / "cho_fedbatch.yaml"


class Stopwatch:
    """Processor seconds spent in a function while the benchmark runs."""

    def __init__(self, owner: Any, name: str) -> None:
        self.seconds = 0.0
        inner: Callable[..., Any] = getattr(owner, name)

        def timed(*args: Any, **kwargs: Any) -> Any:
            began = time.process_time()
            try:
                return inner(*args, **kwargs)
            finally:
                self.seconds += time.process_time() - began

        setattr(owner, name, timed)


def run(
    n_rounds: int, batch_size: int, interval_scale: float, *, is_sampled: bool
) -> tuple[float, float]:
    """Run a campaign in a fresh database; return its processor and wall seconds."""
    file = copy.deepcopy(normalised(sdl.load(DEMO).file))
    file["seed"] = SEED
    file["plan"] |= {
        "rounds": n_rounds,
        "batch_size": batch_size,
        "strategy": "random",
        "first_round": "random",
        "include_center": False,
    }
    file["plant"]["vessels"]["count"] = N_VESSELS
    file["plant"]["probes"]["interval_scale"] = interval_scale
    file["plant"]["faults"] = []
    if not is_sampled:
        file["recipe"]["samples"] = []
    campaign = campaign_from_dict(file)
    with tempfile.TemporaryDirectory() as directory:
        cpu, wall = time.process_time(), time.perf_counter()
        sdl.run(campaign, db=Path(directory) / "sdl.db")
        return time.process_time() - cpu, time.perf_counter() - wall


def measure(is_quick: bool) -> dict[str, float]:
    """Measure; the quick form stops at 1,000 experiments."""
    optimizer = Stopwatch(optimizers.propose, "propose")
    ode = Stopwatch(Culture, "advance")

    def overhead_ms(n_rounds: int, batch_size: int, *, is_sampled: bool = False) -> float:
        optimizer.seconds = ode.seconds = 0.0
        cpu, _ = run(n_rounds, batch_size, 4.0, is_sampled=is_sampled)
        return (cpu - optimizer.seconds - ode.seconds) * 1000.0 / (n_rounds * batch_size)

    def large_campaign_s() -> float:
        return run(10, N_VESSELS, 1.0, is_sampled=True)[1]

    run(1, N_VESSELS, 4.0, is_sampled=True)  # imports and compilation, once
    figures = {"overhead_ms_100": statistics.median(overhead_ms(4, 25) for _ in range(3))}
    before = rss_mb()
    if is_quick:
        figures["overhead_ms_1k"] = overhead_ms(10, 100)
        figures["ode_ms_1k"] = ode.seconds
        figures["rss_growth_mb_1k"] = rss_mb() - before
        figures["campaign_24x14d_s"] = large_campaign_s()
        return figures
    figures["overhead_ms_10k"] = overhead_ms(20, 500)
    figures["ode_ms_10k"] = ode.seconds * 1000.0 / 10_000
    figures["rss_growth_mb_10k"] = rss_mb() - before
    figures["overhead_sampled_ms_1k"] = overhead_ms(10, 100, is_sampled=True)
    figures["campaign_24x14d_s"] = statistics.median(large_campaign_s() for _ in range(3))
    return figures


if __name__ == "__main__":
    main(__doc__, measure, [SEED])
