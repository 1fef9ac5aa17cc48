"""What a part goes through: hours, litres, cycles and sterilisations."""

from __future__ import annotations

from pydantic import Field

from twin.declared import Declared, NotNegative


class Use(Declared):
    """Use of a part, or a rate of use when it is taken per hour; unused kinds stay 0."""

    hours: NotNegative = Field(default=0.0, description="Hours of operation")
    litres: NotNegative = Field(default=0.0, description="Litres that passed through")
    cycles: NotNegative = Field(default=0.0, description="Cycles, or starts of a lamp")
    sterilisations: NotNegative = Field(
        default=0.0, description="Sterilisations in place or in the autoclave"
    )
