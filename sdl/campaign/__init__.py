"""The campaign file: its format, what may be wrong with it, and how to say so.

`load` gives a `Campaign` or raises `CampaignInvalid` with every fault of the file; `validate`
gives the faults. Public names load their module on first use, and no name is also a module's.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sdl.campaign.diagnostics import (
        CampaignInvalid,
        Diagnostic,
        render,
        render_all,
        to_json,
    )
    from sdl.campaign.dump import to_yaml
    from sdl.campaign.loading import (
        Campaign,
        campaign_from_dict,
        campaign_from_file,
        digest,
        load,
        loads,
        normalised,
        validate,
    )
    from sdl.campaign.model import (
        CampaignFile,
        CategoricalFactor,
        ContinuousFactor,
        DiscreteFactor,
        Factor,
        IntegerFactor,
        LinearConstraint,
        NumericFactor,
        OnFailure,
        Output,
        Plan,
        Recipe,
        SamplePlan,
        numeric_range,
        property_of,
    )
    from sdl.campaign.schema import json_schema, schema_text
    from sdl.campaign.templates import slug, template

_MODULES = {
    "diagnostics": ("CampaignInvalid", "Diagnostic", "render", "render_all", "to_json"),
    "dump": ("to_yaml",),
    "loading": (
        "Campaign",
        "campaign_from_dict",
        "campaign_from_file",
        "digest",
        "load",
        "loads",
        "normalised",
        "validate",
    ),
    "model": (
        "CampaignFile",
        "CategoricalFactor",
        "ContinuousFactor",
        "DiscreteFactor",
        "Factor",
        "IntegerFactor",
        "LinearConstraint",
        "NumericFactor",
        "OnFailure",
        "Output",
        "Plan",
        "Recipe",
        "SamplePlan",
        "numeric_range",
        "property_of",
    ),
    "schema": ("json_schema", "schema_text"),
    "templates": ("slug", "template"),
}
_HOME = {name: module for module, names in _MODULES.items() for name in names}

__all__ = [
    "Campaign",
    "CampaignFile",
    "CampaignInvalid",
    "CategoricalFactor",
    "ContinuousFactor",
    "Diagnostic",
    "DiscreteFactor",
    "Factor",
    "IntegerFactor",
    "LinearConstraint",
    "NumericFactor",
    "OnFailure",
    "Output",
    "Plan",
    "Recipe",
    "SamplePlan",
    "campaign_from_dict",
    "campaign_from_file",
    "digest",
    "json_schema",
    "load",
    "loads",
    "normalised",
    "numeric_range",
    "property_of",
    "render",
    "render_all",
    "schema_text",
    "slug",
    "template",
    "to_json",
    "to_yaml",
    "validate",
]


def __getattr__(name: str) -> object:
    if name in _HOME:
        return getattr(import_module(f"sdl.campaign.{_HOME[name]}"), name)
    raise AttributeError(f"module 'sdl.campaign' has no attribute {name!r}")
