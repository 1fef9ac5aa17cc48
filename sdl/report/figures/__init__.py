"""The figures of a campaign, one builder per file, as plain plotly dictionaries.

Each builder takes what it draws and returns a `Figure`, or `Nothing` with the reason why there is
none.  Plain dictionaries of lists are some twenty times cheaper to build and to send than plotly's
objects, and the dashboard extends them.  Texts that come from people are escaped by `text`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sdl.report.figures.best_so_far import draw_best_so_far
    from sdl.report.figures.culture_trends import draw_culture_trends
    from sdl.report.figures.model_fit import draw_model_fit
    from sdl.report.figures.parallel import draw_parallel
    from sdl.report.figures.parity import Parity, draw_parity, parity_of
    from sdl.report.figures.style import Drawn, Figure, Nothing, placeholder, text

_HOME_OF = {
    "Drawn": "style",
    "Figure": "style",
    "Nothing": "style",
    "Parity": "parity",
    "draw_best_so_far": "best_so_far",
    "draw_culture_trends": "culture_trends",
    "draw_model_fit": "model_fit",
    "draw_parallel": "parallel",
    "draw_parity": "parity",
    "parity_of": "parity",
    "placeholder": "style",
    "text": "style",
}

__all__ = [
    "Drawn",
    "Figure",
    "Nothing",
    "Parity",
    "draw_best_so_far",
    "draw_culture_trends",
    "draw_model_fit",
    "draw_parallel",
    "draw_parity",
    "parity_of",
    "placeholder",
    "text",
]


def __getattr__(name: str) -> Any:
    """Load a public name from its module on first use (PEP 562)."""
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
