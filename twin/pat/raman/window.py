"""How clear a probe's window is, told from its own sapphire.

Sapphire scatters in the window itself; water's band comes from behind it. Their ratio, relative to
the first spectrum of a culture, falls as the window clouds. Cells take light from the water as
well, about 1 % per 1e9/L here, so that a dense culture looks like a slightly clouded window: the
limits (assumptions) leave room for that.
"""

from __future__ import annotations

import numpy as np

from twin.device import BAD, GOOD, UNCERTAIN, Codes, Floats
from twin.pat.raman import bands

UNCERTAIN_BELOW = 0.75
BAD_BELOW = 0.5
N_BACKGROUND = 6  # polynomials that stand for fluorescence and baseline


class WindowCheck:
    """The window of one probe during one culture.

    Args:
        wavenumbers: the axis of its spectra, cm-1, (p,).
    """

    def __init__(self, wavenumbers: Floats) -> None:
        u = np.linspace(-1.0, 1.0, len(wavenumbers))
        shapes = [bands.spectrum(b, wavenumbers) for b in (bands.WATER, bands.SAPPHIRE)]
        background = np.polynomial.legendre.legvander(u, N_BACKGROUND - 1)
        self._solve = np.linalg.pinv(np.column_stack([*shapes, background]))[:2]
        self._at_start: float | None = None

    def clarity(self, counts: Floats) -> Floats:
        """Return the light through the window as a share of that in the first spectrum, (n,)."""
        water, sapphire = self._solve @ counts.T
        ratio = water / np.maximum(sapphire, 1e-12)
        if self._at_start is None and len(ratio):
            self._at_start = float(ratio[0])
        return np.asarray(ratio / self._at_start) if len(ratio) else ratio


def quality_of(clarity: Floats) -> Codes:
    """Return quality codes for spectra through windows of that clarity, (n,)."""
    worse = np.where(clarity < BAD_BELOW, BAD, UNCERTAIN)
    return np.where(clarity >= UNCERTAIN_BELOW, GOOD, worse).astype(np.uint8)
