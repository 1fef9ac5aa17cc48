"""The page: sections filled from the findings, put into the template.

Texts are escaped by the template engine, figures go in as JSON in which no `<` is left, and the
page forbids itself any network.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from sdl.report import tables
from sdl.report.figures.best_so_far import draw_best_so_far
from sdl.report.figures.culture_trends import draw_culture_trends
from sdl.report.figures.model_fit import draw_model_fit
from sdl.report.figures.panels import SIGNALS
from sdl.report.figures.parallel import draw_parallel
from sdl.report.figures.parity import coverage_sentence, draw_parity, parity_of
from sdl.report.figures.style import Drawn, Nothing
from sdl.report.outcomes import interval_level
from sdl.report.verdict import verdict_of
from sdl.report.words import counted, name, utc

if TYPE_CHECKING:
    from jinja2 import Environment

    from sdl.report.gathering import Findings
    from sdl.store import CampaignState

# What could end the script element, and the line ends that old browsers refuse in a string.
_ESCAPES = {c: f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure on the page: id, heading, caption, and its JSON or why there is none."""

    id: str
    title: str
    caption: str
    json: str | None
    height: int
    why_not: str


def render(findings: Findings) -> str:
    """Return the page as HTML; the same findings give the same text."""
    state = findings.state
    return (
        _environment()
        .get_template("report.html")
        .render(
            title=state.file.get("title") or state.name or state.campaign,
            campaign=state.campaign,
            description=state.file.get("description") or "",
            status=_status(state),
            is_sound=findings.verification.is_intact and "changed" not in findings.seals.values(),
            verdict=verdict_of(state),
            flags=state.best.flags if state.best is not None else [],
            tiles=tables.tiles(state),
            conditions=tables.conditions(state),
            outcomes=tables.outcomes(state),
            experiments=tables.experiments(state),
            n_experiments=len(state.experiments),
            counted=counted,
            failures=tables.failures(state),
            provenance=tables.provenance(findings),
            file_text=_as_yaml(state.file),
            figures=figures_of(findings),
            style=_asset("report.css"),
            script=_asset("report.js"),
            plotly=_plotly(),
        )
    )


def render_figures(findings: Findings, wanted: tuple[str, ...], signals: tuple[str, ...]) -> str:
    """Return a page of nothing but the named figures, for a picture; trends of some signals."""
    shown = figures_of(findings, signals)
    return (
        _environment()
        .get_template("figures.html")
        .render(
            title=findings.state.campaign,
            figures=[shown[one] for one in wanted],
            style=_asset("report.css"),
            script=_asset("report.js"),
            plotly=_plotly(),
        )
    )


def figures_of(findings: Findings, signals: tuple[str, ...] = SIGNALS) -> Mapping[str, Shown]:
    """Return the figures by id, in the order of the page; trends of the given signals."""
    state = findings.state
    level = interval_level(state)
    coverage = " ".join(
        f"{name(one.output)}: {coverage_sentence(one, level)}." for one in parity_of(state)
    )
    shown = (
        show(
            "best-so-far",
            "Best so far",
            "Each point is an experiment; the line is the best that met every limit until then. "
            "Shading tells the rounds apart. Experiments without a result stand at the foot.",
            draw_best_so_far(state),
        ),
        show(
            "parity",
            "Predicted and measured",
            "Each experiment was predicted before it ran; bars are the prediction intervals. "
            f"{coverage}",
            draw_parity(state),
        ),
        show(
            "model-fit",
            "How good the model was",
            "Before each round the model is asked for every earlier result without having been "
            "shown it. R² of 1 is a perfect answer, 0 no better than the mean.",
            draw_model_fit(state),
        ),
        show(
            "parallel",
            "Conditions and results",
            "Each line is a completed experiment, through its conditions as proposed to its "
            "result. Failed experiments have no line.",
            draw_parallel(state),
        ),
        show(
            "trends",
            "Culture trends",
            _trends_caption(findings),
            draw_culture_trends(findings.cultures, signals),
        ),
    )
    return {one.id: one for one in shown}


def _as_yaml(file: dict[str, Any]) -> str:
    import yaml

    return yaml.safe_dump(file, allow_unicode=True, sort_keys=False, default_flow_style=None)


def show(key: str, title: str, caption: str, drawn: Drawn) -> Shown:
    """Return a figure ready for the page, its JSON such that nothing in it can end a script."""
    if isinstance(drawn, Nothing):
        return Shown(key, title, "", None, 0, drawn.why)
    text = json.dumps(
        drawn, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    for character, escaped in _ESCAPES.items():
        text = text.replace(character, escaped)
    return Shown(key, title, caption, text, drawn["layout"]["height"], "")


def _trends_caption(findings: Findings) -> str:
    shown = " and ".join(f"{one.experiment} ({one.role})" for one in findings.cultures)
    return (
        f"{shown}. Lines are probe readings, at most about 1,000 points each with every minimum "
        "and maximum kept; a break is a gap in the readings. Points with a black rim are assays. "
        "Shading: phases of the first culture; dotted line: where a phase of the second begins."
    )


def _status(state: CampaignState) -> str:
    """What the reader must know of a campaign that hasn't come to its end."""
    if state.status == "finished":
        return ""
    if state.status == "failed":
        return f"This campaign failed: {state.reason}."
    return (
        f"This campaign has not ended: the report tells how it stood at {utc(state.now_us)} of "
        f"lab time, after ledger row {state.head[0]}."
    )


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("sdl.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _asset(name: str) -> Any:
    """Return a file of ours as it is, to be put into the page without escaping."""
    from markupsafe import Markup

    return Markup((files("sdl.report") / "templates" / name).read_text(encoding="utf-8"))


def _plotly() -> Any:
    from markupsafe import Markup
    from plotly.offline import get_plotlyjs

    return Markup(get_plotlyjs())
