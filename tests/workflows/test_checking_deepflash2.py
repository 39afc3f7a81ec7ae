"""`sightline check` tells what a user of deepflash2 has in a project folder."""

import json
from pathlib import Path

from typer.testing import CliRunner

from sightline.cli.app import app


def test_settings_consensus_and_tables_are_told(tmp_path: Path) -> None:
    for folder in ("GT_Estimation/STAPLE", "Training/models"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "GT_Estimation" / "STAPLE" / "0001.png").write_bytes(b"")
    (tmp_path / "Training" / "config_202301010000.json").write_text('{"n_models": 4}')
    (tmp_path / "Training" / "models" / "ensemble.pt").write_bytes(b"")
    result = CliRunner().invoke(app, ["check", str(tmp_path), "--json"])
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert found["settings"] == {"members": 4}
    assert found["consensus"] == {"STAPLE": 1}
    assert any("left alone" in note for note in found["notes"])
