"""Campaign, ledger, telemetry and session tables, with the triggers that keep them append-only."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
GENESIS = "0" * 64

# INSERT OR REPLACE deletes without firing a delete trigger, hence the look for an existing row.
TRIGGERS = {
    "ledger_follows_last": f"""
        BEFORE INSERT ON ledger BEGIN
          SELECT RAISE(ABORT, 'ledger: that row exists already')
            WHERE EXISTS (SELECT 1 FROM ledger WHERE campaign = NEW.campaign AND seq = NEW.seq);
          SELECT RAISE(ABORT, 'ledger: prev is not the hash of the row before')
            WHERE NEW.prev IS NOT CASE WHEN NEW.seq = 1 THEN '{GENESIS}' ELSE (
              SELECT hash FROM ledger WHERE campaign = NEW.campaign AND seq = NEW.seq - 1) END;
        END""",
    "ledger_no_update": """
        BEFORE UPDATE ON ledger BEGIN
          SELECT RAISE(ABORT, 'ledger: rows are never changed'); END""",
    "ledger_no_delete": """
        BEFORE DELETE ON ledger BEGIN
          SELECT RAISE(ABORT, 'ledger: rows are never deleted'); END""",
    "chunk_no_replace": """
        BEFORE INSERT ON chunk BEGIN
          SELECT RAISE(ABORT, 'chunk: that chunk exists already')
            WHERE EXISTS (SELECT 1 FROM chunk
              WHERE series_id = NEW.series_id AND start_us = NEW.start_us); END""",
    "chunk_no_update": """
        BEFORE UPDATE ON chunk BEGIN
          SELECT RAISE(ABORT, 'chunk: samples are never changed'); END""",
    "chunk_no_delete": """
        BEFORE DELETE ON chunk BEGIN
          SELECT RAISE(ABORT, 'chunk: samples are never deleted'); END""",
}


def text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def big(name: str, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, BIG, nullable=nullable)


def check(rule: str, name: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(name))


def of_campaign(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["campaign"], ["campaign.id"], name=op.f(f"fk_{table}_campaign_campaign")
    )


def upgrade() -> None:
    op.create_table(
        "campaign",
        text("id"),
        text("name"),
        text("digest"),
        big("created_us"),
        big("seed"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
        check("length(id) > 0", "ck_campaign_id_given"),
        check("length(digest) = 64", "ck_campaign_digest_is_sha256"),
        check("seed >= 0", "ck_campaign_seed_not_negative"),
    )
    op.create_table(
        "ledger",
        text("campaign"),
        big("seq"),
        big("time_us"),
        text("kind"),
        text("actor"),
        text("subject"),
        text("payload"),
        text("prev"),
        text("hash"),
        sa.PrimaryKeyConstraint("campaign", "seq", name=op.f("pk_ledger")),
        of_campaign("ledger"),
        check("seq >= 1", "ck_ledger_seq_from_one"),
        check("time_us >= 0", "ck_ledger_time_not_negative"),
        check("length(kind) > 0", "ck_ledger_kind_given"),
        check("length(actor) > 0", "ck_ledger_actor_given"),
        check("length(payload) >= 2", "ck_ledger_payload_is_json"),
        check("length(prev) = 64", "ck_ledger_prev_is_sha256"),
        check("length(hash) = 64", "ck_ledger_hash_is_sha256"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "series",
        big("id"),
        text("campaign"),
        text("experiment"),
        text("instrument"),
        text("signal"),
        text("unit"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
        of_campaign("series"),
        sa.UniqueConstraint(
            "campaign", "experiment", "instrument", "signal", name=op.f("uq_series_campaign")
        ),
        check("length(experiment) > 0", "ck_series_experiment_given"),
        check("length(instrument) > 0", "ck_series_instrument_given"),
        check("length(signal) > 0", "ck_series_signal_given"),
    )
    op.create_table(
        "chunk",
        big("series_id"),
        big("start_us"),
        big("end_us"),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("n_bad", sa.Integer(), nullable=False),
        sa.Column("min", sa.Float()),
        sa.Column("max", sa.Float()),
        sa.Column("sum", sa.Float()),
        big("step_us", nullable=True),
        sa.Column("times", sa.LargeBinary()),
        sa.Column("values", sa.LargeBinary(), nullable=False),
        sa.Column("quality", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("series_id", "start_us", name=op.f("pk_chunk")),
        sa.ForeignKeyConstraint(
            ["series_id"], ["series.id"], name=op.f("fk_chunk_series_id_series")
        ),
        check("n >= 1", "ck_chunk_n_positive"),
        check("n_bad >= 0 AND n_bad <= n", "ck_chunk_n_bad_within_n"),
        check("end_us >= start_us", "ck_chunk_end_not_before_start"),
        check(
            '(n_bad = n AND "min" IS NULL AND "max" IS NULL AND "sum" IS NULL) OR '
            '(n_bad < n AND "min" IS NOT NULL AND "max" IS NOT NULL AND "sum" IS NOT NULL '
            'AND "min" <= "max")',
            "ck_chunk_statistics_of_usable",
        ),
        check(
            "(step_us IS NULL AND times IS NOT NULL AND length(times) = 8 * n) OR "
            "(step_us IS NOT NULL AND times IS NULL AND end_us = start_us + step_us * (n - 1))",
            "ck_chunk_step_or_times",
        ),
        check('length("values") = 8 * n', "ck_chunk_values_match_n"),
        check("quality IS NULL OR length(quality) = n", "ck_chunk_quality_matches_n"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "session",
        big("id"),
        text("campaign"),
        big("opened_us"),
        big("closed_us", nullable=True),
        big("pid"),
        text("command"),
        text("versions"),
        sa.Column("outcome", sa.Text()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
        of_campaign("session"),
        check("length(command) > 0", "ck_session_command_given"),
        check(
            "(closed_us IS NULL AND outcome IS NULL) OR "
            "(closed_us IS NOT NULL AND outcome IS NOT NULL)",
            "ck_session_closed_with_outcome",
        ),
    )
    op.create_index(op.f("ix_session_campaign"), "session", ["campaign"])
    bind = op.get_bind()
    if bind.dialect.name == "sqlite":
        for name, body in TRIGGERS.items():
            bind.exec_driver_sql(f"CREATE TRIGGER {name} {body}")


def downgrade() -> None:
    for table in ("session", "chunk", "series", "ledger", "campaign"):
        op.drop_table(table)
