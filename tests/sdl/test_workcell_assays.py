"""A campaign that measures by instruments a plant has only where its file asks for them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import sdl
from sdl.campaign import CampaignInvalid
from sdl.store import Store, read_entries


def by_hplc(file: dict[str, Any]) -> None:
    file["outputs"]["titer"]["assay"] = "titer_protein_a"
    file["recipe"]["samples"] = [{"assay": "osmolality", "at_day": [2.0], "volume_ml": 1.0}]
    file["plan"] |= {"rounds": 1, "batch_size": 2}
    file["plant"] |= {"hplcs": {"count": 1}, "osmometers": {"count": 1}}


def test_titer_by_hplc_and_osmolality_come_into_the_ledger(
    small: Callable[..., Any], tmp_path: Path
) -> None:
    sdl.run(small(by_hplc), db=tmp_path / "sdl.db")
    with Store.open(tmp_path / "sdl.db", read_only=True) as store:
        rows = list(read_entries(store, "small"))
    results = [row.payload for row in rows if row.kind == "result.recorded"]
    found = {(one["assay"], one["instrument"], one["quality"]) for one in results}
    assert {("titer_protein_a", "HPLC1", "good"), ("osmolality", "OSM1", "good")} <= found
    titers = [one["value"] for one in results if one["assay"] == "titer_protein_a"]
    assert len(titers) == 2
    assert all(0.02 < titer < 5.0 for titer in titers)
    osmolalities = [one["value"] for one in results if one["assay"] == "osmolality"]
    assert all(250.0 < value < 450.0 for value in osmolalities)


def test_an_assay_without_its_instrument_is_a_fault_of_the_file(small: Callable[..., Any]) -> None:
    def without(file: dict[str, Any]) -> None:
        by_hplc(file)
        del file["plant"]["hplcs"]

    with pytest.raises(CampaignInvalid, match="hplcs"):
        small(without)
