"""Write the generated tables of the reference pages: the campaign file, signals, exports.

Each table stands between two markers of its page, `<!-- generated: name -->` and
`<!-- end: name -->`; what is outside of them is written by hand. Run it after a change of the
campaign format, of the plant or of the exported tables: `python docs/make_reference.py`. With
`--check` it writes nothing and ends with 1 if a page is out of date.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo

from drivers import InstrumentInfo, PlantSpec, PropertyInfo, describe_plant
from sdl.campaign import campaign_from_dict, json_schema, loads, normalised, template
from sdl.export.content import LEDGER_COLUMNS, READING_COLUMNS, SERIES_COLUMNS
from sdl.store.state import CampaignState
from sdl.store.tables import EXPERIMENTS, PROPOSALS, RESULTS, Column

PAGES = Path(__file__).parent / "reference"
NONE = "–"
Rows = Iterable[Sequence[str]]


def markers(name: str) -> tuple[str, str]:
    """Return the lines that a generated part stands between."""
    return f"<!-- generated: {name} -->", f"<!-- end: {name} -->"


def table(head: Sequence[str], rows: Rows) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|") or NONE


def code(text: object) -> str:
    return f"`{text}`"


# The campaign file


def campaign_tables() -> str:
    """Return one section per mapping of the campaign file, from the published JSON Schema."""
    schema = json_schema()
    parts = [("The file", "", schema)]
    parts += [(title, intro, schema["$defs"][name]) for title, intro, name in _SECTIONS]
    _refuse_forgotten(schema)
    return "\n\n".join(
        f"## {title}\n\n{intro or _plain(node)}\n\n{_keys(node, schema)}"
        for title, intro, node in parts
    )


_SECTIONS = (
    ("`factors.<name>`, kind continuous", "", "ContinuousFactor"),
    ("`factors.<name>`, kind integer", "", "IntegerFactor"),
    ("`factors.<name>`, kind discrete", "", "DiscreteFactor"),
    ("`factors.<name>`, kind categorical", "", "CategoricalFactor"),
    ("`constraints[]`", "", "LinearConstraint"),
    ("`outputs.<name>`", "", "Output"),
    ("`plan`", "", "Plan"),
    ("`recipe`", "", "Recipe"),
    ("`recipe.samples[]`", "", "SamplePlan"),
    ("`on_failure`", "", "OnFailure"),
    ("`plant`", "", "PlantSpec"),
    ("`plant.vessels`", "", "VesselsSpec"),
    (
        "`plant.liquid_handlers`, `plant.plate_readers`, `plant.cell_counters`",
        "",
        "SharedSpec",
    ),
    (
        "`plant.hplcs`, `plant.osmometers`, `plant.blood_gas_analyzers`, "
        "`plant.metabolite_analyzers`",
        "",
        "OptionalSpec",
    ),
    ("`plant.at_line`", "", "AtLineSpec"),
    ("`plant.robot_arms`, `plant.agvs`", "", "MoversSpec"),
    ("`plant.variability`", "", "VariabilitySpec"),
    ("`plant.probes`", "", "ProbesSpec"),
    (
        "`plant.faults[]`",
        "A fault at a time on a device (`device` and `at_day`), or at random in any culture "
        "(`hazard_per_run`); give the one or the other.",
        "FaultSpec",
    ),
)


def _refuse_forgotten(schema: Mapping[str, Any]) -> None:
    listed = {name for _, _, name in _SECTIONS}
    there = {name for name, node in schema["$defs"].items() if "properties" in node}
    if listed != there:
        raise SystemExit(f"sections and schema differ: {sorted(listed ^ there)}")


def _plain(node: Mapping[str, Any]) -> str:
    return " ".join(str(node.get("description", "")).split())


def _keys(node: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    required = node.get("required", ())
    rows = [
        (
            code(key),
            _type(part),
            str(part.get("unit", "")),
            "required" if key in required else _default(part),
            str(part.get("description", "")),
        )
        for key, part in node["properties"].items()
    ]
    return table(("key", "type", "unit", "default", "meaning"), rows)


def _default(part: Mapping[str, Any]) -> str:
    if "default" not in part:  # made when the file is read
        return "see its table" if "$ref" in part else "empty mapping"
    value = part["default"]
    if value is None:
        return "none"
    if value == []:
        return "empty list"
    if isinstance(value, dict):
        return "see its table" if value else "empty mapping"
    return code(str(value).lower() if isinstance(value, bool) else value)


def _type(part: Mapping[str, Any]) -> str:
    if "$ref" in part:
        return _ref(part["$ref"])
    if "const" in part:
        return code(part["const"])
    if "enum" in part:
        return " or ".join(code(option) for option in part["enum"])
    if "oneOf" in part:
        return "one of the kinds below"
    if "anyOf" in part:
        options = [_type(one) for one in part["anyOf"] if one.get("type") != "null"]
        return " or ".join(options)
    kind = part.get("type")
    if kind == "array":
        return f"list of {_plural(part['items'])}{_length(part, 'minItems', 'maxItems')}"
    if kind == "object":
        return _mapping(part)
    if kind == "string":
        return _text(part)
    if kind in ("number", "integer"):
        return ("number" if kind == "number" else "whole number") + _range(part)
    if kind == "boolean":
        return "true or false"
    if not part:
        return "any JSON value"
    raise SystemExit(f"no words for {part}")


def _ref(ref: str) -> str:
    name = ref.rpartition("/")[2]
    if name == "JsonValue":
        return "any JSON value"
    return "mapping"


def _plural(part: Mapping[str, Any]) -> str:
    words = _type(part)
    for one, many in (("whole number", "whole numbers"), ("number", "numbers"), ("text", "texts")):
        if words.startswith(one):
            return many + words[len(one) :]
    return "mappings" if words == "mapping" else words


def _mapping(part: Mapping[str, Any]) -> str:
    values = part.get("additionalProperties")
    named = part.get("patternProperties")
    if named:
        values = next(iter(named.values()))
    of = f" of names to {_plural(values)}" if isinstance(values, dict) and values else ""
    return f"mapping{of}{_length(part, 'minProperties', 'maxProperties')}"


def _text(part: Mapping[str, Any]) -> str:
    if part.get("format") == "date-time":
        return "date and time with zone"
    if "pattern" in part:
        return f"text like {code(part['pattern'])}"
    return f"text{_length(part, 'minLength', 'maxLength')}"


def _length(part: Mapping[str, Any], low: str, high: str) -> str:
    least, most = part.get(low, 0), part.get(high)
    if most is None:
        return f" (at least {least:,})" if least else ""
    return f" ({least:,} to {most:,})" if least else f" (at most {most:,})"


def _range(part: Mapping[str, Any]) -> str:
    signs = (
        ("exclusiveMinimum", ">"),
        ("minimum", "≥"),
        ("exclusiveMaximum", "<"),
        ("maximum", "≤"),
    )
    limits = [f"{sign} {part[key]:,}" for key, sign in signs if key in part]
    return f" {' and '.join(limits)}" if limits else ""


# Signals, programs and assays


def described() -> dict[str, InstrumentInfo]:
    """Return one instrument of each kind, as a plant with one of each publishes them."""
    one = {"count": 1}
    sections = (name for name, field in PlantSpec.model_fields.items() if _has_count(field))
    plant = PlantSpec.model_validate(dict.fromkeys(sections, one))
    return {info.kind: info for info in describe_plant(plant).values()}


def _has_count(field: FieldInfo) -> bool:
    return "count" in getattr(field.annotation, "model_fields", ())


def signal_tables() -> str:
    """Return the signals of each kind of instrument that has any."""
    head = ("signal", "unit", "range", "interval", "settable", "meaning")
    parts = []
    for kind, info in described().items():
        rows = [
            (
                code(one.name),
                one.unit,
                _span(one.low, one.high),
                "not sampled" if one.interval_s is None else f"{one.interval_s / 60:g} min",
                "yes" if one.is_writable else "no",
                one.doc,
            )
            for one in info.signals.values()
        ]
        if rows:
            parts.append(f"### {code(kind)}\n\n{table(head, rows)}")
    return "\n\n".join(parts)


def program_tables() -> str:
    """Return the programs of each kind of instrument, with their properties."""
    head = ("property", "unit", "allowed", "default", "achieved value", "meaning")
    parts = []
    for kind, info in described().items():
        for program in info.programs.values():
            rows = [
                (
                    code(one.name),
                    one.unit,
                    _allowed(one),
                    "required" if one.default is None else code(one.default),
                    _achieved(one),
                    one.doc,
                )
                for one in program.properties.values()
            ]
            text = table(head, rows) if rows else "It has no properties."
            doc = program.doc[:1].upper() + program.doc[1:]
            owner = f"{'an' if kind[0] in 'aeioh' else 'a'} {code(kind)}"
            parts.append(f"### {code(program.name)} of {owner}\n\n{doc}.\n\n{text}")
    return "\n\n".join(parts)


def assay_table() -> str:
    """Return the assays with their measuring ranges."""
    rows = [
        (code(one.name), one.unit, _span(one.low, one.high), code(one.instrument), one.doc)
        for info in described().values()
        for one in info.assays.values()
    ]
    return table(("assay", "unit", "measuring range", "instrument", "how"), rows)


def _span(low: float | None, high: float | None) -> str:
    if low is None and high is None:
        return ""
    if low is None or high is None:
        return f"≥ {low:,g}" if low is not None else f"≤ {high:,g}"
    return f"{_number(low)} to {_number(high)}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1e5 else f"{value:g}"


def _allowed(one: PropertyInfo) -> str:
    if one.name == "vessel":
        return "a vessel of the plant"
    if one.levels is not None and one.levels[0] == "LH1.1":
        is_deck = all(level.startswith("LH1.") for level in one.levels)
        return "a slot of its deck" if is_deck else "a place in its reach"
    if one.levels is not None and one.levels[0] == "dock.1":
        return "a place in its reach"
    if one.levels is not None:
        return ", ".join(map(code, one.levels))
    return _span(one.low, one.high)


def _achieved(one: PropertyInfo) -> str:
    if one.result is not None:
        return f"result {code(one.result)}"
    if one.signal is not None:
        return f"mean of {code(one.signal)} over {', '.join(one.phases)}"
    return "as commanded"


# Tables of a campaign


def table_columns() -> dict[str, list[Column]]:
    """Return the columns of each exported table, with <factor> and <output> for the names."""
    file = normalised(campaign_from_dict(normalised(loads(template()).file)).file)
    factor = {"kind": "continuous", "unit": "<unit>"}
    output = {"unit": "<unit>", "assay": "<assay>"}
    file |= {"factors": {"<factor>": factor}, "outputs": {"<output>": output}}
    state = CampaignState("c")
    state.file = file
    return {one.name: one.columns(state) for one in (EXPERIMENTS, PROPOSALS, RESULTS)} | {
        "ledger": list(LEDGER_COLUMNS),
        "series": list(SERIES_COLUMNS),
        "readings": list(READING_COLUMNS),
    }


def column_tables(*names: str) -> str:
    """Return the columns of some tables."""
    known = table_columns()
    return "\n\n".join(f"### {code(name)}\n\n" + columns_of(known[name]) for name in names or known)


def columns_of(columns: Iterable[Column]) -> str:
    rows = [
        (code(c.name), c.dtype, c.unit.replace("<unit>", "the file's"), c.description)
        for c in columns
    ]
    return table(("column", "type", "unit", "meaning"), rows)


def experiment_columns() -> str:
    return columns_of(table_columns()["experiments"])


def result_columns() -> str:
    return columns_of(table_columns()["results"])


def export_columns() -> str:
    return column_tables("proposals", "ledger", "series", "readings")


GENERATED: dict[str, dict[str, Callable[[], str]]] = {
    "campaign-file.md": {"keys": campaign_tables},
    "signals.md": {
        "signals": signal_tables,
        "programs": program_tables,
        "assays": assay_table,
    },
    "python-api.md": {"experiments": experiment_columns, "results": result_columns},
    "export.md": {"columns": export_columns},
}


def renewed(page: str, text: str) -> str:
    """Return a page's text with its generated parts made anew."""
    for name, make in GENERATED[page].items():
        begin, end = markers(name)
        pattern = re.compile(f"{re.escape(begin)}\n.*?{re.escape(end)}", re.DOTALL)
        if len(pattern.findall(text)) != 1:
            raise SystemExit(f"{page} must hold {begin} and {end} once")
        part = f"{begin}\n{make()}\n{end}"
        text = pattern.sub(lambda _, part=part: part, text)
    return text


def main(arguments: Sequence[str]) -> int:
    is_check = "--check" in arguments
    stale = []
    for page in GENERATED:
        path = PAGES / page
        before = path.read_text(encoding="utf-8")
        after = renewed(page, before)
        if after != before:
            stale.append(page)
            if not is_check:
                path.write_text(after, encoding="utf-8")
    word = "out of date" if is_check else "written"
    print(f"{word}: {', '.join(stale)}" if stale else "nothing to do")
    return 1 if is_check and stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
