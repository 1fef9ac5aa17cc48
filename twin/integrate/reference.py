"""The same models through SciPy's LSODA and their plain Python equations: slow, and independent.

Tests hold the compiled integrator against it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twin.kinetics.model import KineticsModel

Array = NDArray[np.float64]


class ReferenceFailed(ArithmeticError):
    """SciPy's solver gave up."""


def integrate_reference(
    model: KineticsModel,
    x0: ArrayLike,
    u: ArrayLike,
    p: ArrayLike,
    t0_h: float,
    t1_h: float,
    *,
    out_times: ArrayLike | None = None,
    rtol: float = 1e-10,
    atol: float = 1e-12,
) -> tuple[Array, Array]:
    """Integrate with constant inputs; arguments and results as for ``integrate``.

    Raises:
        ReferenceFailed: the solver reports a failure.
    """
    from scipy.integrate import solve_ivp

    inputs = tuple(np.asarray(u, float).tolist())
    parameters = tuple(np.asarray(p, float).tolist())

    def rates(t: float, x: Array) -> Array:
        return np.array(model.rates(t, tuple(x.tolist()), inputs, parameters))

    times = np.asarray(() if out_times is None else out_times, float)
    moments = np.unique(np.append(times, t1_h))  # SciPy takes each moment once
    solution = solve_ivp(
        rates,
        (t0_h, t1_h),
        np.asarray(x0, float),
        method="LSODA",
        t_eval=moments,
        rtol=rtol,
        atol=atol,
    )
    if not solution.success:
        raise ReferenceFailed(f"model {model.name!r}: {solution.message}")
    return solution.y[:, -1].copy(), solution.y[:, np.searchsorted(moments, times)].T.copy()
