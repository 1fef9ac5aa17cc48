"""Heat that feeds, evaporation, coils and jacket bring and take."""

from __future__ import annotations

from typing import Any

from twin.indpensim.parameters import END_BROTH, END_FEEDS, END_HEAT, END_YIELDS
from twin.kinetics.model import Values


def sugar_density(u: Values, p: Values) -> Values:
    """Densities of the sugar feed and of water (kg/m3)."""
    # fmt: off
    (
        c_sugar, _c_oil, _c_paa, _n_paa, _n_oil, _n_shot,
        rho_glucose, _rho_oil, rho_water, _rho_paa,
    ) = p[END_YIELDS:END_FEEDS]
    # fmt: on
    sugar = (c_sugar + u[15]) / 1000.0
    return sugar * rho_glucose + (1.0 - sugar) * rho_water, rho_water


def heat_balance(x: Values, u: Values, p: Values, density: Any, evaporated: Any) -> Any:
    """Heat flows through feeds, evaporation, coils and jacket (kJ/h, as published)."""
    # fmt: off
    (
        h_evaporation, t_feed, t_water, t_coolant, t_heating, t_room, cp_feed, cp_broth, u_jacket,
        area_jacket, alpha_coil, beta_coil,
    ) = p[END_BROTH:END_HEAT]
    # fmt: on
    temperature = x[7]
    rho_feed, rho_water = sugar_density(u, p)
    # the published quotient: density and heat capacity multiply its second term instead of dividing
    cold = alpha_coil * (u[7] / 1000.0) ** beta_coil / 2.0 * density * cp_feed + u[7] / 1000.0
    warm = alpha_coil * (u[8] / 1000.0) ** beta_coil / 2.0 * density * cp_feed + u[8] / 1000.0
    lost = u[7] ** (beta_coil + 1.0) * (temperature - t_coolant - u[19]) / cold
    lost = lost + u[8] ** (beta_coil + 1.0) * (temperature - t_heating) / warm
    gained = u[0] * rho_feed * cp_feed * (t_feed - temperature) / 1000.0
    gained = gained + u[5] * rho_water * cp_broth * (t_water - temperature) / 1000.0
    gained = gained - evaporated * (density * cp_broth + h_evaporation * rho_water) / 1000.0
    return gained - alpha_coil / 1000.0 * lost - u_jacket * area_jacket * (temperature - t_room)
