"""The demonstration of segmentation runs the whole loop, and what it shows is so."""

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from sightline.cli.app import app
from sightline.errors import InputError, SettingError
from sightline.formats.masks.find_annotated import find_annotated
from sightline.formats.prediction_folder import read_prediction_folder
from sightline.review.segment_session import SegmentSession
from sightline.segment import settings
from sightline.simulate.ambiguous_images import simulate_ambiguous_images
from sightline.simulate.ambiguous_settings import HOME
from sightline.simulate.mask_experts import FIVE_EXPERTS, outline_all
from sightline.workflows import demo_segment as module
from sightline.workflows.demo_segment import (
    CONSENSUS,
    CORRECTED,
    CORRECTOR,
    MACHINE,
    MEAN,
    DemoSegmentResult,
    demo_segment,
)

SMALL: dict[str, Any] = {"annotated": 3, "new": 3, "corrections": 1, "minutes": 0.05, "workers": 1}
SPECIMEN = replace(HOME, height=128, width=128)
TOLD: list[str] = []


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> DemoSegmentResult:
    """What a small demonstration gives; the names of its steps are in ``TOLD``."""
    pytest.importorskip("torch", reason="networks need the extra sightline[segment]")
    TOLD.clear()

    def phase(name: str) -> Any:
        TOLD.append(name)
        return lambda _done, _total: None

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "HOME", SPECIMEN)
        patch.setattr(module, "_MORE", {"iterations": "4"})
        patch.setitem(settings.PRESETS, "first", replace(settings.PRESETS["first"], iterations=10))
        return demo_segment(tmp_path_factory.mktemp("home") / "new", **SMALL, phase=phase)


@pytest.mark.slow
def test_it_leaves_images_masks_predictions_and_a_picture(result: DemoSegmentResult) -> None:
    assert Path(result.figure).read_bytes()[:4] == b"\x89PNG"
    annotated = find_annotated(result.annotations)
    assert len(annotated.images) == result.annotated == 3
    assert annotated.annotators == tuple(expert.name for expert in FIVE_EXPERTS)
    found = read_prediction_folder(result.predictions)
    assert sorted(found.names) == ["section004", "section005", "section006"]
    assert sorted(result.ranked) == sorted(found.names)
    assert any(Path(result.regions).rglob("*.zip"))


@pytest.mark.slow
def test_the_most_uncertain_images_were_corrected_and_not_judged(
    result: DemoSegmentResult,
) -> None:
    assert result.corrected == result.ranked[:1]
    assert sorted([*result.corrected, *result.judged]) == sorted(result.ranked)
    with SegmentSession(result.project, CORRECTOR.name) as session:
        (name,) = result.corrected
        said = session.predict([name])[name].mask
    assert said.foreground.any()


@pytest.mark.slow
def test_who_deviates_agrees_least_with_simpleitks_consensus_of_the_others(
    result: DemoSegmentResult,
) -> None:
    sitk = pytest.importorskip("SimpleITK")
    drawn = outline_all(FIVE_EXPERTS, simulate_ambiguous_images(SPECIMEN, 6))
    masks = {who: [one.foreground for one in some[:3]] for who, some in drawn.items()}

    def others(who: str, number: int) -> np.ndarray:
        images = [sitk.GetImageFromArray(masks[other][number].astype(np.uint8))
                  for other in masks if other != who]  # fmt: skip
        return sitk.GetArrayFromImage(sitk.STAPLE(images, 1.0)) > 0.5

    def level(who: str) -> float:
        pairs = [(masks[who][number], others(who, number)) for number in range(3)]
        return float(np.mean([2 * (mine & theirs).sum() / (mine.sum() + theirs.sum())
                              for mine, theirs in pairs]))  # fmt: skip

    assert result.deviates == min(masks, key=level)
    assert result.deviating_dice == pytest.approx(level(result.deviates), abs=1e-6)


@pytest.mark.slow
def test_the_dice_are_those_of_the_files_that_were_written(result: DemoSegmentResult) -> None:
    """Counted anew, from the files and the simulation."""
    made = {one.image.name: one for one in simulate_ambiguous_images(SPECIMEN, 6)}
    drawn = outline_all(FIVE_EXPERTS, list(made.values()))
    found = read_prediction_folder(result.predictions)

    def overlap(mask: np.ndarray, name: str) -> float:
        truth = made[name].cells.labels > 0
        return 2 * (mask & truth).sum() / (mask.sum() + truth.sum())

    machine = [overlap(found.classes(name) > 0, name) for name in result.judged]
    assert result.dice[CORRECTED] == pytest.approx(np.mean(machine))
    order = list(made)
    people = [
        np.mean([overlap(masks[order.index(name)].foreground, name) for name in result.judged])
        for masks in drawn.values()
    ]
    assert result.dice[MEAN] == pytest.approx(np.mean(people))
    for who, value in zip(drawn, people, strict=True):
        assert result.dice[who] == pytest.approx(value)
    assert list(result.dice) == [*drawn, MEAN, CONSENSUS, MACHINE, CORRECTED]


def test_the_command_line_takes_its_options(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: dict[str, Any] = {}
    answer = DemoSegmentResult(
        *("a", "i", "c", "m", "p", "pr", "r", "f"), 3, 3, "carla", 0.4, 0.6, 0.7, ("x", "y", "z"),
        ("x",), ("y", "z"), {"anna": 0.7, MACHINE: 0.8}, 12.0,
    )  # fmt: skip

    def run(folder: str, **options: Any) -> DemoSegmentResult:
        given.update(options, folder=folder)
        return answer

    monkeypatch.setattr("sightline.workflows.demo_segment.demo_segment", run)
    words = ["demo", "segment", "-o", "new", "--annotated", "3", "--minutes", "0.1"]
    done = CliRunner().invoke(app, [*words, "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["dice"] == asdict(answer)["dice"]
    assert (given["folder"], given["annotated"], given["minutes"]) == ("new", 3, 0.1)
    done = CliRunner().invoke(app, words)
    assert "carla, Dice 0.400 with the consensus of the others" in done.stdout
    assert "machine  0.800" in done.stdout
    assert "Dice on the other 2 new images" in done.stdout


@pytest.mark.parametrize(
    "wrong", [{"annotated": 2}, {"new": 1}, {"corrections": 3}, {"corrections": 0}]
)
def test_too_few_or_too_many_are_refused(wrong: dict[str, int], tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="fewer corrections than new"):
        demo_segment(tmp_path / "new", **(SMALL | wrong))
    assert not (tmp_path / "new").exists()


def test_nothing_is_written_into_a_folder_that_holds_something(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(InputError, match="holds something"):
        demo_segment(tmp_path, **SMALL)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
