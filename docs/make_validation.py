"""Write the figures of validation.md: what the models give beside what they are held against.

Each table stands between `<!-- generated: name -->` and `<!-- end: name -->`. Run it after a change
of a model: `python docs/make_validation.py`; with `--check` it writes nothing and ends with 1 if a
figure has changed by more than `REL` (deviations: `REL_DEVIATION`) and `ABS`. Reference figures
and runs that tests hold are taken from these tests, so that there is one copy of each.
"""

from __future__ import annotations

import importlib.util
import math
import re
import sys
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

ROOT = Path(__file__).parents[1]
PAGE = Path(__file__).with_name("validation.md")
TESTS = ROOT / "tests" / "twin"
REL, REL_DEVIATION, ABS = 1e-3, 0.05, 1e-6
HEAD = ("quantity", "reference", "ours", "deviation", "held by")
NUMBER = re.compile(r"[-+]?\d[\d,]*\.?\d*(?:e[-+]?\d+)?")

Line = tuple[str, str, str, str, str]


@cache
def tests(name: str) -> ModuleType:
    """Return a module of tests, for the figures and runs it holds."""
    spec = importlib.util.spec_from_file_location(f"validation_{name}", TESTS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def held(file: str, test: str) -> str:
    return f"`{file}.py::test_{test}`"


def deviation(ours: float, reference: float) -> str:
    share = ours / reference - 1.0
    return f"{100.0 * share:+.2f} %" if abs(share) >= 5e-5 else f"{abs(share):.0e}"


def line(what: str, reference: float, ours: float, by: str, digits: str = ".6g") -> Line:
    return what, f"{reference:{digits}}", f"{ours:{digits}}", deviation(ours, reference), by


def table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    rows = [head, ["---"] * len(head), *lines]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def integrators() -> str:
    """Return the vectors of the processes with a known optimum."""
    t = tests("test_kinetics_known_optima")
    protein, penicillin, capped = t.SECRETED_PROTEIN, t.PENICILLIN, t.CAPPED_PENICILLIN
    lines: list[Line] = []

    def vector(
        title: str, problem: Any, steps: Any, states: Sequence[float], objective: float, by: str
    ) -> None:
        x = t.final(problem, steps)
        by = held("test_kinetics_known_optima", by)
        for state, expected, got in zip(problem.model.states, states, x, strict=False):
            lines.append(line(f"{title}: `{state.name}`", expected, got, by, ".7g"))
        lines.append(line(f"{title}: objective", objective, problem.objective(x), by, ".8g"))

    name = "vector_of_park_and_ramirez"
    at_half = [3.308161, 3.764750, 2.603820, 0.086229, 8.5]
    vector("Park–Ramirez, 0.5 L/h", protein, [(15.0, 0.5)], at_half, 28.119372, name)
    vector("Park–Ramirez, 1.0 L/h", protein, [(15.0, 1.0)], [], 21.517253, name)
    name = "vectors_of_bajpai_and_reuss"
    fed = [30.44071, 8.348950, 0.0037994, 10.0]
    vector("Bajpai–Reuss, 11.363636 g/h", penicillin, [(132.0, 11.363636)], fed, 83.4895, name)
    vector("Bajpai–Reuss, two steps", penicillin, t.TWO_STEPS, [], 87.749, name)
    fed = [3.527888, 0.0119210, 1.421675, 154.5]
    vector("Srinivasan, 0.03 L/h", capped, [(150.0, 0.03)], fed, 1.421675, "vector_of_srinivasan")
    return table(HEAD, lines)


def fedbatch() -> str:
    """Return the CHO fed-batch against its published table, and its scales."""
    from twin.integrate import Integrator, compiled
    from twin.kinetics.cho_fedbatch import CHO_FEDBATCH as MODEL
    from twin.kinetics.cho_parameters import NO_EXTENSIONS

    at = {state.name: k for k, state in enumerate(MODEL.states)}
    by = held("test_integrate_cho", "without_extensions_it_is_the_published_model")
    lines: list[Line] = []
    for weight, titer in ((0.0, 1.56), (1.0, 1.29)):
        p = MODEL.parameters_with(**NO_EXTENSIONS, growth_productivity_weight=weight)
        start = {"viable_cells": 0.3, "glucose": 30.0, "glutamine": 6.0, "lactate": 2.0}
        start |= {"ammonia": 1.0, "oxygen": 0.2, "temperature": 37.0, "ph": 7.0, "volume": 2.0}
        x = np.array([start.get(name, 0.0) for name in at])
        solver = Integrator(compiled(MODEL), rtol=1e-8)
        x, early = solver.advance(x, MODEL.inputs_with(), p, 0.0, 72.0, out_times=[48.0, 72.0])
        u = MODEL.inputs_with(feed_rate=1.5e-3, feed_glucose=400.0, feed_glutamine=60.0)
        x, late = solver.advance(x, u, p, 72.0, 240.0, out_times=[120.0, 144.0, 192.0])
        if not weight:
            cells = np.concatenate([early, late])[:, at["viable_cells"]]
            expected = {48: 1.23, 72: 2.24, 120: 5.42, 144: 7.20, 192: 7.11}
            for (hour, want), got in zip(expected.items(), cells, strict=True):
                lines.append(line(f"viable cells at {hour} h, 1e6/mL", want, got, by, ".2f"))
        law = "q (1 - mu/mu_max)" if weight else "constant q"
        lines.append(line(f"antibody at 240 h, {law}, g/L", titer, x[at["product"]], by, ".2f"))

    t = tests("test_kinetics_scales")
    titers = {name: t.titer(t.CENTER, scale) for name, scale in t.SCALES.items()}
    by = held("test_kinetics_scales", "the_centre_recipe_loses_titer_towards_production")
    least = titers["mini_bioreactor"]
    for name, got in titers.items():
        share = f"{100.0 * (got / least - 1.0):+.1f} % of the smallest"
        lines.append((f"antibody at 14 d in `{name}`, g/L", "none", f"{got:.3f}", share, by))
    return table(HEAD, lines)


def perfusion() -> str:
    """Return steady states and identities of perfusion."""
    t = tests("test_kinetics_perfusion")
    base = t.held(20.0, 1.0)
    by = held("test_kinetics_perfusion", "the_computed_steady_state_is_reached")
    lines = [
        line("glucose at 20e6/mL and 1 VVD, mM", 11.5, base["glucose"], by, ".1f"),
        line("glutamine, mM", 0.59, base["glutamine"], by, ".2f"),
        line("lactate, mM", 57.0, base["lactate"], by, ".1f"),
        line("ammonia, mM", 4.3, base["ammonia"], by, ".2f"),
        line("growth rate, 1/h", 0.0154, base["mu"], by, ".4f"),
        line("bleed, 1/h", 0.0140, base["bleed"], by, ".4f"),
        line("antibody, g/L", 0.316, base["product"], by, ".3f"),
    ]
    by = held("test_kinetics_perfusion", "space_time_yield_follows_density")
    for cells, vvd, expected in ((20.0, 1.0, 0.316), (40.0, 2.0, 0.633), (60.0, 3.0, 0.949)):
        got = t.held(cells, vvd)["space_time_yield"]
        lines.append(line(f"g/L/d at {cells:g}e6/mL and {vvd:g} VVD", expected, got, by, ".3f"))
    names = ("glucose", "glutamine", "lactate", "ammonia", "product")
    by = held("test_kinetics_perfusion", "concentrations_depend_on_the_medium_per_cell_only")
    for what, decay in (("no glutamine decay", {"k_gln_decay": 0.0}), ("decay by time", {})):
        p = t.CHO_PERFUSION.parameters_with(**t.NO_EXTENSIONS, **decay)
        few, many = t.held(20.0, 1.0, p), t.held(60.0, 3.0, p)
        apart = max(abs(many[name] / few[name] - 1.0) for name in names)
        what = f"concentrations, 60e6 at 3 VVD against 20e6 at 1, {what}"
        lines.append((what, "equal" if decay else "none", "", error(apart), by))
    by = held("test_kinetics_perfusion", "what_grows_is_bled_or_leaks_through_the_membrane")
    net = base["mu"] - base["death"]
    lines.append(line("bleed against growth less death, 1/h", net, base["bleed"], by))
    formed = base["q_product"] * 20.0 / 1000.0
    by = held("test_kinetics_perfusion", "space_time_yield_follows_density")
    lines.append(line("yield against q × cells, g/L/d", formed, base["space_time_yield"], by))
    return table(HEAD, lines)


def indpensim() -> str:
    """Return the yields of IndPenSim and its distance from PenSimPy."""
    from twin.indpensim import Batch

    t = tests("test_indpensim_parity")
    batch = Batch(seed=1).run()
    by = held("test_indpensim_parity", "the_yield_is_the_published_one")
    lines = [line("yield of seed 1, kg; published", 3640.0, batch.yield_kg, by, ".1f")]
    by = held("test_indpensim_parity", "faults_cost_what_they_cost_in_pensimpy")
    yields = [batch.yield_kg]
    yields += [Batch(seed=1, fault=fault).run().yield_kg for fault in range(1, 9)]
    noted = t.NOTED_YIELDS_KG
    for fault, (got, theirs) in enumerate(zip(yields, t.FAULT_YIELDS_KG, strict=True)):
        what = f"fault {fault}" if fault else "no fault"
        lines.append(line(f"{what}, kg; PenSimPy, equal samples", theirs, got, by, ".1f"))
    costly = [int(k) for k in np.argsort(yields)[:4]]
    same = costly == [int(k) for k in np.argsort(noted)[:4]]
    by = held("test_indpensim_parity", "the_costly_faults_are_those_noted")
    order = ", ".join(map(str, costly))
    noted_order = ", ".join(str(int(k)) for k in np.argsort(noted)[:4])
    lines.append(("faults that cost most", noted_order, order, "none" if same else "differs", by))
    rows = np.rint(t.CHECKPOINTS[:, 0] / 0.2).astype(int) - 1
    s = batch.states
    ours = {
        "S": s["substrate"],
        "DO": s["oxygen"],
        "P": s["penicillin"],
        "V": s["volume"],
        "X": batch.biomass_g_per_l,
        "T": s["temperature"],
        "pH": batch.ph,
    }
    by = held("test_indpensim_parity", "every_checkpoint_is_met")
    for k, (name, path) in enumerate(ours.items(), start=1):
        apart = np.abs(path[rows] - t.CHECKPOINTS[:, k]).mean() / np.abs(path).max()
        lines.append((f"{name} at 8 times, mean over peak", "PenSimPy", "", error(apart), by))
    return table(HEAD, lines)


def pensim() -> str:
    """Return PenSim's fed-batches."""
    t = tests("test_kinetics_pensim")
    by = held("test_kinetics_pensim", "a_fed_batch_ends_where_computed")
    lines = []
    for feed, biomass, product in ((0.042, 14.39, 1.631), (0.060, 19.40, 2.186)):
        _, out = t.batch(feed)
        what = f"at 400 h, fed {feed:g} L/h, g/L"
        lines.append(line(f"biomass {what}", biomass, out[-1, t.AT["biomass"]], by, ".3f"))
        lines.append(line(f"penicillin {what}", product, out[-1, t.AT["product"]], by, ".4f"))
    return table(HEAD, lines)


def capture() -> str:
    """Return the capacities of the capture column and the published upset."""
    from dataclasses import replace

    t = tests("test_chromatography")
    by = held("test_chromatography", "dynamic_capacity_on_the_grid_of_the_reference")
    bed = replace(t.BED, grid=t.COMPUTED_ON)
    cases = ((1.0, 2.4, 52.0), (1.0, 4.0, 61.5), (1.0, 6.0, 66.8), (0.5, 4.0, 55.8))
    lines = []
    for feed, minutes, expected in (*cases, (3.0, 4.0, 67.3)):
        got = t.dynamic_binding_capacity(bed, feed_g_per_l=feed, residence_min=minutes)
        lines.append(line(f"DBC10, {feed:g} g/L, {minutes:g} min, g/L", expected, got, by, ".1f"))
    curve = t.breakthrough(t.BED, feed_g_per_l=1.0, residence_min=4.0)
    by = held("test_chromatography", "dynamic_capacity_on_our_own_grid_is_converged")
    lines.append(line("the second on our own grid, g/L", 62.2, curve.load_at(0.1), by, ".1f"))
    by = held("test_chromatography", "a_breakthrough_is_quick_and_keeps_mass")
    apart = abs(curve.imbalance)
    lines.append(("mass in less mass out and held", "0, to 0.1 %", "", error(apart), by))
    t = tests("test_periodic_capture")
    by = held("test_periodic_capture", "the_published_upset_and_its_recovery")
    alone = t.outputs(t.upset(is_controlled=False))
    cycles = t.upset(is_controlled=True)
    controlled = t.outputs(cycles)
    drop = 100.0 * t.OUTPUT_AFTER_STEP_MG / t.OUTPUT_BEFORE_MG
    back = 100.0 * t.OUTPUT_CONTROLLED_MG / t.OUTPUT_BEFORE_MG
    what = "output two cycles after -20 % of load, %"
    lines.append(line(what, drop, 100.0 * alone[5], by, ".1f"))
    lines.append(line("one controlled cycle later, %", back, 100.0 * controlled[5], by, ".1f"))
    load = 1e3 * cycles[8].loaded_l
    lines.append(line("load of cycle 9, mL", 1e3 * t.CYCLE_LOAD_CONTROLLED_L, load, by, ".1f"))
    lines.append(line("cycle, min", 95.0, cycles[2].minutes, by, ".1f"))
    return table(HEAD, lines)


def conjugation() -> str:
    """Return the identities of drug load."""
    t = tests("test_kinetics_adc")
    by = held("test_kinetics_adc", "complete_reduction_with_excess_drug_gives_twice_the_tcep")
    lines = []
    for tcep in (1.5, 2.0, 2.5, 3.0):
        got = t.output("dar", t.conjugate(tcep, **t.CLEAN))
        lines.append(line(f"DAR with {tcep:g} TCEP", 2.0 * tcep, got, by, ".4f"))
    by = held("test_kinetics_adc", "bonds_that_are_alike_load_binomially")
    binomial = {4.0: (6.25, 25.0, 37.5, 25.0, 6.25), 3.0: (15.3, 36.6, 33.0, 13.2, 2.0)}
    for dar, percent in binomial.items():
        x = t.conjugate(dar / 2.0, k_reduce_hl=20.0, k_reduce_hh=20.0, **t.CLEAN)
        shares = [100.0 * share for share in t.dar_distribution(t.bond_loads(x))[::2]]
        for load, (want, got) in enumerate(zip(percent, shares, strict=True)):
            lines.append(line(f"DAR{2 * load} at mean {dar:g}, %", want, got, by, ".2f"))
    return table(HEAD, lines)


def error(value: float) -> str:
    """Return an error as its upper decade: what lies below changes with the machine."""
    return "< 1e-15" if value < 1e-15 else f"< 1e{math.floor(math.log10(value)) + 1}"


def balances() -> str:
    """Return how far each balance closes."""
    t = tests("test_balances")
    by = held("test_balances", "what_is_formed_is_what_is_consumed")
    lines = []
    for what, balance in t.BALANCES.items():
        formed, consumed = balance()
        apart = abs(formed / consumed - 1.0)
        lines.append((what, "< 1e-8", "< 1e-8" if apart < 1e-8 else f"{apart:.0e}", by))
    elsewhere = (
        ("fed-batch: volume, ions, product at rest", "test_integrate_cho", "balances_close"),
        ("perfusion: volume, product held back", "test_kinetics_perfusion", "balances_close"),
        ("ADC: antibody, drug, volume, bonds", "test_kinetics_adc", "all_balances_close"),
        ("ADC: TCEP, quencher", "test_kinetics_adc", "tcep_and_quencher_balances_close"),
        ("PenSim: volume, product, substrate", "test_kinetics_pensim",
         "volume_balance_closes_without_evaporation"),
        ("Park–Ramirez: substrate", "test_kinetics_known_optima",
         "yields_are_those_printed_for_park_and_ramirez"),
        ("Bajpai–Reuss: substrate", "test_kinetics_known_optima",
         "yields_are_those_printed_for_bajpai_and_reuss"),
        ("Srinivasan: substrate", "test_kinetics_known_optima",
         "yields_are_those_printed_for_srinivasan"),
        ("train of units: every lot's litres and grams", "test_units_tracing",
         "every_lot_is_kept_through_any_sequence_of_units"),
    )  # fmt: skip
    lines += [(what, "< 1e-8", "asserted", held(file, test)) for what, file, test in elsewhere]
    more = (
        ("capture column, any loads", "< 1e-10", "test_chromatography",
         "mass_is_kept_under_any_sequence_of_loads"),
        ("counter-current capture", "< 1e-9", "test_periodic_capture",
         "all_that_was_fed_is_eluted_lost_or_held"),
        ("IndPenSim: biomass of the regions", "< 1e-9", "test_indpensim",
         "biomass_only_changes_by_extension_and_dilution"),
        ("IndPenSim: volume, from samples every 12 min", "< 1e-4", "test_indpensim",
         "the_volume_balances"),
    )  # fmt: skip
    lines += [(what, to, "asserted", held(file, test)) for what, to, file, test in more]
    return table(("balance", "wanted", "ours", "held by"), lines)


def sensors() -> str:
    """Return the noise of emulated soft sensors beside its setting."""
    t = tests("test_pat_bank")
    by = held("test_pat_bank", "an_emulated_soft_sensor_errs_as_it_is_set")
    lines = []
    for name, (rmsep, _source) in t.PUBLISHED_RMSEP.items():
        probe = t.emulated(t.X, rmsep, latency_s=0.0)
        truth = np.zeros((int(14 * t.DAY_S / t.QUARTER_S), 400))
        errors = t.bank(*(probe,) * 400, seed=3).read(truth)[0]
        got = float(np.sqrt(np.mean(errors**2)))
        lines.append(line(f"{name}: RMSEP over 400 batches", rmsep, got, by, ".3f"))
        within = float(np.std(np.diff(errors[:, 0])) / np.sqrt(2.0))
        lines.append(line(f"{name}: noise in a batch", t.noise_of(rmsep), within, by, ".3f"))
    return table(HEAD, lines)


def bounds() -> str:
    """Return what each model is meant and tested for."""
    t = tests("test_robustness")
    lines = []
    for model in t.MODELS:
        for entry in (*model.inputs, *model.parameters):
            if np.isfinite([entry.low, entry.high]).all():
                unit = "" if entry.unit == "1" else entry.unit
                span = f"{entry.low:g} to {entry.high:g}"
                lines.append((f"`{model.name}`", f"`{entry.name}`", span, unit, entry.doc))
    return table(("model", "name", "bounds", "unit", "meaning"), lines)


GENERATED: dict[str, Callable[[], str]] = {
    "fedbatch": fedbatch,
    "perfusion": perfusion,
    "indpensim": indpensim,
    "pensim": pensim,
    "integrators": integrators,
    "capture": capture,
    "conjugation": conjugation,
    "balances": balances,
    "sensors": sensors,
    "bounds": bounds,
}


def part_of(text: str, name: str) -> str:
    """Return what stands between the markers of that name."""
    begin, end = f"<!-- generated: {name} -->\n", f"\n<!-- end: {name} -->"
    if text.count(begin) != 1 or text.count(end) != 1:
        raise SystemExit(f"{PAGE.name} must hold {begin.strip()} and {end.strip()} once")
    return text.partition(begin)[2].partition(end)[0]


def changes(before: str, after: str) -> list[str]:
    """Return the lines whose words differ, or whose figures differ by more than is allowed."""
    old, new = before.splitlines(), after.splitlines()
    if len(old) != len(new):
        return [f"{len(old)} lines, now {len(new)}"]
    return [f"{a}\n  now: {b}" for a, b in zip(old, new, strict=True) if not _is_same(a, b)]


def _is_same(one: str, other: str) -> bool:
    a, b = (text.split(" | ") for text in (one, other))
    return len(a) == len(b) and all(
        NUMBER.sub("#", left) == NUMBER.sub("#", right)
        and all(
            math.isclose(x, y, rel_tol=REL_DEVIATION if column == 3 else REL, abs_tol=ABS)
            for x, y in zip(_numbers(left), _numbers(right), strict=True)
        )
        for column, (left, right) in enumerate(zip(a, b, strict=True))
    )


def _numbers(text: str) -> list[float]:
    return [float(found.replace(",", "")) for found in NUMBER.findall(text)]


def main(arguments: Sequence[str]) -> int:
    text = PAGE.read_text(encoding="utf-8")
    found = []
    for name, make in GENERATED.items():
        before, after = part_of(text, name), make()
        found += changes(before, after)
        text = text.replace(
            f"<!-- generated: {name} -->\n{before}\n", f"<!-- generated: {name} -->\n{after}\n"
        )
    if "--check" not in arguments:
        PAGE.write_text(text, encoding="utf-8")
    print("\n".join(found) or "no figure has changed")
    return 1 if found and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
