"""A campaign's report: one HTML file that needs no network, for a process engineer to read.

Everything in it is read from the database; the same database gives the same bytes.  Names load on
first use, so that importing this package loads neither numpy, jinja2 nor plotly.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sdl.report.writing import ReportUnwritable, write_report

_HOME_OF = {"ReportUnwritable": "writing", "write_report": "writing"}

__all__ = ["ReportUnwritable", "write_report"]


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
