"""The JSON Schema of a scenario file, for editors and for documentation."""

from __future__ import annotations

import json
from typing import Any

from twin.scenario.model import ScenarioFile


def json_schema() -> dict[str, Any]:
    """Return the schema (draft 2020-12) with a description of every key."""
    schema = ScenarioFile.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def schema_text() -> str:
    """Return the schema as it is published, JSON with a line break at its end."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    import sys

    sys.stdout.write(schema_text())
