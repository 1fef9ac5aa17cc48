"""Files that are no campaign at all, or meant to harm: a diagnostic, quickly, in little memory."""

from __future__ import annotations

import os
import time
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sdl.campaign import CampaignInvalid, Diagnostic, load, loads, validate

DEMO = (Path(__file__).parents[3] / "sim_configs" / "cho_fedbatch.yaml").read_text(encoding="utf-8")
BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "\n".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]"
    for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)


def diagnose(content: str | bytes) -> list[Diagnostic]:
    try:
        return list(loads(content).warnings)
    except CampaignInvalid as invalid:
        return list(invalid.diagnostics)


HOSTILE: list[tuple[str, bytes, str, int | None]] = [
    ("empty", b"", "yaml.empty", None),
    ("blank", b"  \n\n# nothing\n", "yaml.empty", None),
    ("a text", b"hello", "yaml.not-a-mapping", 1),
    ("a list", b"- a\n- b\n", "yaml.not-a-mapping", 1),
    ("Latin-1", "name: Jürgen\n".encode("latin-1"), "file.not-utf8", 1),
    ("not UTF-8 further down", b"a: 1\nb: \xff\xfe\n", "file.not-utf8", 2),
    ("UTF-16", DEMO.encode("utf-16"), "file.not-utf8", 1),
    ("NUL", b"a: 1\nname: x\x00y\n", "yaml.control-character", 2),
    ("a PNG", b"\x89PNG\r\n\x1a\n\x00\x00", "file.not-utf8", 1),
    ("10 MB of lists", b"[" * 10_000_000, "file.too-large", None),
    ("10 MB of mappings", b"{a: " * 2_500_000, "file.too-large", None),
    ("1 MB of lists", b"[" * 1_000_000, "yaml.too-deep", 1),
    ("1 MB of mappings", b"{a: " * 250_000, "yaml.too-deep", 1),
    ("1 MB of dashes", b"- " * 500_000, "yaml.too-deep", 1),
    ("1 MB of question marks", b"? " * 500_000, "yaml.key-not-text", 1),
    ("1 MB of items", b"a: [" + b"1," * 500_000, "yaml.too-many-values", 1),
    (
        "1 MB of keys",
        "".join(f"k{n}: 1\n" for n in range(100_000)).encode(),
        "yaml.too-many-values",
        20_000,
    ),
    ("1 MB of one word", b"name: " + b"x" * 1_000_000, "name.format", 1),
    ("1 MB of digits", b"seed: " + b"9" * 1_000_000, "value.type", 1),
    (
        "1 MB of anchors",
        b"".join(b"- &a%d 1\n" % n for n in range(70_000)),
        "yaml.too-many-values",
        None,
    ),
    ("YAML bomb", BOMB.encode(), "yaml.alias-bomb", None),
    ("one key of 1 MB", b"? " + b"k" * 1_000_000 + b"\n: 1", "yaml.key-not-text", 1),
]


@pytest.mark.parametrize(
    ("content", "code", "line"), [case[1:] for case in HOSTILE], ids=[case[0] for case in HOSTILE]
)
def test_a_hostile_file_is_answered_quickly(content: bytes, code: str, line: int | None) -> None:
    diagnose(b"a: 1")  # what is loaded once is loaded before the clock starts
    started = time.process_time()
    told = diagnose(content)
    assert time.process_time() - started < 1.0
    assert code in {d.code for d in told}
    assert all(d.message and d.severity == "error" for d in told)
    assert all(len(str(d)) < 2_000 for d in told)
    if line is not None:
        assert {d.line for d in told if d.code == code} == {line}


def test_a_hostile_file_takes_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    path.write_bytes(b"[" * 50_000_000)
    validate(path)
    tracemalloc.start()
    try:
        assert [d.code for d in validate(path)] == ["file.too-large"]
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
        tracemalloc.reset_peak()
        diagnose(BOMB)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_many_faults_are_cut_to_a_readable_number() -> None:
    text = DEMO + "".join(f"k{n}: 1\n" for n in range(5_000))
    started = time.process_time()
    told = diagnose(text)
    assert time.process_time() - started < 2.0
    assert 100 <= len(told) <= 201
    assert any(d.code == "file.more-faults" for d in told)


@pytest.mark.parametrize("backend", ["with libyaml", "without libyaml"])
def test_both_backends_of_pyyaml_give_the_same(
    backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import yaml

    if backend == "without libyaml":
        monkeypatch.delattr(yaml, "CSafeLoader", raising=False)
    assert diagnose(DEMO) == []
    for _, content, code, _ in HOSTILE[::3]:
        assert code in {d.code for d in diagnose(content)}
    told = diagnose(
        DEMO.replace("low: 6.8", "low: 7.9").replace('unit: "%", assay', "unit: %, assay")
    )
    assert [(d.code, d.path) for d in told] == [("yaml.syntax", "")]
    assert told[0].line is not None
    assert "viability" in DEMO.splitlines()[told[0].line - 1]


def test_places_that_are_no_file(tmp_path: Path) -> None:
    assert [d.code for d in validate(tmp_path / "none.yaml")] == ["file.not-found"]
    assert [d.code for d in validate(tmp_path)] == ["file.not-a-file"]
    assert [d.code for d in validate("a\0b")] == ["file.not-found"]
    assert [d.code for d in validate(str(tmp_path / ("x" * 300)))] == ["file.unreadable"]
    with pytest.raises(CampaignInvalid, match=r"file\.not-found"):
        load(tmp_path / "none.yaml")


@pytest.mark.parametrize("escape", ["\\0", "\\ud800", "\\x1b", "\\L", "\\ufeff"])
def test_no_escape_brings_in_what_cannot_be_stored(escape: str) -> None:
    told = diagnose(DEMO.replace("title: mAb", f'title: "{escape}" # mAb'))
    # libyaml itself refuses half a surrogate pair, PyYAML's own scanner does not.
    assert {d.code for d in told} <= {"value.control-character", "yaml.syntax"}
    assert len(told) == 1


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert [d.code for d in validate(pipe)] == ["file.not-a-file"]


def test_a_byte_order_mark_and_other_line_breaks_are_fine() -> None:
    assert diagnose(b"\xef\xbb\xbf" + DEMO.encode()) == []
    assert diagnose(DEMO.replace("\n", "\r\n").encode()) == []


def test_the_aliases_of_an_honest_file_are_fine() -> None:
    text = DEMO.replace("at_day: [7, 10, 14]", "at_day: &days [7, 10, 14]")
    assert diagnose(text) == []
    again = text.replace(
        "  turnaround_h", "    - {assay: glucose, at_day: *days, volume_ml: 0.5}\n  turnaround_h"
    )
    assert diagnose(again) == []


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
@example(b"\xef\xbb\xbf")
@example(b"? ")
@example(b"a: &a\nb: *a")
@example(b"%YAML 9.9\n---\na: 1")
@example(b"!")
@example(b"{}: {}")
def test_any_bytes_give_diagnostics(content: bytes) -> None:
    assert all(isinstance(d, Diagnostic) for d in diagnose(content))
    assert diagnose(content)


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="ab:-?[]{},&*!|>'\"%#~ \n\t01.e<\\", max_size=80))
def test_any_text_of_yaml_signs_gives_diagnostics(text: str) -> None:
    assert diagnose(text)


SNIPPETS = st.sampled_from(
    ["", "null", "true", "-1", "1e999", ".nan", "'7'", "[]", "{}", "[[]]", "{a: 1}", "&x [1]", "*x",
     "!!str a", "name", "1_000", "0x1F", "12:30", "9" * 30, "\u00e9", "'''", "{kind: linear}", "~",
     "\n"]
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_any_mutation_of_the_demo_gives_diagnostics_or_a_campaign(data: st.DataObject) -> None:
    text = DEMO
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        length = data.draw(st.integers(0, 12))
        text = text[:start] + data.draw(SNIPPETS) + text[start + length :]
    for diagnostic in diagnose(text):
        assert diagnostic.code
        assert diagnostic.message
        assert diagnostic.line is None or 1 <= diagnostic.line <= text.count("\n") + 1


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_any_value_in_any_place_gives_diagnostics_or_a_campaign(data: st.DataObject) -> None:
    """Values of the wrong kind, key by key: what reading YAML can't catch."""
    lines = DEMO.splitlines()
    keyed = [
        n for n, line in enumerate(lines) if ": " in line and not line.lstrip().startswith("#")
    ]
    for _ in range(data.draw(st.integers(1, 3))):
        n = data.draw(st.sampled_from(keyed))
        key, _, _ = lines[n].partition(": ")
        lines[n] = f"{key}: {data.draw(SNIPPETS)}"
    assert isinstance(diagnose("\n".join(lines)), list)
