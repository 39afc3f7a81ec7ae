"""What an annotator sets for a sorting session in the app."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Literal, get_args

from sightline.errors import SettingError
from sightline.query.choose import Strategy, StrategyName
from sightline.sort.settings import ClassifierSettings, preset
from sightline.sort.target import parse_target

_TYPES: Final = {
    "weight": (int, float),
    "probe_every": (int,),
    "repeat_share": (int, float),
    "refit_every": (int,),
}
MOST_REPEATS: Final = 0.5

_NEED_NO_FIT: Final = ("blind", "refit_every", "repeat_share")


@dataclass(frozen=True)
class SessionSettings:
    """Settings of one annotator's session.

    Parameters
    ----------
    strategy
        Which question next, as in `Strategy`; ``none`` asks nothing.
    weight, probe_every
        As in `Strategy`.
    repeat_share
        Share of questions that were answered before, from 0 to `MOST_REPEATS`; see `draw_repeats`.
    preset
        Of the cell classifier.
    target
        What is wanted of the labels, in words; the preset's own if empty.
    refit_every
        The classifier is fitted again after so many answers.
    blind
        Whether a prediction is shown only once the annotator has judged.
    start_from
        Name of the earlier classifier or project that the learner starts from; empty for none.
    start
        SHA-256 of that classifier as the project keeps it.

    Raises
    ------
    SettingError
        If a value is none of these.
    """

    strategy: StrategyName | Literal["none"] = "dcal"
    weight: float = 0.5
    probe_every: int = 10
    repeat_share: float = 0.05
    preset: str = "default"
    target: str = ""
    refit_every: int = 1
    blind: bool = True
    start_from: str = ""
    start: str = ""

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            expected = _TYPES.get(name, (bool,) if name == "blind" else (str,))
            if type(value) not in expected:
                raise SettingError(f"The setting {name} is {value!r}, which is no such value.")
        if self.strategy not in ("none", *get_args(StrategyName)):
            strategies = ", ".join(get_args(StrategyName))
            raise SettingError(f"There is no strategy {self.strategy!r}; use {strategies} or none.")
        if self.refit_every < 1:
            raise SettingError(f"Refit every {self.refit_every} answers; it must be 1 or more.")
        if not 0 <= self.repeat_share <= MOST_REPEATS:
            raise SettingError(
                f"The share of repeats is {self.repeat_share}; it must be 0 to {MOST_REPEATS}."
            )
        self.questions()
        self.classifier()

    def changed(self, values: Mapping[str, Any]) -> "SessionSettings":
        """These settings with some other values; names that are no settings are passed over."""
        known = {name: value for name, value in values.items() if name in asdict(self)}
        return replace(self, **known)

    def learn_otherwise(self, before: "SessionSettings") -> bool:
        """Whether questions or the classifier follow other rules than before."""
        same = {name: getattr(before, name) for name in _NEED_NO_FIT}
        return self.changed(same) != before

    def questions(self) -> Strategy:
        """How questions are chosen; where none are, candidates rank as they came."""
        name = "rank" if self.strategy == "none" else self.strategy
        return Strategy(name, self.weight, self.probe_every)

    def classifier(self) -> ClassifierSettings:
        """How the cell classifier learns."""
        settings = preset(self.preset)
        return replace(settings, target=parse_target(self.target)) if self.target else settings
