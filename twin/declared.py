"""What may be declared in a file: strict values with descriptions, and devices by a selector.

A declaration can contradict itself although each of its values is right. `contradictions` says
so for a whole declaration and for the sound part of a faulty one, so that a reader of a file can
be told everything at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, Strict, model_validator
from pydantic_core import PydanticCustomError

CONTRADICTION: Final = "contradiction"
ANY: Final = "*"

Number = Annotated[float, Strict(), Field(allow_inf_nan=False)]
Positive = Annotated[float, Strict(), Field(ge=1e-9, le=1e12, allow_inf_nan=False)]
NotNegative = Annotated[float, Strict(), Field(ge=0, le=1e12, allow_inf_nan=False)]
Share = Annotated[float, Strict(), Field(ge=0, le=1)]
Loss = Annotated[float, Strict(), Field(gt=0, lt=1)]
Variation = Annotated[float, Strict(), Field(gt=0, le=2)]
Selector = Annotated[str, Field(pattern=r"^(\*|[A-Za-z][A-Za-z0-9_-]*)$")]


class Contradiction(NamedTuple):
    """Values that don't go together: the key to look at, what is wrong, what would be right."""

    key: str
    what: str
    right: str


class Declared(BaseModel):
    """A part of a file: frozen, unknown keys refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @classmethod
    def contradictions(cls, given: Mapping[str, Any]) -> Iterator[Contradiction]:
        """Yield what contradicts among the values given by name; a key may be missing."""
        return iter(())

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        for found in self.contradictions(self.__dict__):
            raise PydanticCustomError(CONTRADICTION, "{what}; {right}", found._asdict())
        return self


def is_selected(selector: str, name: str) -> bool:
    """Whether a selector, an exact name or `*`, means a name."""
    return selector in (ANY, name)
