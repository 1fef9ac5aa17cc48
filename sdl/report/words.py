"""Numbers, units, names and times as a process engineer writes them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

DAY_US = 86_400_000_000
NOTHING = "–"
_UNITS = {"degC": "°C", "1e6/mL": "×10⁶/mL"}
_NAMES = {"ph": "pH"}


def number(value: Any) -> str:
    """Return a number with four significant digits, a text as it is, a dash for None."""
    if value is None:
        return NOTHING
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    if value == 0:
        return "0"
    if 1e-3 <= abs(value) < 1e6:
        # Fixed notation: 1e+04 is no way to tell a person of a volume.
        return f"{float(f'{value:.4g}'):.10f}".rstrip("0").rstrip(".")
    return f"{value:.4g}"


def unit(text: str | None) -> str:
    """Return a unit as it is written: degC → °C.  Empty for none, and for pH, which has none."""
    if text is None or text == "pH":
        return ""
    return _UNITS.get(text, text)


def name(text: str) -> str:
    """Return a name of the campaign file as words: feed_start_day → feed start day."""
    return _NAMES.get(text, text.replace("_", " "))


def quantity(value: Any, of_unit: str | None) -> str:
    """Return a value with its unit: 33.17 °C."""
    shown = unit(of_unit)
    return f"{number(value)} {shown}" if shown and value is not None else number(value)


def label(text: str, of_unit: str | None) -> str:
    """Return an axis title: growth temperature (°C)."""
    shown = unit(of_unit)
    return f"{name(text)} ({shown})" if shown else name(text)


def interval(predicted: dict[str, float], of_unit: str | None) -> str:
    """Return a prediction: 2.957 [2.633 to 3.281] g/L."""
    low, high = number(predicted["low"]), number(predicted["high"])
    shown = unit(of_unit)
    return f"{number(predicted['mean'])} [{low} to {high}]" + (f" {shown}" if shown else "")


def percent(share: float) -> str:
    """Return a share as a percentage: 0.9 → 90 %."""
    return f"{number(100 * share)} %"


def utc(time_us: int | None) -> str:
    """Return a stored time to the minute: 2027-01-04 08:00 UTC."""
    if time_us is None:
        return NOTHING
    moment = datetime.fromtimestamp(time_us // 1_000_000, UTC)
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def counted(n: int, one: str, many: str | None = None) -> str:
    """Return a count with its noun: 1 culture, 3 cultures."""
    return f"{n} {one if n == 1 else many or one + 's'}"


def limit(low: float | None, high: float | None, of_unit: str | None) -> str:
    """Return what an output's limits ask for: at least 70 %."""
    parts = []
    if low is not None:
        parts.append(f"at least {quantity(low, of_unit)}")
    if high is not None:
        parts.append(f"at most {quantity(high, of_unit)}")
    return " and ".join(parts)


def probability(share: float | None) -> str:
    """Return a probability as a percentage that never claims to be certain."""
    if share is None:
        return NOTHING
    if share > 0.999:
        return "> 99.9 %"
    return "< 0.1 %" if share < 0.001 else f"{100 * share:.1f} %"
