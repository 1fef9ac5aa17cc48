"""How large cells are as a culture ages.

In the production phase cells grow without dividing. CC-sim (D. Sands) lets the diameter go from 14
to 19 um, which multiplies N r^4 by 3.4; the bias of 15-30 % that capacitance is reported to show
against counted cells (recalled) means about 7 % in diameter, which is the default here. The course
in time, a smooth step, is an assumption.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.device import Floats


@dataclass(frozen=True, slots=True)
class CellSize:
    """Diameter over culture age; `swelling` is the share it grows by in the production phase."""

    diameter_um: float = 14.0
    swelling: float = 0.07
    middle_day: float = 8.0
    width_day: float = 1.2

    def radius_um(self, age_day: Floats) -> Floats:
        """Return the mean radius at culture ages in days, (n,)."""
        grown = 1.0 / (1.0 + np.exp(-(age_day - self.middle_day) / self.width_day))
        return np.asarray(0.5 * self.diameter_um * (1.0 + self.swelling * grown))


CC_SIM = CellSize(swelling=19.0 / 14.0 - 1.0)
