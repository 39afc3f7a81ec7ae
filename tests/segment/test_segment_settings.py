import json

import pytest

from sightline.errors import SettingError
from sightline.segment.settings import PRESETS, SegmentSettings, changed, preset


@pytest.mark.parametrize("name", list(PRESETS))
def test_settings_come_back_from_json(name: str) -> None:
    settings = preset(name)
    assert SegmentSettings.from_dict(json.loads(json.dumps(settings.to_dict()))) == settings


def test_settings_are_changed_by_text() -> None:
    found = changed(PRESETS["default"], {"iterations": "7", "zoom_range": "0.8,1.2",
                                         "match_noise": "false", "network": "unet"})  # fmt: skip
    assert (found.iterations, found.zoom_range) == (7, (0.8, 1.2))
    assert (found.match_noise, found.network) == (False, "unet")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"iteration": "7"}, "Unknown settings iteration"),
        ({"iterations": "many"}, "iterations is 'many'; expected a whole number"),
        ({"iterations": "0"}, "must be at least 1"),
        ({"zoom_range": "1"}, "expected two numbers"),
        ({"match_noise": "yes"}, "expected true or false"),
        ({"tile": "100"}, "a multiple of 32"),
        ({"flips_at_prediction": "3"}, "must be 1, 4 or 8"),
        ({"foreground_share": "1.5"}, "from 0 to 1"),
        ({"learning_rate": "nan"}, "above 0"),
        ({"tile_step": "0"}, "above 0"),
        ({"zoom_range": "0,2"}, "zoom_range is 0,2; both must be above 0"),
        ({"gain_range": "0,1"}, "gain_range is 0,1; both must be above 0"),
        ({"gamma_range": "1.2,0.8"}, "the lower one first"),
        ({"zoom_range": "1,inf"}, "zoom_range is 1,inf"),
        ({"noise_range": "-1,1"}, "noise_range is -1,1; both must be 0 or more"),
        ({"blur_range_px": "0,nan"}, "blur_range_px is 0,nan"),
        ({"smoothed_px": "-1,2"}, "smoothed_px is -1,2; both must be 0 or more"),
        ({"separate": "middles"}, "Set middle_weight=1 too"),
    ],
)
def test_what_makes_no_sense_is_refused(changes: dict[str, str], said: str) -> None:
    with pytest.raises(SettingError, match=said):
        changed(PRESETS["default"], changes)


def test_what_is_learnt_can_be_separated_by_and_widths_are_no_range() -> None:
    found = changed(PRESETS["default"], {"separate": "middles", "middle_weight": "1",
                                         "smoothed_px": "2,0", "blur_range_px": "0,1"})  # fmt: skip
    assert (found.separate, found.smoothed_px) == ("middles", (2.0, 0.0))


def test_an_unknown_preset_is_refused() -> None:
    with pytest.raises(SettingError, match="Unknown preset 'best'; expected default, first, paper"):
        preset("best")


def test_there_are_no_more_members_than_folds() -> None:
    assert changed(PRESETS["default"], {"folds": "2"}).members == 2
