"""The commented campaign file that `sdl init` writes."""

from __future__ import annotations

import re
from importlib.resources import files

_NAME_LINE = "name: my_campaign"
_SCHEMA_REF = "campaign.schema.json"


def template(name: str = "my_campaign", schema: str = _SCHEMA_REF) -> str:
    """Return a valid, commented campaign file; its name is `slug(name)`.

    `schema` is the path or URL of the JSON Schema (see `schema_text`) that an editor will read.
    """
    text = files("sdl.campaign").joinpath("template.yaml").read_text(encoding="utf-8")
    return text.replace(_NAME_LINE, f"name: {slug(name)}", 1).replace(
        f"$schema={_SCHEMA_REF}", f"$schema={schema}", 1
    )


def slug(name: str) -> str:
    """Return the name in the form that a campaign's name has: `2027 Run A` is `c_2027_run_a`."""
    plain = re.sub(r"[^a-z0-9_-]+", "_", name.lower()).strip("_-") or "my_campaign"
    return (plain if plain[0].isalpha() else f"c_{plain}")[:63]
