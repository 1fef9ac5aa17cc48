"""What happened, kept: the hash-chained ledger, the telemetry, and the state folded from them.

Public names load their module on first use, so that importing this package loads neither
SQLModel, SQLAlchemy, Alembic, numpy nor pandas.  No public name is also a module's name: importing
the module would put it in the name's place.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sdl.store.catalog import CampaignInfo, find_campaign, list_campaigns
    from sdl.store.entries import Entry, read_entries
    from sdl.store.errors import (
        CampaignExists,
        DiskFull,
        LedgerBroken,
        LedgerConflict,
        LedgerError,
        LedgerInconsistent,
        NoSuchCampaign,
        NotADatabase,
        NotCanonical,
        ReplayDiverged,
        SchemaTooNew,
        SchemaTooOld,
        StoreError,
        StoreLocked,
        StoreMissing,
        StoreReadOnly,
    )
    from sdl.store.frames import (
        experiments_frame,
        proposals_frame,
        readings_frame,
        results_frame,
    )
    from sdl.store.ledger import Ledger
    from sdl.store.series import (
        Series,
        SeriesInfo,
        SeriesSummary,
        digest,
        list_series,
        read_series,
        summarise,
    )
    from sdl.store.sessions import Session, close_session, list_sessions, open_session
    from sdl.store.state import CampaignState, load_state, refresh_state
    from sdl.store.store import Store, StoreFacts, StoreWarning
    from sdl.store.telemetry import TelemetryWriter
    from sdl.store.verification import LedgerFault, Verification, verify

_HOMES = {
    "catalog": ("CampaignInfo", "find_campaign", "list_campaigns"),
    "entries": ("Entry", "read_entries"),
    "errors": (
        "CampaignExists",
        "DiskFull",
        "LedgerBroken",
        "LedgerConflict",
        "LedgerError",
        "LedgerInconsistent",
        "NoSuchCampaign",
        "NotADatabase",
        "NotCanonical",
        "ReplayDiverged",
        "SchemaTooNew",
        "SchemaTooOld",
        "StoreError",
        "StoreLocked",
        "StoreMissing",
        "StoreReadOnly",
    ),
    "frames": ("experiments_frame", "proposals_frame", "readings_frame", "results_frame"),
    "ledger": ("Ledger",),
    "series": (
        "Series",
        "SeriesInfo",
        "SeriesSummary",
        "digest",
        "list_series",
        "read_series",
        "summarise",
    ),
    "sessions": ("Session", "close_session", "list_sessions", "open_session"),
    "state": ("CampaignState", "load_state", "refresh_state"),
    "store": ("Store", "StoreFacts", "StoreWarning"),
    "telemetry": ("TelemetryWriter",),
    "verification": ("LedgerFault", "Verification", "verify"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "CampaignExists",
    "CampaignInfo",
    "CampaignState",
    "DiskFull",
    "Entry",
    "Ledger",
    "LedgerBroken",
    "LedgerConflict",
    "LedgerError",
    "LedgerFault",
    "LedgerInconsistent",
    "NoSuchCampaign",
    "NotADatabase",
    "NotCanonical",
    "ReplayDiverged",
    "SchemaTooNew",
    "SchemaTooOld",
    "Series",
    "SeriesInfo",
    "SeriesSummary",
    "Session",
    "Store",
    "StoreError",
    "StoreFacts",
    "StoreLocked",
    "StoreMissing",
    "StoreReadOnly",
    "StoreWarning",
    "TelemetryWriter",
    "Verification",
    "close_session",
    "digest",
    "experiments_frame",
    "find_campaign",
    "list_campaigns",
    "list_series",
    "list_sessions",
    "load_state",
    "open_session",
    "proposals_frame",
    "read_entries",
    "read_series",
    "readings_frame",
    "refresh_state",
    "results_frame",
    "summarise",
    "verify",
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
