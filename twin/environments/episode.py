"""What every environment does the same way: spaces, seeds, options, ends, what is shown.

An environment of a process says how an episode begins (``_begin``), how a step goes on
(``_go_on``) and what its default recipe is (``recipe``).
"""

from __future__ import annotations

import abc
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import gymnasium
import numpy as np
from numpy.typing import ArrayLike, NDArray

from twin.device import Signal
from twin.environments.action import Action, Setpoint, Setpoints
from twin.environments.options import OptionRefused

Observation = NDArray[np.float32]
SEEDS = 2**31 - 1


class EpisodeOver(RuntimeError):
    """A step was asked for before ``reset`` or after the end of the episode."""


@dataclass(frozen=True, slots=True)
class Passed:
    """What a step came to.

    Attributes:
        product: what was made, in the reward's unit.
        costs: what it cost by name, in the same unit.
        ended: why the episode is over before its time, in a sentence; empty if it isn't.
        is_last: whether it has reached its planned end.
    """

    product: float
    costs: Mapping[str, float]
    ended: str = ""
    is_last: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """What can be seen at a time.

    Attributes:
        readings: what probes and assays show, by name.
        truth: what is true, by name, for those who evaluate; not for an agent.
        faults: kinds of the faults that are on.
    """

    readings: Mapping[str, float]
    truth: Mapping[str, float]
    faults: Sequence[str] = field(default=())


class ProcessEnv(gymnasium.Env[Observation, Action], abc.ABC):
    """An environment of a process.

    The action space is the box -1 to 1 with one component per entry of ``setpoints``, the
    observation space a box in physical units with one component per entry of ``signals``, bounded
    by their measuring ranges; both are float32.

    Attributes:
        setpoints: what is set, with bounds and units.
        signals: what is observed, with ranges and units.
    """

    metadata = {"render_modes": ["ansi"], "render_fps": 1}  # noqa: RUF012, the base has it so

    def __init__(
        self,
        setpoints: Sequence[Setpoint],
        signals: Sequence[Signal],
        options: Mapping[str, Any] | None,
        render_mode: str | None,
    ) -> None:
        if render_mode not in (None, *self.metadata["render_modes"]):
            raise OptionRefused(f"render_mode is {render_mode!r}; must be None or 'ansi'")
        self.render_mode = render_mode
        self._scale = Setpoints(setpoints)
        self.setpoints = self._scale.all
        self.signals = tuple(signals)
        self._defaults = dict(options or {})
        low, high = zip(*((s.low, s.high) for s in self.signals), strict=True)
        self.action_space = gymnasium.spaces.Box(-1.0, 1.0, (len(self.setpoints),), np.float32)
        self.observation_space = gymnasium.spaces.Box(
            np.array(low, np.float32), np.array(high, np.float32), dtype=np.float32
        )
        self._shown: Shown | None = None
        self._is_over = True

    def reset(
        self, *, seed: int | None = None, options: Mapping[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        """Begin an episode; equal seeds and options give equal episodes, to the last bit.

        Without a seed the episode follows from the one before. ``options`` go before those that
        the environment was made with, and hold for one episode.

        Raises:
            OptionRefused: an option is unknown or can't be.
        """
        super().reset(seed=seed)
        self._shown, self._is_over = None, True  # as long as the options may be refused
        drawn = int(self.np_random.integers(SEEDS))
        shown = self._begin(drawn, {**self._defaults, **(options or {})})
        self._shown, self._is_over = shown, False
        return self._observation(shown), self._info(shown, Passed(0.0, {}), {})

    def step(self, action: ArrayLike) -> tuple[Observation, float, bool, bool, dict[str, Any]]:
        """Carry out an action and go on by one step.

        Returns:
            observation; reward, the product less the costs; whether the episode has terminated
            (``info["reason"]`` says why); whether its planned end is reached; and ``info``:
            ``reason``, ``product``, ``costs``, ``setpoints``, ``truth`` and ``faults``.

        Raises:
            ActionRefused: the action's shape or a component; nothing was done then.
            EpisodeOver: ``reset`` has to be called first.
        """
        if self._is_over:
            raise EpisodeOver("the episode is over or hasn't begun; call reset()")
        setpoints = self._scale.physical(action)
        passed, self._shown = self._go_on(setpoints)
        has_ended = bool(passed.ended)
        is_truncated = passed.is_last and not has_ended
        self._is_over = has_ended or is_truncated
        info = self._info(self._shown, passed, setpoints)
        reward = passed.product - sum(passed.costs.values())
        return self._observation(self._shown), float(reward), has_ended, is_truncated, info

    def render(self) -> str | None:
        """In the mode ``ansi`` what is observed, one line each; None without a mode."""
        if self.render_mode is None:
            return None
        if self._shown is None:
            raise EpisodeOver("there is nothing to render yet; call reset()")
        readings = self._shown.readings
        return "\n".join(f"{s.name:<22}{readings[s.name]:12.4g} {s.unit}" for s in self.signals)

    def action_for(self, **setpoints: float) -> Action:
        """The action that stands for all set-points by name, in their units.

        Raises:
            ActionRefused: one is missing, unknown or out of its bounds.
        """
        return self._scale.normalised(setpoints)

    def setpoints_of(self, action: ArrayLike) -> dict[str, float]:
        """The set-points, in their units, that an action stands for; raises ActionRefused."""
        return self._scale.physical(action)

    def recipe_action(self) -> Action:
        """What the default recipe does next; raises EpisodeOver before ``reset``."""
        if self._shown is None:
            raise EpisodeOver("the recipe begins with an episode; call reset()")
        return self._scale.normalised(self.recipe())

    @abc.abstractmethod
    def recipe(self) -> dict[str, float]:
        """The set-points of the default recipe for the next step, by name, in their units."""

    @abc.abstractmethod
    def _begin(self, seed: int, options: Mapping[str, Any]) -> Shown:
        """Begin an episode; everything random in it follows from the seed."""

    @abc.abstractmethod
    def _go_on(self, setpoints: Mapping[str, float]) -> tuple[Passed, Shown]:
        """Go on by one step."""

    def _observation(self, shown: Shown) -> Observation:
        values = np.array([shown.readings[s.name] for s in self.signals], np.float32)
        # within the ranges already, but for the rounding to float32
        box = self.observation_space
        assert isinstance(box, gymnasium.spaces.Box)
        return np.clip(values, box.low, box.high)

    def _info(self, shown: Shown, passed: Passed, setpoints: Mapping[str, float]) -> dict[str, Any]:
        return {
            "reason": passed.ended,
            "product": passed.product,
            "costs": dict(passed.costs),
            "setpoints": dict(setpoints),
            "truth": dict(shown.truth),
            "faults": ", ".join(shown.faults),
        }
