"""Pressure, power and oxygen transfer of the 100 m3 vessel."""

from __future__ import annotations

from twin.indpensim.laws import larger, logarithm
from twin.indpensim.parameters import END_AIR, END_FEEDS, END_GAS
from twin.kinetics.model import Values

PI = 3.141592653589793
GAS_CONSTANT = 8.314
GRAVITY = 9.81
THIN = 4.0


def gas_phase(x: Values, u: Values, p: Values) -> Values:
    """What the gas does.

    Returns:
        broth density (kg/m3), saturation with oxygen (mg/L), mean pressure (bar), kLa (1/h),
        power of agitator and air (kW).
    """
    _sugar_feed, oil_feed, aeration, head_pressure = u[:4]
    o2_air, _n2_air, _co2_air = p[END_FEEDS:END_AIR]
    # fmt: off
    (
        alpha_kla, kla_gas, kla_power, kla_viscosity, kla_oil, _kla_co2, henry, n_impellers,
        power_number, r_vessel, r_impeller, holdup,
    ) = p[END_AIR:END_GAS]
    # fmt: on
    density = 1100.0 + x[3] + x[11] + x[12] + x[13] + x[14]
    cubic_metres = x[4] / 1000.0
    section = PI * r_vessel**2
    height = cubic_metres / section * (1.0 - holdup)
    top = 1.0 + head_pressure
    bottom = top + density * height * GRAVITY * 1.0e-5
    mean_pressure = (bottom - top) / logarithm(bottom / top)
    saturated = mean_pressure * (o2_air + u[20]) / henry

    air = aeration / 60.0
    gas_velocity = air / section
    turns = u[11] / 60.0
    width = 2.0 * r_impeller
    power = n_impellers * power_number * density * turns**3 * width**5
    power = 0.706 * (power**2 * turns * width**3 / air**0.56) ** 0.45 / 1000.0
    lift = gas_velocity * GAS_CONSTANT * x[7] * cubic_metres / (22.4 * height)
    power = power + lift * logarithm(1.0 + density * GRAVITY * height / (top * 1.0e5))

    # up to 4 cP the broth counts as water: 1 cP
    thick = larger(x[9], THIN) - THIN
    viscosity = 1.0 + thick * (thick + THIN - 1.0) / (thick + 1.0e-9)
    kla = alpha_kla * gas_velocity**kla_gas * (power / cubic_metres) ** kla_power
    kla = kla * (viscosity / 100.0) ** kla_viscosity * (1.0 - (oil_feed / x[4]) ** kla_oil)
    return density, saturated, mean_pressure, kla, power
