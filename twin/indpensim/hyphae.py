"""What the hyphae of Penicillium chrysogenum do: growth, ageing and production."""

from __future__ import annotations

from typing import Any

from twin.indpensim.acid import acidity
from twin.indpensim.laws import above, larger, logarithm
from twin.indpensim.parameters import END_GROWTH, END_VACUOLES
from twin.indpensim.vacuoles import VACUOLES, vacuole_volume
from twin.kinetics.laws import E
from twin.kinetics.model import Values

PI = 3.141592653589793
LN_10 = 2.302585092994046
ROOT_2PI = 2.5066282746310002
GAS_CONSTANT = 8.314


def cell_rates(x: Values, u: Values, p: Values, saturated: Any) -> Values:
    """What the hyphae do, with oxygen that is ``saturated`` (mg/L) in equilibrium.

    Returns:
        specific extension (1/h); branching, extension, differentiation, degeneration, autolysis
        (g/L/h); substrate for maintenance of both regions (g/L/h); penicillin formed (g/L/h);
        hydrolysis (1/h); producing volume (cm3/L).
    """
    # fmt: off
    (
        mu_p, mu_x, branching, s_width, s_best, mu_diff, beta_1, k_b, k_diff, k_diff_low, k_e,
        rho_a0, rho_d, m_s, o2_crit_x, o2_crit_p, k_g, e_g, k_d, e_d, k_1, k_2,
        n_crit, paa_crit_x, paa_crit_p, co2_crit, b_1, b_2, b_3, b_4, b_5,
    ) = p[END_VACUOLES:END_GROWTH]
    # fmt: on
    _mu_v, mu_a, k_vac, delta_r, k_v, _d_v, r_0, _delta_0 = p[:END_VACUOLES]
    s = x[0]
    temperature = x[7]
    a0 = x[11]
    a1 = x[12]
    biomass = a0 + a1 + x[13] + x[14]
    acid = acidity(x)
    ph = -logarithm(acid) / LN_10
    rt = GAS_CONSTANT * temperature

    mu = (mu_x + u[14]) / (1.0 + acid / k_1 + k_2 / acid)
    mu = mu * (k_g * E ** (-e_g / rt) - k_d * E ** (-e_d / rt))
    mu = mu * above(x[30], n_crit) * above(x[1], o2_crit_x * saturated)
    mu = mu * above(co2_crit, 1000.0 * x[28]) * above(paa_crit_x, x[29])
    hydrolysis = b_1 + b_2 * ph + b_3 * temperature + b_4 * ph**2 + b_5 * temperature**2

    constant = larger(k_diff - beta_1 * x[10] / biomass, k_diff_low)
    free = vacuole_volume(x, p)
    producing = a1 / rho_a0 + free  # a1 over its density, the vacuoles' volume included
    producing = 0.5 * producing - free
    window = 2.5 / ROOT_2PI * E ** (-0.5 * ((s - s_best) / s_width) ** 2)
    formed = (mu_p + u[13]) * rho_a0 * producing * window
    formed = formed * above(x[1], o2_crit_p * saturated) * above(x[29], paa_crit_p)
    largest = PI / 6.0 * (2.0 * r_0 + 18.0 * delta_r) ** 3
    return (
        mu,
        branching * mu * a1 * s / (k_b + s),
        mu * a0 * s / (k_e + s),
        mu_diff * a0 / (constant + s),
        largest * rho_d * k_v * VACUOLES * x[24],
        mu_a * x[13],
        m_s * a0 / (constant + s) + m_s * rho_a0 * producing * s / (k_vac + s),
        formed,
        E**hydrolysis,
        producing,
    )
