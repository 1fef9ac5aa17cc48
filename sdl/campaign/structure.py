"""The structure of a campaign file: pydantic's errors as findings, and the parts that are sound.

pydantic tells all structural faults at once. The semantic checks then get a `Draft`: every factor,
constraint, output and section that is sound by itself, so that one misspelt key hides nothing.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from drivers import PlantSpec
from sdl.campaign.diagnostics import Finding, Where, error
from sdl.campaign.messages import explain, place
from sdl.campaign.model import (
    CampaignFile,
    Factor,
    LinearConstraint,
    OnFailure,
    Output,
    Plan,
    SamplePlan,
)
from sdl.campaign.values import JsonObject, Name, Setting

MAX_FINDINGS = 200
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Draft:
    """What is sound of a campaign file that may have faults; `raw` is the file's plain value."""

    raw: Mapping[str, Any]
    factors: Mapping[str, Factor]
    constraints: Mapping[int, LinearConstraint]
    outputs: Mapping[str, Output]
    domain: Mapping[str, Any] | None
    plan: Plan | None
    program: str | None
    settings: Mapping[str, float | str]
    samples: Mapping[int, SamplePlan]
    on_failure: OnFailure | None
    plant: PlantSpec
    plant_sections: frozenset[str]
    """Sections of `plant` that are as the file says; the others have their defaults."""

    def declared(self, *path: str) -> frozenset[str]:
        """Return the keys of a mapping of the file, sound or not, such as `declared("factors")`."""
        return frozenset(mapping_at(self.raw, *path))

    @property
    def factor_properties(self) -> dict[str, str]:
        """Which property each declared factor sets, sound or not: factor name -> property."""
        properties = {}
        for name, factor in mapping_at(self.raw, "factors").items():
            sets = factor.get("sets") if isinstance(factor, dict) else None
            properties[name] = sets if isinstance(sets, str) else name
        return properties


def mapping_at(raw: object, *path: str) -> dict[str, Any]:
    """Return the mapping at a path of the plain value, or an empty one."""
    for key in path:
        raw = raw.get(key) if isinstance(raw, dict) else None
    return raw if isinstance(raw, dict) else {}


def list_at(raw: object, *path: str) -> list[Any]:
    """Return the list at a path of the plain value, or an empty one."""
    found = mapping_at(raw, *path[:-1]).get(path[-1])
    return found if isinstance(found, list) else []


def judge(raw: Mapping[str, Any]) -> tuple[CampaignFile | None, Draft, list[Finding]]:
    """Return the file model (None if the structure is wrong), the sound parts and the faults."""
    try:
        return CampaignFile.model_validate(raw), _draft(raw), []
    except ValidationError as fault:
        errors = fault.errors(include_url=False)
    findings: dict[tuple[str, Where], Finding] = {}
    for detail in errors[:MAX_FINDINGS]:
        finding = explain(detail, raw)
        # A union such as "number or whole number" tells one fault once for each alternative.
        findings.setdefault((finding.code, finding.where), finding)
    told = list(findings.values())
    if len(errors) > MAX_FINDINGS:
        n_more = len(errors) - MAX_FINDINGS
        told.append(
            error(
                "file.more-faults",
                (),
                f"{n_more} more faults of structure are not listed",
                "correct these first; is this a campaign file?",
            )
        )
    return None, _draft(raw), told


def _draft(raw: Mapping[str, Any]) -> Draft:
    recipe = mapping_at(raw, "recipe")
    plant, plant_sections = _plant(raw.get("plant"))
    return Draft(
        raw=raw,
        factors=_sound_items(Factor, mapping_at(raw, "factors")),
        constraints=_sound_list(LinearConstraint, list_at(raw, "constraints")),
        outputs=_sound_items(Output, mapping_at(raw, "outputs")),
        domain=_sound(JsonObject, raw.get("domain")),
        plan=_sound(Plan, raw.get("plan")),
        program=_sound(Name, recipe.get("program")),
        settings=_sound_items(Setting, mapping_at(recipe, "settings"), is_named=False),
        samples=_sound_list(SamplePlan, list_at(recipe, "samples")),
        on_failure=_sound(OnFailure, raw.get("on_failure", {})),
        plant=plant,
        plant_sections=plant_sections,
    )


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _sound(kind: Any, value: object) -> Any:
    """Return the value as `kind`, unknown keys left out, or None if it is not one."""
    if value is None:
        return None
    try:
        return _adapter(kind).validate_python(value)
    except ValidationError as fault:
        errors = fault.errors(include_url=False)
    if any(detail["type"] != "extra_forbidden" for detail in errors):
        return None
    try:
        return _adapter(kind).validate_python(_without(value, errors))
    except ValidationError:
        return None


def _without(value: object, errors: list[ErrorDetails]) -> object:
    reduced = copy.deepcopy(value)
    for detail in errors:
        *outer, key = place(detail, reduced)
        holder: Any = reduced
        for step in outer:
            holder = holder[step]
        del holder[key]
    return reduced


def _sound_items(kind: Any, items: Mapping[str, Any], *, is_named: bool = True) -> dict[str, Any]:
    sound = {
        key: _sound(kind, value)
        for key, value in list(items.items())[:MAX_FINDINGS]
        if not is_named or _sound(Name, key) is not None
    }
    return {key: value for key, value in sound.items() if value is not None}


def _sound_list(kind: Any, items: list[Any]) -> dict[int, Any]:
    sound = {index: _sound(kind, value) for index, value in enumerate(items[:MAX_FINDINGS])}
    return {index: value for index, value in sound.items() if value is not None}


def _plant(value: object) -> tuple[PlantSpec, frozenset[str]]:
    """Return the plant with each unsound section at its default, and which are sound."""
    sections: dict[str, Any] = dict(value) if isinstance(value, dict) else {}
    sections = {key: part for key, part in sections.items() if key in PlantSpec.model_fields}
    is_given = isinstance(value, dict)
    try:
        plant = PlantSpec.model_validate(sections)
    except ValidationError as fault:
        unsound = {detail["loc"][0] for detail in fault.errors(include_url=False)}
        sound = {key: part for key, part in sections.items() if key not in unsound}
        return PlantSpec.model_validate(sound), frozenset(PlantSpec.model_fields) - {
            str(key) for key in unsound
        }
    return plant, frozenset(PlantSpec.model_fields) if is_given else frozenset()
