"""What a user wants trained, checked."""

from dataclasses import dataclass
from pathlib import Path

from sightline.segment.model import Model
from sightline.segment.settings import SegmentSettings
from sightline.workflows.segment_inputs import SegmentInputs


@dataclass(frozen=True)
class Wanted:
    """What `sightline.workflows.segment_train.train` was asked for.

    Parameters
    ----------
    output
        Model folder to make.
    inputs
        Images and masks.
    settings
        How to train.
    seed, minutes, threads, workers, on, start
        As for `train`.
    before
        The model to go on from, and its folder's digest; None and empty where there is none.
    """

    output: Path
    inputs: SegmentInputs
    settings: SegmentSettings
    seed: int
    minutes: float | None
    threads: int
    workers: int | None
    on: str
    before: Model | None
    before_digest: str

    @property
    def folder(self) -> Path:
        """For unfinished work: beside the model, on the same disk."""
        return self.output.with_name(f"{self.output.name}.training")
