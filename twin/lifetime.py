"""Lifetimes: how long until a part fails, as a distribution over its age.

`Weibull` and `Lognormal` in their textbook forms. A hazard is the rate of failure of those that
have survived so far. All methods are vectorised over ages, which may have any unit.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.random import Generator

Floats = np.ndarray[Any, np.dtype[np.float64]]


class LifetimeRefused(ValueError):
    """A parameter of a lifetime distribution means nothing."""

    def __init__(self, distribution: str, name: str, value: float) -> None:
        super().__init__(
            f"{distribution} lifetime: {name} is {value!r}; it must be finite and above 0"
        )


class Lifetime(ABC):
    """A distribution of the age at failure."""

    @abstractmethod
    def survival(self, age: float | Floats) -> Floats:
        """Return the share that survives an age; 1 at age 0."""

    @abstractmethod
    def hazard(self, age: float | Floats) -> Floats:
        """Return the failures per unit of age among the survivors of an age above 0."""

    @abstractmethod
    def quantile(self, share: float | Floats) -> Floats:
        """Return the age by which a share in [0, 1) has failed."""

    @property
    @abstractmethod
    def mean(self) -> float:
        """The mean age at failure."""

    def cdf(self, age: float | Floats) -> Floats:
        """Return the share that has failed by an age."""
        return 1.0 - self.survival(age)

    def survival_after(self, age: float | Floats, further: float | Floats) -> Floats:
        """Return the share of those of an age that survive so much further."""
        return self.survival(np.asarray(age) + further) / self.survival(age)

    def draw(self, rng: Generator, n: int) -> Floats:
        """Return n ages at failure, shape (n,), from one uniform number each."""
        return self.quantile(rng.random(n))


@dataclass(frozen=True, slots=True)
class Weibull(Lifetime):
    """Survival exp(-(age/scale)^shape): shape 1 is pure chance, above 1 is wear-out."""

    shape: float
    scale: float

    def __post_init__(self) -> None:
        _check("Weibull", shape=self.shape, scale=self.scale)

    def survival(self, age: float | Floats) -> Floats:
        """Return the share that survives an age."""
        return np.asarray(np.exp(-((np.asarray(age) / self.scale) ** self.shape)))

    def hazard(self, age: float | Floats) -> Floats:
        """Return (shape/scale) (age/scale)^(shape-1)."""
        relative = np.asarray(age) / self.scale
        return np.asarray(self.shape / self.scale * relative ** (self.shape - 1.0))

    def quantile(self, share: float | Floats) -> Floats:
        """Return the age by which a share has failed."""
        return np.asarray(self.scale * (-np.log1p(-np.asarray(share))) ** (1.0 / self.shape))

    @property
    def mean(self) -> float:
        """The mean age at failure, scale Γ(1 + 1/shape)."""
        return self.scale * math.gamma(1.0 + 1.0 / self.shape)


@dataclass(frozen=True, slots=True)
class Lognormal(Lifetime):
    """Age at failure of parts that wear at a lognormally distributed rate, up to a threshold.

    A threshold reached at a rate k is reached at an age ∝ 1/k, so both are lognormal, with the
    same coefficient of variation `cv` = sd/mean.
    """

    median: float
    cv: float

    def __post_init__(self) -> None:
        _check("lognormal", median=self.median, cv=self.cv)

    @property
    def sigma(self) -> float:
        """Standard deviation of the logarithm, sqrt(ln(1 + cv²))."""
        return math.sqrt(math.log1p(self.cv**2))

    def survival(self, age: float | Floats) -> Floats:
        """Return the share that survives an age."""
        from scipy.special import ndtr

        return np.asarray(ndtr(-self._z(age)))

    def hazard(self, age: float | Floats) -> Floats:
        """Return density over survival."""
        z = self._z(age)
        density = np.exp(-(z**2) / 2.0) / (np.asarray(age) * self.sigma * math.sqrt(2.0 * math.pi))
        return np.asarray(density / self.survival(age))

    def quantile(self, share: float | Floats) -> Floats:
        """Return the age by which a share has failed."""
        from scipy.special import ndtri

        return np.asarray(self.median * np.exp(self.sigma * ndtri(np.asarray(share))))

    @property
    def mean(self) -> float:
        """The mean age at failure, median exp(sigma²/2)."""
        return self.median * math.exp(self.sigma**2 / 2.0)

    def _z(self, age: float | Floats) -> Floats:
        with np.errstate(divide="ignore"):  # age 0 is infinitely far below the median
            return np.asarray(np.log(np.asarray(age) / self.median) / self.sigma)


def _check(distribution: str, **parameters: float) -> None:
    for name, value in parameters.items():
        if not (math.isfinite(value) and value > 0.0):
            raise LifetimeRefused(distribution, name, value)
