"""Numbers and times as people read them."""

from __future__ import annotations

import shlex
from typing import Any

from sdl.cli.options import DEFAULT_DB


def number(value: Any) -> str:
    """Return a number with four significant digits, a text as it is."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    return f"{value:.4g}"


def duration(seconds: float) -> str:
    """Return a wall-clock duration: 42 s, 3 min 05 s, 2 h 10 min."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def resume_command(campaign: str | None, db: str) -> str:
    """Return what to type to go on with a campaign in a database."""
    words = ["sdl resume"]
    if campaign is not None:
        words.append(shlex.quote(campaign))
    if db != DEFAULT_DB:
        words.append(f"--db {shlex.quote(db)}")
    return " ".join(words)


def lab_time(us: int) -> str:
    """Return a stretch of lab time in days."""
    return f"{us / 86_400_000_000:.1f} d"
