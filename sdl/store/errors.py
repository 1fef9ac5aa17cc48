"""What can go wrong in the store, each named for its situation.

A store error says which file it is about and what the reader can do; nothing of SQLAlchemy or of
SQLite's codes reaches a caller.  Ledger errors say which row of which campaign they are about.
"""

from __future__ import annotations

from typing import Any

from sdl.errors import UserError


class StoreError(UserError):
    """Something is wrong with the database itself.

    `where` is its path or URL, `what` the situation and `remedy` what would put it right.
    """

    def __init__(self, where: str, what: str, remedy: str) -> None:
        super().__init__(f"{where}: {what}", remedy)
        self.where = where
        self.what = what
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message}. {self.remedy}"


class StoreMissing(StoreError):
    """There is no database at that place, and it was to be read, not made."""


class StoreUnsupported(StoreError):
    """The URL names a database that this version can't use."""


class StoreUnavailable(StoreError):
    """The file or its directory can't be opened, read or written by this process."""


class NotADatabase(StoreError):
    """The file is no SQLite database, or one that belongs to another program."""


class StoreCorrupt(StoreError):
    """SQLite found the file damaged."""


class StoreLocked(StoreError):
    """Another process kept the database locked for longer than the time-out."""


class StoreReadOnly(StoreError):
    """A write to a database that is open, or stored, for reading only."""


class DiskFull(StoreError):
    """No room for the rows; nothing of the transaction was kept, what was buffered still is."""


class SchemaTooNew(StoreError):
    """A later version of SDL Twin wrote this database."""


class SchemaTooOld(StoreError):
    """The database needs a migration, and it is open for reading only."""


class StoreClosed(StoreError):
    """The store was closed before this call."""


class NotCanonical(ValueError):
    """A value that has no canonical JSON form; `path` says where in the payload it sits."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"{path}: {why}")
        self.path = path
        self.why = why


class LedgerError(UserError):
    """Something is wrong with the ledger of one campaign."""


class NoSuchCampaign(LedgerError):
    """No campaign of that id or name is in the store; `known` are the ids that are."""

    def __init__(self, campaign: str, known: tuple[str, ...]) -> None:
        listed = ", ".join(known[:10]) if known else "none yet"
        super().__init__(f"no campaign {campaign!r} in this store; it knows: {listed}")
        self.campaign = campaign
        self.known = known


class CampaignExists(LedgerError):
    """A campaign of that id is already in the store."""

    def __init__(self, campaign: str) -> None:
        super().__init__(
            f"campaign {campaign!r} is already in this store; "
            "resume it (Ledger.replay) or choose another id"
        )
        self.campaign = campaign


class EntryInvalid(LedgerError):
    """An entry that can't be appended: a field of the wrong type or form."""


class LedgerConflict(LedgerError):
    """Another writer appended to the same chain; this one must stop."""

    exit_code = 1

    def __init__(self, campaign: str, seq: int, why: str) -> None:
        super().__init__(
            f"campaign {campaign!r}: row {seq} can't be appended, "
            f"another process writes to this campaign ({why})"
        )
        self.campaign = campaign
        self.seq = seq


class LedgerBroken(LedgerError):
    """A stored row doesn't fit its hash or the row before it; `sdl verify` names every one."""

    exit_code = 1

    def __init__(self, campaign: str, seq: int, what: str) -> None:
        super().__init__(f"campaign {campaign!r}: row {seq} is broken: {what}")
        self.campaign = campaign
        self.seq = seq
        self.what = what


class LedgerInconsistent(LedgerError):
    """The entries contradict each other, so that no state can be made of them."""

    exit_code = 1

    def __init__(self, seq: int, kind: str, what: str) -> None:
        super().__init__(f"row {seq} ({kind}): {what}")
        self.seq = seq
        self.kind = kind
        self.what = what


class ReplayDiverged(LedgerError):
    """A replayed run did something else than what is stored.

    `seq` is the row (None: a telemetry chunk), `field` what differs, `stored` and `got` the two
    values.  The usual cause is another version of the code, of a library, or of the plant's model.
    """

    exit_code = 1

    def __init__(self, seq: int | None, field: str, stored: Any, got: Any) -> None:
        place = "telemetry" if seq is None else f"row {seq}"
        super().__init__(
            f"the replay left the stored course at {place}: {field} is stored as "
            f"{_short(stored)}, the replay gave {_short(got)}"
        )
        self.seq = seq
        self.field = field
        self.stored = stored
        self.got = got


class TelemetryInvalid(ValueError):
    """Samples that can't be stored: lengths, types, order of times, or an unknown quality."""


class TelemetrySealed(LedgerError):
    """Samples for an experiment whose telemetry was sealed already."""

    def __init__(self, campaign: str, experiment: str) -> None:
        super().__init__(f"telemetry of {campaign}/{experiment} is sealed; nothing may be added")
        self.campaign = campaign
        self.experiment = experiment


class NoSuchSeries(LedgerError):
    """No such signal was recorded; `known` are the ones that were, as instrument/signal."""

    def __init__(self, experiment: str, signal: str, known: tuple[str, ...]) -> None:
        listed = ", ".join(known) if known else "nothing"
        super().__init__(f"{experiment} has no series {signal!r}; recorded were: {listed}")
        self.experiment = experiment
        self.signal = signal
        self.known = known


class AmbiguousSeries(LedgerError):
    """Two instruments recorded a signal of that name; the caller must say which."""

    def __init__(self, experiment: str, signal: str, instruments: tuple[str, ...]) -> None:
        super().__init__(
            f"{experiment}: signal {signal!r} was recorded by {', '.join(instruments)}; "
            "name the instrument"
        )
        self.instruments = instruments


def _short(value: Any, width: int = 160) -> str:
    text = repr(value)
    return text if len(text) <= width else f"{text[: width - 1]}…"
