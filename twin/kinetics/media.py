"""Media: what the culture starts in and what it is fed with.

The compositions are assumptions in the range of commercial CHO media; none is a real product.
"""

from __future__ import annotations

from dataclasses import dataclass

from twin.kinetics.model import UnknownName


@dataclass(frozen=True, slots=True)
class Medium:
    """A medium and its matching feed.

    Concentrations in mmol/L; ``ions`` are all osmotically active solutes other than the named ones.
    ``growth`` and ``productivity`` multiply the clone's rates.
    """

    name: str
    doc: str
    source: str
    glucose: float
    glutamine: float
    ions: float
    feed_glucose: float
    feed_glutamine: float
    feed_ions: float
    growth: float
    productivity: float

    def feed(self) -> dict[str, float]:
        """The feed's composition by input name of the CHO fed-batch model."""
        return {
            "feed_glucose": self.feed_glucose,
            "feed_glutamine": self.feed_glutamine,
            "feed_ions": self.feed_ions,
        }


BASAL = Medium(
    name="basal",
    doc="the reference: the rates of the clone as they are",
    source="assumption; starting glucose and glutamine as in Kornecki & Strube 2018's range",
    glucose=30.0,
    glutamine=6.0,
    ions=235.0,
    feed_glucose=250.0,
    feed_glutamine=60.0,
    feed_ions=500.0,
    growth=1.0,
    productivity=1.0,
)
RICH = Medium(
    name="rich",
    doc="grows and produces better, but salty and high in glutamine: tolerates less feed",
    source="assumption",
    glucose=35.0,
    glutamine=8.0,
    ions=265.0,
    feed_glucose=300.0,
    feed_glutamine=80.0,
    feed_ions=800.0,
    growth=1.05,
    productivity=1.10,
)
LEAN = Medium(
    name="lean",
    doc="dilute: little by-product and salt, needs much feed",
    source="assumption",
    glucose=20.0,
    glutamine=4.0,
    ions=215.0,
    feed_glucose=180.0,
    feed_glutamine=40.0,
    feed_ions=300.0,
    growth=0.92,
    productivity=0.95,
)
MEDIA = {medium.name: medium for medium in (BASAL, RICH, LEAN)}


def medium(name: str) -> Medium:
    """The medium of that name; raises UnknownName."""
    if name not in MEDIA:
        raise UnknownName("the CHO fed-batch model", "medium", name, MEDIA)
    return MEDIA[name]
