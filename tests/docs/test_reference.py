"""The reference pages against the code: what they list is what there is, no more and no less."""

from __future__ import annotations

import ast
import importlib.util
import inspect
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import click
import pytest

import sdl
from sdl.campaign import schema_text, validate
from sdl.cli.app import COMMANDS, LazyGroup, app
from sdl.export.manifest import FileFacts, write_manifest
from sdl.result import CampaignResult
from sdl.store import CampaignState
from sdl.store.folding import HANDLERS
from sdl.store.models import TRIGGER_NAMES, metadata
from sdl.store.tables import Column

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs" / "reference"
CODE = re.compile(r"`([^`]+)`")


def text_of(page: str) -> str:
    return (PAGES / page).read_text(encoding="utf-8")


def section(text: str, title: str) -> str:
    """Return what stands under a heading, up to the next one of its level or above."""
    level = title.index(" ")
    found = re.search(
        rf"^{re.escape(title)}\n(.*?)(?=^#{{1,{level}}} |\Z)", text, re.DOTALL | re.MULTILINE
    )
    assert found, f"there is no section {title!r}"
    return found.group(1)


def rows(text: str) -> list[list[str]]:
    """Return the cells of all tables in a text, without heads and rules."""
    cells: list[list[str]] = []
    is_body = False
    for line in text.splitlines():
        if not line.startswith("|"):
            is_body = False
            continue
        parts = [part.strip() for part in re.split(r"(?<!\\)\|", line)[1:-1]]
        if set("".join(parts)) <= {"-"}:
            is_body = True
        elif is_body:
            cells.append(parts)
    return cells


def first_codes(text: str) -> list[str]:
    return [CODE.findall(row[0])[0] for row in rows(text)]


def parsed(*places: str) -> Iterator[ast.AST]:
    for place in places:
        path = ROOT / place
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            yield from ast.walk(ast.parse(file.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_reference", ROOT / "docs/make_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# Generated parts


@pytest.mark.parametrize("page", ["campaign-file.md", "signals.md", "python-api.md", "export.md"])
def test_generated_tables_are_those_of_the_code(generator: ModuleType, page: str) -> None:
    assert page in generator.GENERATED
    assert generator.renewed(page, text_of(page)) == text_of(page), (
        "out of date: python docs/make_reference.py"
    )


def test_campaign_page_has_every_key_of_the_published_schema() -> None:
    assert (PAGES / "campaign.schema.json").read_text(encoding="utf-8") == schema_text()
    schema = json.loads(schema_text())
    parts = [schema, *schema["$defs"].values()]
    n_keys = sum(len(part.get("properties", ())) for part in parts)
    listed = rows(text_of("campaign-file.md"))
    assert len(listed) == n_keys
    assert all(len(row) == 5 and row[4] not in ("", "–") for row in listed)


# Command line


def test_cli_page_has_every_command_in_order() -> None:
    assert re.findall(r"^## `sdl (\w+)`$", text_of("cli.md"), re.MULTILINE) == list(COMMANDS)


@pytest.mark.parametrize("name", list(COMMANDS))
def test_cli_page_has_every_parameter_and_default(name: str) -> None:
    assert isinstance(app, LazyGroup)
    command = app.get_command(click.Context(app), name)
    assert command is not None
    listed = {
        CODE.findall(row[0])[0]: row[1]
        for row in rows(section(text_of("cli.md"), f"## `sdl {name}`"))
    }
    there = {}
    for param in command.params:
        key = (
            param.opts[0]
            if isinstance(param, click.Option)
            else param.make_metavar(click.Context(command)).strip("[]")
        )
        there[key] = param
    assert list(listed) == list(there)
    for key, param in there.items():
        default = param.to_info_dict()["default"]
        if getattr(param, "is_flag", False):
            assert listed[key] == "off"
        elif param.required:
            assert listed[key] == "required"
        elif default is not None and not repr(default).startswith("Sentinel"):
            assert listed[key] == f"`{default}`"
        else:
            assert listed[key] not in ("", "required", "off")


def test_exit_codes() -> None:
    listed = [row[0] for row in rows(section(text_of("cli.md"), "## Exit codes"))]
    assert listed == ["0", "1", "2", "130"]


# Ledger events


def recorded() -> dict[str, set[str]]:
    """Return the payload keys of each kind that is recorded with keys written out."""
    kinds: dict[str, set[str]] = defaultdict(set)
    for node in parsed("sdl/engine", "sdl/running.py"):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        if node.func.attr != "record" or not isinstance(node.args[0], ast.Constant):
            continue
        kind = str(node.args[0].value)
        kinds[kind] |= {k.arg for k in node.keywords if k.arg is not None} - {"actor"}
        if kind == "proposal.asked":
            kinds[kind] |= answer_keys()
        elif kind == "campaign.finished":
            kinds[kind] |= set(CampaignState("c").summary())
        else:
            assert all(k.arg is not None for k in node.keywords), f"{kind}: keys not written out"
    return dict(kinds)


def answer_keys() -> set[str]:
    """Return the keys of an answer, which the model and the centre recipe must share."""
    found = [
        {str(key.value) for key in node.keys if isinstance(key, ast.Constant)}
        for node in parsed("sdl/engine/asking.py")
        if isinstance(node, ast.Dict) and len(node.keys) > 3
    ]
    assert len(found) == 2
    assert found[0] == found[1]
    return found[0]


def test_ledger_page_has_every_kind_and_key() -> None:
    table = text_of("ledger-events.md").partition("## What the keys hold")[0]
    listed = {CODE.findall(row[0])[0]: set(CODE.findall(row[2])) for row in rows(table)}
    assert listed == recorded()
    assert set(listed) == set(HANDLERS)


# Diagnostics

NO_CODE = {"sdl.campaign", "template.yaml"}


def diagnostic_codes() -> dict[str, str]:
    """Return each code found in the checks with its severity."""
    shape = re.compile(r"[a-z]+\.[a-z][a-z0-9-]*")
    severities: dict[str, set[str]] = {}
    for node in parsed("sdl/campaign"):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if shape.fullmatch(node.value) and node.value not in NO_CODE:
                severities.setdefault(node.value, set())
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
            words = {"warning": {"warning"}, "error": {"error"}, "tell": {"error", "warning"}}
            for code in codes_of(node.args[0]):
                severities.setdefault(code, set()).update(words.get(node.func.id, set()))
    return {code: " or ".join(sorted(found or {"error"})) for code, found in severities.items()}


def codes_of(node: ast.expr) -> list[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and "." in node.value:
        return [] if node.value in NO_CODE else [node.value]
    if isinstance(node, ast.JoinedStr) and ast.unparse(node).startswith("f'domain.{noun}-"):
        end = ast.unparse(node).rpartition("}")[2].strip("'")
        return [f"domain.{noun}{end}" for noun in ("factor", "output")]
    return []


def test_diagnostics_page_has_every_code_with_its_severity() -> None:
    listed = [(CODE.findall(row[0])[0], row[1]) for row in rows(text_of("diagnostics.md"))]
    assert len(listed) == len(dict(listed)), "a code stands twice"
    assert dict(listed) == diagnostic_codes()
    assert all(row[2] for row in rows(text_of("diagnostics.md")))


def test_a_diagnostic_looks_as_the_page_shows(tmp_path: Path) -> None:
    shown = re.search(r"^(error\[.*)$", text_of("diagnostics.md"), re.MULTILINE)
    assert shown is not None
    lines = ["format: 1", *["#"] * 8, "factors:", "  ph:"]
    ph = "    {kind: continuous, unit: pH, low: 6.8, high: 7.3, center: 8.0}"
    found = [str(one) for one in validate("\n".join([*lines, ph]))]
    assert shown.group(1) in found


# Database


def test_database_page_has_every_table_and_column_in_order() -> None:
    text = section(text_of("database.md"), "## Tables")
    listed = {
        name: first_codes(section(text, f"### `{name}`"))
        for name in re.findall(r"^### `(\w+)`$", text, re.MULTILINE)
    }
    assert listed == {name: list(table.columns.keys()) for name, table in metadata.tables.items()}


def test_database_page_has_every_trigger() -> None:
    text = section(text_of("database.md"), "## Append-only")
    assert tuple(first_codes(text)) == TRIGGER_NAMES


# Python


def test_python_page_has_every_public_name() -> None:
    listed = first_codes(section(text_of("python-api.md"), "## Names of `sdl`"))
    names = [word.partition("(")[0] for word in listed]
    assert sorted(names) == sorted(sdl.__all__)
    for word, name in zip(listed, names, strict=True):
        parameters = [p.strip() for p in word.partition("(")[2].rstrip(")").split(",") if p.strip()]
        if parameters:
            wanted = list(inspect.signature(getattr(sdl, name)).parameters)
            assert [p for p in parameters if p != "*"] == wanted


def test_python_page_has_every_method_of_a_result() -> None:
    text = section(text_of("python-api.md"), "## `CampaignResult`")
    methods = {n for n in vars(CampaignResult) if not n.startswith("_")}
    assert {word.partition("(")[0] for word in first_codes(text)} == methods
    named = set(CODE.findall(text))
    assert set(CampaignState("c").summary()) <= named
    assert {"db", "campaign_id"} <= named


# Export


def test_export_page_has_every_key_of_the_manifest(tmp_path: Path) -> None:
    column = Column("seq", "int64", "", "position")
    facts = FileFacts("ledger.csv", "ledger", 1, 2, "0" * 64, (column,))
    path = write_manifest(
        tmp_path, campaign="c", name="c", format_="csv", head=(1, "0" * 64), files=[facts]
    )
    content = json.loads(path.read_text(encoding="utf-8"))
    tables = section(text_of("export.md"), "## The manifest")
    top, _, of_file = tables.partition("Each of `files`:")
    assert first_codes(top) == list(content)
    assert first_codes(of_file) == list(content["files"][0])
    columns = next(row[1] for row in rows(of_file) if row[0] == "`columns`")
    assert CODE.findall(columns) == list(content["files"][0]["columns"][0])


# Benchmarks


def test_benchmark_page_has_every_figure() -> None:
    text = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    there = {
        str(node.value)
        for node in parsed("benchmarks/loop.py")
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch(r"[a-z0-9_]+_(\d+k?|s)", node.value)
    }
    of_the_loop, _, of_the_twin = text.partition("## The twin beside its peers")
    assert set(first_codes(of_the_loop)) == there
    figures = {
        str(node.value) for node in parsed("benchmarks/twin.py") if isinstance(node, ast.Constant)
    } | {"indpensim_vs_pensimpy_ratio"}  # made in indpensim_parity.py
    assert first_codes(of_the_twin)
    assert set(first_codes(of_the_twin)) <= figures
