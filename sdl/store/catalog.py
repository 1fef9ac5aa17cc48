"""Which campaigns a store holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, func, select

from sdl.store.errors import NoSuchCampaign
from sdl.store.models import campaign, ledger
from sdl.store.store import Store


@dataclass(frozen=True, slots=True)
class CampaignInfo:
    """One campaign of a store: `head_seq` and `head_hash` are its ledger's last row."""

    id: str
    name: str
    digest: str
    seed: int
    created_us: int
    head_seq: int
    head_hash: str


def list_campaigns(store: Store) -> list[CampaignInfo]:
    """All campaigns, the one created first first."""
    with store.reading() as connection:
        return [_info(row) for row in connection.execute(_query())]


def find_campaign(store: Store, id_or_name: str) -> CampaignInfo:
    """The campaign of that id, or the last created one of that name.

    Raises `NoSuchCampaign`, which lists the ones there are.
    """
    known = list_campaigns(store)
    for info in known:
        if info.id == id_or_name:
            return info
    for info in reversed(known):
        if info.name == id_or_name:
            return info
    raise NoSuchCampaign(id_or_name, tuple(info.id for info in known))


def _query() -> Select[*tuple[Any, ...]]:
    last = (
        select(ledger.c.campaign, func.max(ledger.c.seq).label("head_seq"))
        .group_by(ledger.c.campaign)
        .subquery()
    )
    return (
        select(campaign, ledger.c.seq, ledger.c.hash)
        .join(last, last.c.campaign == campaign.c.id)
        .join(ledger, (ledger.c.campaign == campaign.c.id) & (ledger.c.seq == last.c.head_seq))
        .order_by(campaign.c.created_us, campaign.c.id)
    )


def _info(row: Row[*tuple[Any, ...]]) -> CampaignInfo:
    return CampaignInfo(
        id=row.id,
        name=row.name,
        digest=row.digest,
        seed=row.seed,
        created_us=row.created_us,
        head_seq=row.seq,
        head_hash=row.hash,
    )
