"""How the cell classifier learns: the paper's way, and the default."""

import math
from dataclasses import asdict, dataclass
from typing import Any, Final

from sightline.errors import SettingError
from sightline.sort.target import BALANCED, Target


@dataclass(frozen=True)
class ClassifierSettings:
    """Settings of the cell classifier.

    Parameters
    ----------
    l1, l2
        Penalties on the weights, relative to the sum of the losses (scikit-learn's C = 1/l).
    clip
        Largest absolute z-score of a feature; ``None`` for no limit.
    oddness_scale
        Scale of the two columns that say how unlike the typical candidate each one is; a larger
        scale is penalised less, 0 leaves them out.
    pull
        With an earlier recording's classifier to start from: penalty on moving away from it, in
        place of ``l2``. ``None``: train with its answers instead (paper, Algorithm S2).
    balance
        Give both classes the same total weight in training.
    target
        What is wanted of the labels; fixes the decision threshold.
    """

    l1: float = 0.0
    l2: float = 10.0
    clip: float | None = 4.0
    oddness_scale: float = 3.0
    pull: float | None = 100.0
    balance: bool = False
    target: Target = BALANCED

    def __post_init__(self) -> None:
        scales = (self.l1, self.l2, self.oddness_scale, self.pull or 0.0)
        if not all(0 <= scale < math.inf for scale in scales) or not (
            self.clip is None or self.clip > 0
        ):
            raise SettingError(
                "Penalties and oddness scale must be 0 or more, the clip above 0; got "
                f"l1={self.l1}, l2={self.l2}, pull={self.pull}, clip={self.clip}, "
                f"oddness_scale={self.oddness_scale}."
            )

    def to_dict(self) -> dict[str, Any]:
        """The settings as plain values, for a file."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "ClassifierSettings":
        """The settings from plain values."""
        return cls(**{**values, "target": Target(**values["target"])})


ACTSORT: Final = ClassifierSettings(
    l1=1.0, l2=0.0, clip=None, oddness_scale=0.0, pull=None, target=Target("threshold", 0.65)
)
"""The paper's: L1 with lambda = 1/n, plain z-scores, a cell above 0.65 (appendix A.3, C.2)."""

DEFAULT: Final = ClassifierSettings()
"""The best on real data, by leaving one recording out (docs/benchmark.md)."""

PRESETS: Final = {"actsort": ACTSORT, "default": DEFAULT}


def preset(name: str) -> ClassifierSettings:
    """The settings of a name.

    Raises
    ------
    SettingError
        If there is no such preset.
    """
    if name not in PRESETS:
        raise SettingError(f"There is no preset {name!r}; use {' or '.join(PRESETS)}.")
    return PRESETS[name]
