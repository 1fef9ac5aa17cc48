"""The code in the documentation runs.

A page's `python` blocks run in order in one namespace, and between them the lines of its `console`
blocks that start with `$ sdl `, all in one directory that holds a copy of sim_configs. A page that
says `<!-- starts-with: quick -->` also finds the database of that campaign. A block with
`file=NAME` after its language is written to that file in its turn, and not run.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
STARTS_WITH_QUICK = "<!-- starts-with: quick -->"
FENCE = re.compile(
    r"^(?P<fence>`{3,})(?P<info>[^`\n]*)\n(?P<body>.*?)^(?P=fence)[ \t]*$", re.M | re.S
)
EXIT = re.compile(r"\s+# exit (\d+)$")


@dataclass(frozen=True)
class Block:
    language: str
    body: str
    line: int  # of its first line of code, from 1
    file: str = ""  # that it is the content of


def blocks_of(text: str) -> list[Block]:
    found = []
    for match in FENCE.finditer(text):
        language, _, rest = match["info"].strip().partition(" ")
        line = text.count("\n", 0, match.start("body")) + 1
        file = rest.removeprefix("file=") if rest.startswith("file=") else ""
        found.append(Block(language, match["body"], line, file))
    return found


def commands_of(block: Block) -> Iterator[tuple[int, str, int]]:
    """Line number, command and expected exit code of each `$ sdl` line."""
    for number, line in enumerate(block.body.splitlines(), start=block.line):
        if line.startswith("$ sdl "):
            expected = EXIT.search(line)
            command = EXIT.sub("", line).removeprefix("$ ")
            yield number, command, int(expected[1]) if expected else 0


def runs_something(page: Path) -> bool:
    return any(
        block.language == "python" or (block.language == "console" and any(commands_of(block)))
        for block in blocks_of(page.read_text(encoding="utf-8"))
    )


def call(command: str, directory: Path, expected: int, where: str) -> None:
    words = shlex.split(command)
    assert words[0] == "sdl", where
    ended = subprocess.run(
        [sys.executable, "-m", *words],
        cwd=directory,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    said = f"{where}: {command}\n{ended.stdout}{ended.stderr}"
    assert ended.returncode == expected, said
    assert "Traceback" not in ended.stderr, said


@pytest.fixture(scope="module")
def quick_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory sdl-data after `sdl run sim_configs/quick.yaml`."""
    directory = tmp_path_factory.mktemp("quick")
    shutil.copytree(ROOT / "sim_configs", directory / "sim_configs")
    call("sdl run sim_configs/quick.yaml", directory, 0, "fixture")
    return directory / "sdl-data"


@pytest.mark.parametrize(
    "page", [p for p in PAGES if runs_something(p)], ids=lambda p: str(p.relative_to(ROOT))
)
def test_the_code_of_a_page_runs(
    page: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    text = page.read_text(encoding="utf-8")
    shutil.copytree(ROOT / "sim_configs", tmp_path / "sim_configs")
    if STARTS_WITH_QUICK in text:
        shutil.copytree(request.getfixturevalue("quick_database"), tmp_path / "sdl-data")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    namespace: dict[str, Any] = {"__name__": "__page__"}
    for block in blocks_of(text):
        if block.file:
            (tmp_path / block.file).write_text(block.body, encoding="utf-8")
        elif block.language == "python":
            # As many empty lines in front as make a traceback tell the page's own line.
            code = compile("\n" * (block.line - 1) + block.body, str(page), "exec")
            exec(code, namespace)
        elif block.language == "console":
            for number, command, expected in commands_of(block):
                call(command, tmp_path, expected, f"{page.name}:{number}")


def test_blocks_are_found_with_their_lines() -> None:
    text = "# A\n\n```python\nx = 1\n```\n\n````text\n```python\nno\n```\n````\n"
    assert blocks_of(text) == [
        Block("python", "x = 1\n", 4),
        Block("text", "```python\nno\n```\n", 8),
    ]
    console = Block("console", "$ sdl list  # exit 2\nnothing\n$ ls\n$ sdl list\n", 3)
    assert list(commands_of(console)) == [(3, "sdl list", 2), (6, "sdl list", 0)]


def test_the_pages_that_must_run_are_there() -> None:
    running = {str(p.relative_to(ROOT)) for p in PAGES if runs_something(p)}
    assert {"README.md", "docs/tutorials/first-campaign.md"} <= running
    assert "docs/how-to/use-from-python.md" in running
