"""The tables, as SQLModel classes, with every rule that a database can hold by itself.

Times are integer microseconds since the Unix epoch, UTC.  The ledger and the telemetry are
append-only: triggers (`TRIGGERS`, SQLite) refuse UPDATE, DELETE and a row that doesn't follow the
last one.  SQLModel doesn't validate table rows, so the CHECKs here are what guards them.
"""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)
from sqlmodel import Field, SQLModel

# SQLite numbers rows by itself only in a column typed INTEGER.
BigInt = BigInteger().with_variant(Integer(), "sqlite")

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class StoreModel(SQLModel):
    """Base of the tables; its own metadata, so that no other package's tables mix in."""

    metadata: ClassVar[MetaData] = MetaData(naming_convention=NAMING)


def _text(name: str, *, primary_key: bool = False) -> Column[str]:
    return Column(name, Text(), nullable=False, primary_key=primary_key)


def _big(name: str, *, nullable: bool = False) -> Column[int]:
    return Column(name, BigInt, nullable=nullable)


class CampaignRow(StoreModel, table=True):
    """One campaign; the same facts stand in its first ledger row, where they are hashed."""

    __tablename__ = "campaign"
    __table_args__ = (
        CheckConstraint("length(id) > 0", name="id_given"),
        CheckConstraint("length(digest) = 64", name="digest_is_sha256"),
        CheckConstraint("seed >= 0", name="seed_not_negative"),
    )

    id: str = Field(sa_column=_text("id", primary_key=True))
    name: str = Field(sa_column=_text("name"))
    digest: str = Field(sa_column=_text("digest"))
    created_us: int = Field(sa_column=_big("created_us"))
    seed: int = Field(sa_column=_big("seed"))


class LedgerRow(StoreModel, table=True):
    """One fact, chained by hash to the one before; never changed, never deleted."""

    __tablename__ = "ledger"
    __table_args__ = (
        ForeignKeyConstraint(["campaign"], ["campaign.id"]),
        CheckConstraint("seq >= 1", name="seq_from_one"),
        CheckConstraint("time_us >= 0", name="time_not_negative"),
        CheckConstraint("length(kind) > 0", name="kind_given"),
        CheckConstraint("length(actor) > 0", name="actor_given"),
        CheckConstraint("length(payload) >= 2", name="payload_is_json"),
        CheckConstraint("length(prev) = 64", name="prev_is_sha256"),
        CheckConstraint("length(hash) = 64", name="hash_is_sha256"),
        {"sqlite_with_rowid": False},
    )

    campaign: str = Field(sa_column=_text("campaign", primary_key=True))
    seq: int = Field(sa_column=Column("seq", BigInt, primary_key=True, autoincrement=False))
    time_us: int = Field(sa_column=_big("time_us"))
    kind: str = Field(sa_column=_text("kind"))
    actor: str = Field(sa_column=_text("actor"))
    subject: str = Field(sa_column=_text("subject"))
    payload: str = Field(sa_column=_text("payload"))
    prev: str = Field(sa_column=_text("prev"))
    hash: str = Field(sa_column=_text("hash"))


class SeriesRow(StoreModel, table=True):
    """One signal of one instrument during one experiment; its samples are chunks."""

    __tablename__ = "series"
    __table_args__ = (
        ForeignKeyConstraint(["campaign"], ["campaign.id"]),
        UniqueConstraint("campaign", "experiment", "instrument", "signal"),
        CheckConstraint("length(experiment) > 0", name="experiment_given"),
        CheckConstraint("length(instrument) > 0", name="instrument_given"),
        CheckConstraint("length(signal) > 0", name="signal_given"),
    )

    id: int | None = Field(default=None, sa_column=Column("id", BigInt, primary_key=True))
    campaign: str = Field(sa_column=_text("campaign"))
    experiment: str = Field(sa_column=_text("experiment"))
    instrument: str = Field(sa_column=_text("instrument"))
    signal: str = Field(sa_column=_text("signal"))
    unit: str = Field(sa_column=_text("unit"))


class ChunkRow(StoreModel, table=True):
    """Consecutive samples of one series, with what a plot from far away needs beside them.

    `values` are little-endian float64 and `times` int64, 8 bytes a sample; `quality` is one byte a
    sample.  `times` is absent when the step is constant, `quality` when all samples are good.
    `min`, `max` and `sum` are over the n - n_bad usable samples (finite and not bad).
    """

    __tablename__ = "chunk"
    __table_args__ = (
        CheckConstraint("n >= 1", name="n_positive"),
        CheckConstraint("n_bad >= 0 AND n_bad <= n", name="n_bad_within_n"),
        CheckConstraint("end_us >= start_us", name="end_not_before_start"),
        CheckConstraint(
            '(n_bad = n AND "min" IS NULL AND "max" IS NULL AND "sum" IS NULL) OR '
            '(n_bad < n AND "min" IS NOT NULL AND "max" IS NOT NULL AND "sum" IS NOT NULL '
            'AND "min" <= "max")',
            name="statistics_of_usable",
        ),
        CheckConstraint(
            "(step_us IS NULL AND times IS NOT NULL AND length(times) = 8 * n) OR "
            "(step_us IS NOT NULL AND times IS NULL AND end_us = start_us + step_us * (n - 1))",
            name="step_or_times",
        ),
        CheckConstraint('length("values") = 8 * n', name="values_match_n"),
        CheckConstraint("quality IS NULL OR length(quality) = n", name="quality_matches_n"),
        {"sqlite_with_rowid": False},
    )

    series_id: int = Field(
        sa_column=Column(
            "series_id", BigInt, ForeignKey("series.id"), primary_key=True, autoincrement=False
        )
    )
    start_us: int = Field(
        sa_column=Column("start_us", BigInt, primary_key=True, autoincrement=False)
    )
    end_us: int = Field(sa_column=_big("end_us"))
    n: int = Field(sa_column=Column("n", Integer, nullable=False))
    n_bad: int = Field(sa_column=Column("n_bad", Integer, nullable=False))
    min: float | None = Field(default=None, sa_column=Column("min", Float))
    max: float | None = Field(default=None, sa_column=Column("max", Float))
    sum: float | None = Field(default=None, sa_column=Column("sum", Float))
    step_us: int | None = Field(default=None, sa_column=_big("step_us", nullable=True))
    times: bytes | None = Field(default=None, sa_column=Column("times", LargeBinary))
    values: bytes = Field(sa_column=Column("values", LargeBinary, nullable=False))
    quality: bytes | None = Field(default=None, sa_column=Column("quality", LargeBinary))


class SessionRow(StoreModel, table=True):
    """One process that worked on a campaign: facts of the wall clock, kept out of the chain."""

    __tablename__ = "session"
    __table_args__ = (
        ForeignKeyConstraint(["campaign"], ["campaign.id"]),
        CheckConstraint("length(command) > 0", name="command_given"),
        CheckConstraint(
            "(closed_us IS NULL AND outcome IS NULL) OR "
            "(closed_us IS NOT NULL AND outcome IS NOT NULL)",
            name="closed_with_outcome",
        ),
        Index(None, "campaign"),
    )

    id: int | None = Field(default=None, sa_column=Column("id", BigInt, primary_key=True))
    campaign: str = Field(sa_column=_text("campaign"))
    opened_us: int = Field(sa_column=_big("opened_us"))
    closed_us: int | None = Field(default=None, sa_column=_big("closed_us", nullable=True))
    pid: int = Field(sa_column=_big("pid"))
    command: str = Field(sa_column=_text("command"))
    versions: str = Field(sa_column=_text("versions"))
    outcome: str | None = Field(default=None, sa_column=Column("outcome", Text))


metadata = StoreModel.metadata
campaign: Table = metadata.tables["campaign"]
ledger: Table = metadata.tables["ledger"]
series: Table = metadata.tables["series"]
chunk: Table = metadata.tables["chunk"]
session: Table = metadata.tables["session"]

TRIGGER_NAMES = (
    "ledger_follows_last",
    "ledger_no_update",
    "ledger_no_delete",
    "chunk_no_replace",
    "chunk_no_update",
    "chunk_no_delete",
)
"""Triggers that the first migration makes on SQLite (the SQL stands there)."""
