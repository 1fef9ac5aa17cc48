from __future__ import annotations

import csv
import json
import shutil
import weakref
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from store_course import CAMPAIGN, Script

from sdl.errors import UserError
from sdl.export import (
    ExportError,
    ManifestFault,
    ManifestInvalid,
    NotEmpty,
    export,
    verify_manifest,
)
from sdl.store import (
    CampaignState,
    Ledger,
    NoSuchCampaign,
    Store,
    TelemetryWriter,
    experiments_frame,
    load_state,
    read_entries,
    read_series,
    verify,
)
from sdl.store.canonical import chain_hash
from sdl.store.chunks import Samples
from sdl.store.series import SeriesInfo, read_samples

FORMATS = ("csv", "json", "parquet")


@pytest.fixture(scope="module")
def made(course: Store, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One export in each format; don't change them."""
    root = tmp_path_factory.mktemp("made")
    return {name: export(course, CAMPAIGN, root / name, name) for name in FORMATS}


def table(manifest: Path, name: str) -> list[dict[str, Any]]:
    path = next(manifest.parent.glob(f"{name}.*"))
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    if path.suffix == ".json":
        rows = json.loads(path.read_text(encoding="utf-8"))
        assert isinstance(rows, list)
        return rows
    return pq.read_table(path).to_pylist()


@pytest.mark.parametrize("name", FORMATS)
def test_the_manifest_describes_every_file(course: Store, made: dict[str, Path], name: str) -> None:
    manifest = made[name]
    content = json.loads(manifest.read_text())
    head = verify(course, CAMPAIGN).head
    assert content["format_version"] == 1
    assert (content["campaign"], content["name"], content["format"]) == (CAMPAIGN, "cho", name)
    assert content["ledger"] == {"seq": head[0], "hash": head[1]}
    on_disk = {
        path.relative_to(manifest.parent).as_posix()
        for path in manifest.parent.rglob("*")
        if path.is_file() and path != manifest
    }
    assert {one["path"] for one in content["files"]} == on_disk
    for one in content["files"]:
        data = (manifest.parent / one["path"]).read_bytes()
        assert (one["sha256"], one["n_bytes"]) == (sha256(data).hexdigest(), len(data))
        rows = table(manifest, one["path"].rsplit(".", 1)[0])
        assert len(rows) == one["n_rows"]
        names = [column["name"] for column in one["columns"]]
        assert list(rows[0]) == names
        assert all(column["description"] for column in one["columns"])
    columns = {c["name"]: c for c in content["files"][0]["columns"]}
    assert columns["achieved.ph"]["unit"] == "pH"
    assert columns["titer"] == {
        "name": "titer",
        "dtype": "float64",
        "unit": "g/L",
        "description": "titer as measured",
    }
    assert verify_manifest(manifest) == verify_manifest(manifest.parent) == []


def test_all_formats_hold_the_same_values(course: Store, made: dict[str, Path]) -> None:
    frame = experiments_frame(load_state(course, CAMPAIGN))
    in_json = table(made["json"], "experiments")
    in_csv = table(made["csv"], "experiments")
    in_parquet = table(made["parquet"], "experiments")
    assert [row["titer"] for row in in_json] == [2.0, 2.5, 9.0, None, 3.0, None, None]
    assert [row["titer"] for row in in_csv] == ["2.0", "2.5", "9.0", "", "3.0", "", ""]
    assert [row["titer"] for row in in_parquet] == [row["titer"] for row in in_json]
    assert [row["feasible"] for row in in_json] == [True, True, False, None, True, None, None]
    assert [row["feasible"] for row in in_csv] == ["true", "true", "false", "", "true", "", ""]
    assert [row["feasible"] for row in in_parquet] == [row["feasible"] for row in in_json]
    assert in_json[0]["started"] == in_csv[0]["started"] == "2027-01-04T08:00:00.000000Z"
    assert in_parquet[0]["started"] == frame["started"][0]
    assert list(in_json[0]) == list(in_csv[0]) == list(in_parquet[0]) == list(frame.columns)


@pytest.mark.parametrize("name", FORMATS)
def test_readings_are_exact(course: Store, made: dict[str, Path], name: str) -> None:
    stored = read_series(course, CAMPAIGN, "E0002", "ph")
    where = "readings" if name == "parquet" else "readings/E0002"
    rows = [
        row
        for row in table(made[name], where)
        if row["signal"] == "ph" and row["experiment"] == "E0002"
    ]
    values = np.array([float(row["value"] or "nan") for row in rows])
    np.testing.assert_array_equal(values, stored.values)
    assert [int(row["quality"]) for row in rows] == stored.quality.tolist()
    if name == "parquet":
        times = [np.datetime64(row["time"].replace(tzinfo=None), "us") for row in rows]
    else:
        times = [np.datetime64(row["time"].removesuffix("Z"), "us") for row in rows]
    np.testing.assert_array_equal(np.array(times).astype("int64"), stored.times_us)


@pytest.mark.parametrize("name", FORMATS)
def test_the_chain_can_be_checked_from_the_files_alone(made: dict[str, Path], name: str) -> None:
    prev = "0" * 64
    for row in table(made[name], "ledger"):
        text = str(row["time"]).removesuffix("Z").removesuffix("+00:00")
        time_us = int(np.datetime64(text, "us").astype("int64"))
        fields = (row["kind"], row["actor"], row["subject"], row["payload"])
        assert row["prev"] == prev
        prev = chain_hash(prev, CAMPAIGN, int(row["seq"]), time_us, *fields)
        assert row["hash"] == prev
    assert json.loads(made[name].read_text())["ledger"]["hash"] == prev


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_data_give_the_same_bytes(
    course: Store, made: dict[str, Path], tmp_path: Path, name: str
) -> None:
    again = export(course, CAMPAIGN, tmp_path, name)
    assert again.read_bytes() == made[name].read_bytes()


def test_parquet_fields_carry_unit_and_meaning(made: dict[str, Path]) -> None:
    field = pq.read_schema(made["parquet"].parent / "experiments.parquet").field("achieved.ph")
    assert field.metadata == {
        b"unit": b"pH",
        b"description": b"value that the probes saw, weighted by time",
    }


def test_a_directory_with_something_in_it_is_left_alone(course: Store, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(NotEmpty, match="not empty") as caught:
        export(course, CAMPAIGN, tmp_path, "csv")
    assert isinstance(caught.value, UserError)
    assert "--overwrite" in caught.value.hint
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_overwriting_removes_the_earlier_export_and_nothing_else(
    course: Store, tmp_path: Path
) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("keep")
    directory = tmp_path / "out"
    manifest = export(course, CAMPAIGN, directory, "csv")
    (directory / "thesis.txt").write_text("years of work")
    content = json.loads(manifest.read_text())
    content["files"].append({"path": "../outside.txt"})
    manifest.write_text(json.dumps(content))
    manifest = export(course, CAMPAIGN, directory, "parquet", overwrite=True)
    assert verify_manifest(manifest) == []
    assert not list(directory.rglob("*.csv"))
    assert (directory / "thesis.txt").exists()
    assert outside.exists()


def test_a_broken_off_export_has_no_manifest(
    course: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device", str(tmp_path / "readings.parquet"))

    export(course, CAMPAIGN, tmp_path, "parquet")
    monkeypatch.setattr("sdl.export.exporting.file_digest", full)
    with pytest.raises(ExportError, match=r"readings\.parquet can't be written \(No space left"):
        export(course, CAMPAIGN, tmp_path, "parquet", overwrite=True)
    with pytest.raises(ManifestInvalid):
        verify_manifest(tmp_path)


def test_what_cant_be_exported_is_named(course: Store, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="'xlsx'") as caught:
        export(course, CAMPAIGN, tmp_path, "xlsx")
    assert caught.value.hint == "Choose one of csv, parquet, json"
    with pytest.raises(NoSuchCampaign):
        export(course, "other", tmp_path / "x", "csv")
    assert not (tmp_path / "x").exists()
    (tmp_path / "file").touch()
    with pytest.raises(ExportError, match="file"):
        export(course, CAMPAIGN, tmp_path / "file", "csv")


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_changed_byte_is_found(
    made: dict[str, Path], tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(FORMATS))
    source = made[name].parent
    paths = sorted(p for p in source.rglob("*") if p.is_file() and "E000" not in p.name)
    victim = data.draw(st.sampled_from(paths)).relative_to(source)
    directory = tmp_path_factory.mktemp("copy") / "out"
    shutil.copytree(source, directory)
    content = bytearray((directory / victim).read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= data.draw(st.sampled_from([1, 2, 4, 8]))
    (directory / victim).write_bytes(content)
    try:
        faults = verify_manifest(directory)
    except ManifestInvalid:
        assert victim.name == "manifest.json"
        return
    if victim.name == "manifest.json":
        # White space of the manifest carries no meaning.
        same = json.loads(content) == json.loads((source / victim).read_bytes())
        assert bool(faults) != same
    else:
        assert faults == [
            ManifestFault(victim.as_posix(), "the file was changed (its SHA-256 differs)")
        ]


def test_missing_cut_and_strange_files_are_named(course: Store, tmp_path: Path) -> None:
    manifest = export(course, CAMPAIGN, tmp_path, "csv")
    (tmp_path / "results.csv").unlink()
    (tmp_path / "ledger.csv").write_bytes((tmp_path / "ledger.csv").read_bytes()[:-1])
    content = json.loads(manifest.read_text())
    content["files"].append({"path": "/etc/passwd"})
    manifest.write_text(json.dumps(content))
    assert {fault.path for fault in verify_manifest(manifest)} == {
        "manifest.json",
        "results.csv",
        "ledger.csv",
        "/etc/passwd",
    }


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"format_version": 2}', '{"format_version": 1, "files": [1]}']
)
def test_what_is_no_manifest_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ManifestInvalid):
        verify_manifest(tmp_path)
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(ManifestInvalid) as caught:
        verify_manifest(tmp_path)
    assert str(tmp_path) in caught.value.message


def test_a_campaign_under_way_is_exported_as_of_its_last_stored_row(tmp_path: Path) -> None:
    with Store.open(tmp_path / "x.db", durability="twin") as store:
        steps = Script(Ledger.create(store, CAMPAIGN)).steps()
        for step in steps:
            if step == "told E0002":
                break
        manifest = export(store, CAMPAIGN, tmp_path / "out", "json")
        assert verify_manifest(manifest) == []
        head = json.loads(manifest.read_text())["ledger"]
        assert [row["status"] for row in table(manifest, "experiments")] == ["completed"] * 2
        for _ in steps:
            pass
        assert verify(store, CAMPAIGN, anchor=(head["seq"], head["hash"])).is_intact


def test_what_is_written_meanwhile_stays_out(
    course: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = list(read_entries(course, CAMPAIGN))[:30]
    earlier = CampaignState.fold(CAMPAIGN, entries)
    monkeypatch.setattr("sdl.store.state.load_state", lambda *_: earlier)
    manifest = export(course, CAMPAIGN, tmp_path, "csv")
    assert json.loads(manifest.read_text())["ledger"]["hash"] == entries[-1].hash
    assert [int(row["seq"]) for row in table(manifest, "ledger")] == list(range(1, 31))
    begun = set(earlier.experiments)
    assert {row["experiment"] for row in table(manifest, "series")} == begun
    assert {path.stem for path in (tmp_path / "readings").iterdir()} == begun


def test_a_campaign_without_readings(tmp_path: Path) -> None:
    with Store.open(tmp_path / "x.db", durability="twin") as store:
        next(iter(Script(Ledger.create(store, CAMPAIGN)).steps()))
        with pytest.raises(NoSuchCampaign):
            export(store, CAMPAIGN, tmp_path / "out", "csv")
        ledger = Ledger.create(store, "c")
        payload = {"name": "n", "digest": "0" * 64, "seed": 1, "file": {}}
        ledger.append("campaign.defined", time_us=1, actor="me", payload=payload)
        ledger.flush()
        for name in FORMATS:
            manifest = export(store, "c", tmp_path / name, name)
            assert verify_manifest(manifest) == []
            assert table(manifest, "experiments") == []


def test_names_of_experiments_lead_nowhere_else(tmp_path: Path) -> None:
    with Store.open(tmp_path / "x.db", durability="twin") as store:
        ledger = Ledger.create(store, "c")
        telemetry = TelemetryWriter(ledger)
        payload = {"name": "n", "digest": "0" * 64, "seed": 1}
        name = "../../E1"

        def say(kind: str, subject: str, **payload: Any) -> None:
            ledger.append(kind, time_us=1, actor="me", subject=subject, payload=payload)

        say("campaign.defined", "c", **payload)
        say("round.started", "1", round=1, n=1)
        say("proposal.asked", "P1", round=1, inputs={}, strategy="s", seed=1, origin="model")
        say("experiment.queued", name, proposal="P1", attempt=1)
        telemetry.write("c", name, "R1", "ph", "pH", [1, 2], [1.0, 2.0])
        ledger.flush()
        manifest = export(store, "c", tmp_path / "a" / "b" / "out", "csv")
        assert verify_manifest(manifest) == []
        assert (manifest.parent / "readings" / "..%2F..%2FE1.csv").exists()


@pytest.mark.parametrize("name", FORMATS)
def test_only_a_few_chunks_of_readings_are_in_memory_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr("sdl.export.writing.ROW_GROUP", 64)
    alive: list[int] = []
    most = 0

    def watched(store: Store, info: SeriesInfo) -> Iterator[Samples]:
        nonlocal most
        for samples in read_samples(store, info):
            values = samples.values.copy()
            alive.append(1)
            weakref.finalize(values, alive.pop)
            most = max(most, len(alive))
            yield Samples(samples.times_us, values, samples.quality, samples.step_us)

    monkeypatch.setattr("sdl.export.content.read_samples", watched)
    with Store.open(tmp_path / "x.db", durability="twin") as store:
        script = Script(Ledger.create(store, CAMPAIGN))
        for step in script.steps():
            if step == "started E0001":
                break
        for number in range(200):
            times = number * 8 + np.arange(8)
            script.telemetry.write(CAMPAIGN, "E0001", "R01", "do", "%", times, np.zeros(8))
        script.ledger.flush()
        manifest = export(store, CAMPAIGN, tmp_path / "out", name)
    rows = [row for row in table(manifest, "series") if row["signal"] == "do"]
    assert int(rows[0]["n"]) == 1600
    assert 0 < most <= 20
