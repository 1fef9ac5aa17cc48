"""The `sdl` command: what a person types and what comes back."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sdl.campaign import to_yaml
from sdl.cli.app import COMMANDS, main

Small = Callable[..., Any]
Sdl = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run_sdl(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Sdl:
    """Call the command in this process; returns exit code, standard output, standard error."""

    def call(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["sdl", *words])
        capsys.readouterr()
        with pytest.raises(SystemExit) as exit_:
            main()
        out, err = capsys.readouterr()
        return int(exit_.value.code or 0), out, err

    return call


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory, small: Small) -> Path:
    directory = tmp_path_factory.mktemp("cli")
    (directory / "small.yaml").write_text(to_yaml(small().file))
    command = [sys.executable, "-m", "sdl", "run", "small.yaml", "--json"]
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    (directory / "run.json").write_text(done.stdout)
    (directory / "run.err").write_text(done.stderr)
    return directory


def test_help_names_every_command(run_sdl: Sdl) -> None:
    code, out, _ = run_sdl("--help")
    assert code == 0
    assert all(name in out for name in COMMANDS)


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_has_help(name: str, run_sdl: Sdl) -> None:
    code, out, _ = run_sdl(name, "--help")
    assert code == 0
    assert f"Usage: sdl {name}" in out


def test_run_prints_what_an_engineer_asks_first(finished: Path) -> None:
    facts = json.loads((finished / "run.json").read_text())
    assert facts["status"] == "finished"
    assert set(facts["best"]["inputs"]) == {"feed_rate", "ph", "medium"}
    assert facts["best"]["inputs"]["ph"]["unit"] == "pH"
    assert facts["center"]["experiment"] == "E0001"
    assert facts["lab_days"] > 8
    assert facts["vessel_days"] > 20
    assert Path(facts["database"]).is_file()
    assert Path(facts["report"]).is_file()
    assert "round 2/2" in (finished / "run.err").read_text()


def test_run_in_words_shows_best_gains_and_places(
    tmp_path: Path, small: Small, run_sdl: Sdl
) -> None:
    file = tmp_path / "small.yaml"
    file.write_text(to_yaml(small().file))
    code, out, _ = run_sdl("run", str(file), "--db", str(tmp_path / "x.db"), "--no-report")
    assert code == 0
    for words in ("best titer", "g/L", "gain over centre recipe", "vessel-days", "database"):
        assert words in out


def test_status_list_and_verify_agree_on_a_finished_campaign(finished: Path, run_sdl: Sdl) -> None:
    db = str(finished / "sdl-data" / "sdl.db")
    code, out, _ = run_sdl("status", "--db", db, "--json")
    assert code == 0
    status = json.loads(out)
    code, out, _ = run_sdl("list", "--db", db, "--json")
    assert code == 0
    (listed,) = json.loads(out)["campaigns"]
    assert status["best"] == listed["best"]
    code, out, _ = run_sdl("verify", "--db", db)
    assert code == 0
    assert "small: intact" in out


def test_export_writes_a_manifest(finished: Path, tmp_path: Path, run_sdl: Sdl) -> None:
    db = str(finished / "sdl-data" / "sdl.db")
    for name in ("csv", "json", "parquet"):
        out_dir = tmp_path / name
        code, out, _ = run_sdl(
            "export", "small", "--db", db, "--format", name, "--out", str(out_dir), "--json"
        )
        assert code == 0
        manifest = json.loads(Path(json.loads(out)["manifest"]).read_text())
        assert manifest["campaign"] == "small"
        assert manifest["files"]


def test_verify_with_a_manifest_finds_a_ledger_cut_short(
    finished: Path, tmp_path: Path, run_sdl: Sdl
) -> None:
    db = tmp_path / "copy.db"
    shutil.copy(finished / "sdl-data" / "sdl.db", db)
    exported = tmp_path / "exported"
    words = ("export", "small", "--db", str(db), "--format", "csv", "--out", str(exported))
    assert run_sdl(*words)[0] == 0
    code, out, _ = run_sdl("verify", "--db", str(db), "--manifest", str(exported))
    assert (code, out.count("intact")) == (0, 2)
    with contextlib.closing(sqlite3.connect(db)) as connection:
        # what somebody with the file in hand can do
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'ledger'"
        ).fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("DELETE FROM ledger WHERE seq = (SELECT max(seq) FROM ledger)")
        connection.commit()
    assert run_sdl("verify", "--db", str(db))[0] == 0  # the chain alone can't show it
    (exported / "experiments.csv").write_text("nothing")
    code, out, _ = run_sdl("verify", "--db", str(db), "--manifest", str(exported))
    assert (code, out.count("CHANGED, 1 fault")) == (1, 2)
    code, _, err = run_sdl("verify", "other", "--db", str(db), "--manifest", str(exported))
    assert (code, "is an export of 'small'" in err) == (2, True)


def test_resume_makes_no_database(tmp_path: Path, run_sdl: Sdl) -> None:
    code, _, err = run_sdl("resume", "--db", str(tmp_path / "none" / "sdl.db"))
    assert (code, "there is no database" in err) == (2, True)
    assert list(tmp_path.iterdir()) == []


def test_validate_says_all_faults_at_once_with_exit_code_2(
    tmp_path: Path, small: Small, run_sdl: Sdl
) -> None:
    text = to_yaml(small().file).replace("unit: pH", "unit: degC").replace("basal", "tea")
    file = tmp_path / "bad.yaml"
    file.write_text(text)
    code, out, err = run_sdl("validate", str(file))
    assert code == 2
    assert "factors.ph.unit" in out
    assert "factors.medium" in out
    assert err == ""
    code, out, _ = run_sdl("validate", str(file), "--json")
    assert code == 2
    facts = json.loads(out)
    assert facts["n_errors"] >= 2
    assert {"severity", "code", "path", "line", "message", "hint"} <= set(facts["diagnostics"][0])


def test_run_refuses_a_faulty_file_before_anything_is_made(tmp_path: Path, run_sdl: Sdl) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text("format: 1\n")
    code, _, err = run_sdl("run", str(file), "--db", str(tmp_path / "x.db"))
    assert code == 2
    assert "error" in err
    assert not (tmp_path / "x.db").exists()


def test_init_writes_a_file_that_is_valid_and_never_overwrites(
    tmp_path: Path, run_sdl: Sdl
) -> None:
    file = str(tmp_path / "mine.yaml")
    assert run_sdl("init", file)[0] == 0
    assert run_sdl("validate", file)[0] == 0
    code, _, err = run_sdl("init", file)
    assert code == 2
    assert "already there" in err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("status", "--db", "nowhere/sdl.db"), "there is no database"),
        (("run", "nowhere.yaml"), "no file"),
        (("report", "ghost"), "no campaign 'ghost'"),
        (("resume",), "has finished"),
        (("resume", "ghost"), "no campaign 'ghost'"),
        (("frobnicate",), "No such command"),
        (("run",), "Missing argument"),
        (("export", "small", "--format", "xls"), "xls"),
    ],
)
def test_wrong_input_gets_a_sentence_and_exit_code_2(
    words: tuple[str, ...],
    says: str,
    finished: Path,
    run_sdl: Sdl,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(finished)
    code, _, err = run_sdl(*words)
    assert code == 2
    assert says in err
    assert "Traceback" not in err


def test_a_failed_campaign_has_exit_code_1(tmp_path: Path, small: Small, run_sdl: Sdl) -> None:
    def change(file: dict[str, Any]) -> None:
        file["plan"].update(rounds=1, batch_size=1)
        file["plant"]["faults"] = [{"kind": "contamination", "device": "R01", "at_day": 2.0}]
        file["on_failure"] = {"action": "abandon", "max_attempts": 1}

    file = tmp_path / "small.yaml"
    file.write_text(to_yaml(small(change).file))
    code, _, err = run_sdl("run", str(file), "--db", str(tmp_path / "x.db"))
    assert code == 1
    assert "campaign failed" in err


def test_doctor_finds_everything_it_needs(tmp_path: Path, run_sdl: Sdl) -> None:
    code, out, _ = run_sdl("doctor", "--db", str(tmp_path / "sdl.db"), "--json")
    facts = json.loads(out)
    assert (code == 0) == facts["is_healthy"]
    names = {check["name"] for check in facts["checks"]}
    assert {"python", "bofire", "HiGHS solver", "SQLite", "database"} <= names


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_process_killed_in_the_middle_resumes_to_the_same_ledger(
    how: signal.Signals, tmp_path: Path, small: Small, run_sdl: Sdl
) -> None:
    def change(file: dict[str, Any]) -> None:
        file["plan"].update(rounds=30)

    file = tmp_path / "long.yaml"
    file.write_text(to_yaml(small(change).file))

    def verified(db: str) -> str:
        code, out, _ = run_sdl("verify", "--db", db)
        assert code == 0
        return out.split("head ")[1]

    whole, cut = str(tmp_path / "whole.db"), str(tmp_path / "cut.db")
    assert run_sdl("run", str(file), "--db", whole, "--no-report")[0] == 0
    process = subprocess.Popen(
        [sys.executable, "-m", "sdl", "run", str(file), "--db", cut, "--no-report"],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("round 10/"):
            break
    time.sleep(0.05)
    process.send_signal(how)
    process.wait(timeout=60)
    process.stderr.close()
    code, out, _ = run_sdl("status", "--db", cut, "--json")
    assert code == 0
    assert json.loads(out)["status"] == "interrupted"
    assert run_sdl("resume", "--db", cut, "--no-report")[0] == 0
    assert verified(cut) == verified(whole)
