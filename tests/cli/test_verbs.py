"""The command line: thin, whole, and kind to mistakes."""

import csv
import inspect
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sightline import cli
from sightline.cli.app import app, sort
from sightline.formats.table import write_rows
from sightline.project.project import Project
from sightline.simulate.candidates import simulate_candidates
from sightline.workflows.demo import DemoResult

VERBS = {
    "prepare": "preparing",
    "ask": "sorting",
    "answer": "sorting",
    "status": "sorting",
    "duplicates": "merging",
    "merge": "merging",
    "export": "exporting",
    "train": "classifying",
    "predict": "classifying",
    "accept": "accepting",
    "decisions": "decisions",
    "audit": "auditing",
}
OF_THE_SESSION = ("undo", "redo")
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the program in an empty folder; give exit status, output and errors."""
    monkeypatch.chdir(tmp_path)

    def program(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["sightline", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return program


@pytest.fixture
def features(tmp_path: Path) -> Path:
    """Sixty candidates; zoe has labelled forty of them."""
    found = simulate_candidates(60, np.random.default_rng(0))
    words = ["cell" if cell else "not cell" for cell in found.cell[:40]] + [""] * 20
    rows = [[*row, word] for row, word in zip(found.features.values.tolist(), words, strict=True)]
    write_rows(tmp_path / "m1.csv", [*found.features.names, "zoe_choices"], rows)
    return tmp_path / "m1.csv"


@pytest.fixture
def project(run: Run, features: Path) -> str:
    assert run("sort", "prepare", features, "-o", "mice.sightline")[0] == 0
    return "mice.sightline"


def squares() -> np.ndarray:
    """Twelve masks of one 40 x 50 image, and the first once more, a pixel aside."""
    masks = np.zeros((13, 40, 50), np.float32)
    for number in range(12):
        top, left = 4 + 12 * (number // 4), 4 + 12 * (number % 4)
        masks[number, top : top + 6, left : left + 6] = 1
    masks[12] = np.roll(masks[0], 1, axis=1)
    return masks


@pytest.fixture(scope="session")
def movie_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A movie in which the masks light up one after the other, and the masks."""
    home, rng = tmp_path_factory.mktemp("movie"), np.random.default_rng(0)
    masks, frames = squares(), np.arange(120)
    lights = [np.exp(-((frames - 8 - 9 * k) % 108) / 4) for k in range(12)]
    signal = np.tensordot(np.array(lights).T, masks[:12], 1)
    np.save(home / "movie.npy", rng.poisson(100 + 100 * signal).astype(np.uint16))
    np.save(home / "masks.npy", masks)
    return home


@pytest.fixture
def movie(movie_files: Path, tmp_path: Path) -> None:
    for name in ("movie.npy", "masks.npy"):
        shutil.copyfile(movie_files / name, tmp_path / name)


@pytest.fixture
def evidence(run: Run, movie: None) -> str:
    """A project of that movie; the last eight of its masks are labelled by anna."""
    said = ("sort", "prepare", "movie.npy", "-c", "masks.npy", "-o", "movie.sightline")
    assert run(*said, "--workers", 1, "--frame-rate", 10)[0] == 0
    rows = [[f"movie/{k}", ("cell", "not cell")[k % 2]] for k in range(5, 13)]
    write_rows(Path("a.csv"), ["item", "verdict"], rows)
    assert run("sort", "answer", "movie.sightline", "a.csv", "-a", "anna")[0] == 0
    return "movie.sightline"


def parsed(text: str) -> Any:
    """Read strict JSON: NaN and infinities are not part of it."""

    def refuse(word: str) -> float:
        raise AssertionError(f"{word} is not JSON")

    return json.loads(text, parse_constant=refuse)


def is_one_sentence(err: str) -> bool:
    return err.startswith("sightline: ") and err.count("\n") == 1 and "Traceback" not in err


# --- thin --------------------------------------------------------------------------------------


def called(verb: str) -> set[str]:
    workflow = import_module(f"sightline.workflows.{VERBS[verb]}")
    return set(inspect.signature(getattr(workflow, verb)).parameters)


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_covers_its_functions_arguments_and_invents_none(verb: str) -> None:
    command = getattr(import_module(f"sightline.cli.sort.{verb}"), verb)
    options = set(inspect.signature(command).parameters) - {"json"}
    options = {"preset_name" if name == "preset" else name for name in options}
    wanted = called(verb) - {"phase"}
    opening = import_module("sightline.workflows.sorting").open_session
    assert wanted - {"session"} <= options
    of_session = set(inspect.signature(opening).parameters) if "session" in wanted else set()
    assert options <= wanted | of_session


def test_demo_and_check_cover_their_functions_arguments() -> None:
    for room, name, extra in (("demo", "demo_sort", {"phase"}), ("checking", "check", set())):
        function = getattr(import_module(f"sightline.workflows.{room}"), name)
        command = getattr(import_module(f"sightline.cli.{'demo' if extra else 'check'}"), name)
        options = set(inspect.signature(command).parameters) - {"json", "no_app"}
        assert options == set(inspect.signature(function).parameters) - extra


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_has_its_functions_defaults(verb: str) -> None:
    workflow = import_module(f"sightline.workflows.{VERBS[verb]}")
    command = getattr(import_module(f"sightline.cli.sort.{verb}"), verb)
    own = inspect.signature(command).parameters
    for name, parameter in inspect.signature(getattr(workflow, verb)).parameters.items():
        given = parameter.default is not inspect.Parameter.empty
        if given and name in own and name not in ("classes", "auditor"):
            # nothing is "" or None on the command line, where functions may want None or ()
            assert (own[name].default or None) == (parameter.default or None), name


def test_importing_the_command_line_loads_nothing_heavy() -> None:
    heavy = ["numpy", "scipy", "matplotlib", "h5py", "zarr", "sqlite3"]
    code = f"import sys, sightline.cli; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_installed_program_runs_and_says_what_is_wrong(tmp_path: Path) -> None:
    program = Path(sys.executable).with_name("sightline")
    command = [str(program), "check", "nothing.csv"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert is_one_sentence(done.stderr)


# --- help --------------------------------------------------------------------------------------


def test_every_verb_has_help(run: Run) -> None:
    verbs = [command.name for command in sort.registered_commands]
    assert {*VERBS, *OF_THE_SESSION, "benchmark"} == set(verbs)
    alone = (["check"], ["demo"], ["demo", "sort"], ["open"], ["shortcut"])
    for words in (*alone, *(["sort", str(verb)] for verb in verbs)):
        code, out, err = run(*words, "--help")
        assert (code, err) == (0, "")
        assert "Usage" in out
        assert "--help" in out


def test_every_option_says_what_it_does(run: Run) -> None:
    for command in sort.registered_commands:
        assert command.callback is not None
        for parameter in inspect.signature(command.callback, eval_str=True).parameters.values():
            assert parameter.annotation.__metadata__[0].help, (command.name, parameter.name)
    assert app.info.help


# --- the whole loop ----------------------------------------------------------------------------


def fill(path: Path, verdict: str = "cell") -> None:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    path.unlink()
    write_rows(path, list(rows[0]), [[*list(row.values())[:-1], verdict] for row in rows])


def test_ask_fill_answer_status_export(run: Run, project: str, tmp_path: Path) -> None:
    who = ("-a", "anna")
    assert run("sort", "ask", project, *who, "-n", 12, "-o", "q.csv")[0] == 0
    fill(tmp_path / "q.csv")
    code, out, _ = run("sort", "answer", project, "q.csv", *who)
    assert (code, out.split()) == (0, ["recorded", "12", "left", "0"])
    code, out, _ = run("sort", "status", project, *who, "--json")
    assert parsed(out)["decided"] == {"not cell": 0, "cell": 12}
    assert parsed(out)["expected_precision"] is None
    code, out, _ = run("sort", "export", project, *who, "-o", "out.csv", "--json")
    assert parsed(out)["without_label"] == 48
    assert len((tmp_path / "out.csv").read_text().splitlines()) == 61


def test_a_movie_from_candidates_to_a_shared_result(
    run: Run, evidence: str, tmp_path: Path
) -> None:
    who = ("-a", "anna")
    found = parsed(run("check", evidence, "--json")[1])
    assert found["recordings"] == {"movie": 13}
    code, out, err = run("sort", "duplicates", evidence, *who, "-o", "pairs.csv")
    assert (code, err) == (0, "")
    assert out.split() == ["pairs", "1", "output", "pairs.csv"]
    assert run("sort", "duplicates", evidence, *who)[1].startswith("movie/0+12  duplicate: score")
    fill(tmp_path / "pairs.csv", "same cell")
    said = parsed(run("sort", "merge", evidence, "pairs.csv", *who, "--json")[1])
    assert said == {"recorded": 1, "left": 0, "groups": 1, "contradict": []}
    assert run("sort", "duplicates", evidence, *who)[1].split() == ["pairs", "none"]

    said = parsed(run("sort", "export", evidence, *who, "--json")[1])
    assert (said["output"], said["merged_away"]) == (str(tmp_path / "movie.csv"), 1)
    assert run("sort", "undo", evidence, *who)[0] == 0
    again = ("sort", "export", evidence, *who, "-o", "again.csv", "--json")
    assert parsed(run(*again)[1])["merged_away"] == 0
    assert run("sort", "redo", evidence, *who)[0] == 0

    beside = ("sort", "export", evidence, *who, "--to")
    assert run(*beside, "suite2p")[0] == 0
    rows = np.load(tmp_path / "iscell_sightline.npy")
    assert rows[5:12, 0].tolist() == [0, 1, 0, 1, 0, 1, 0]
    for to, name in (("caiman", "masks_sightline.npz"), ("actsort", "masks_LABELS.mat")):
        assert run(*beside, to)[0] == 0
        assert (tmp_path / name).is_file()
    code, out, _ = run(*beside, "bundle", "--no-decisions", "-o", "bare.sightline.zip")
    assert (code, out.split()[1]) == (0, "bare.sightline.zip")
    code, out, _ = run("sort", "prepare", "bare.sightline.zip", "-o", "bare.sightline", "--json")
    assert parsed(out) == {
        "project": "bare.sightline",
        "recordings": {"movie": 13},
        "decisions": {},
    }


def test_after_another_extraction_decisions_carry_on(
    run: Run, evidence: str, tmp_path: Path
) -> None:
    np.save(tmp_path / "other.npy", squares()[:12][::-1])
    said = ("sort", "prepare", "movie.npy", "-c", "other.npy", "-o", "new.sightline")
    code, out, _ = run(*said, "--from", evidence, "--workers", 1, "--json")
    assert code == 0
    assert parsed(out)["earlier_extraction"]["carried"] == 7
    said = parsed(run("sort", "status", "new.sightline", "-a", "anna", "--json")[1])
    assert said["decided"] == {"not cell": 4, "cell": 3}


def test_what_is_wrong_with_a_recording_is_told(run: Run, movie: None) -> None:
    said = ("sort", "prepare", "-c", "masks.npy", "-o", "bare.sightline", "--workers", 1)
    code, out, err = run(*said)
    assert (code, err) == (0, "")
    assert "There is no movie" in out
    assert "warnings" in out


def test_labels_in_the_file_are_decisions_at_once(run: Run, project: str) -> None:
    said = parsed(run("sort", "status", project, "-a", "zoe", "--json")[1])
    assert sum(said["decided"].values()) == 40
    assert said["sure"] is not None


def test_train_and_predict(run: Run, project: str, features: Path, tmp_path: Path) -> None:
    assert run("sort", "train", project, "-a", "zoe", "-o", "zoe.json")[0] == 0
    code, out, err = run("sort", "predict", "zoe.json", features, "-o", "out")
    assert (code, err) == (0, "")
    assert "of 60 accepted" in out
    again = ("sort", "predict", "zoe.json", "none.csv", features, "-o", "out2")
    code, out, err = run(*again)
    assert code == 2
    assert "of 60 accepted" in out
    assert is_one_sentence(err)
    assert "none.csv" in err
    assert (tmp_path / "out2" / "m1_verdicts.csv").is_file()


def test_foreign_data_are_called_so(run: Run, project: str, features: Path, tmp_path: Path) -> None:
    run("sort", "train", project, "-a", "zoe", "-o", "zoe.json")
    with features.open(newline="") as file:
        header, *rows = list(csv.reader(file))
    moved = [[*(float(value) + 100 for value in row[:-1]), row[-1]] for row in rows]
    write_rows(tmp_path / "odd.csv", header, moved)
    code, out, _ = run("sort", "predict", "zoe.json", "odd.csv", "-o", "out")
    assert code == 0
    assert "UNLIKE" in out
    assert "udit" in out


def test_an_audit_by_someone_else(run: Run, project: str, tmp_path: Path) -> None:
    base = ("sort", "audit", project, "-a", "zoe", "--auditor", "bob")
    assert run(*base, "--draw", 10, "-o", "sample.csv")[0] == 0
    fill(tmp_path / "sample.csv")
    code, out, _ = run(*base, "--answers", "sample.csv", "--json")
    assert code == 0
    assert parsed(out)["answered"] == 10
    assert set(parsed(out)["recall"]) == {"value", "low", "high"}
    assert run("sort", "audit", project, "-a", "zoe")[0] == 2


def test_labels_are_accepted_and_taken_back(run: Run, project: str) -> None:
    status, out, _ = run("sort", "accept", project, "-a", "zoe")
    assert status == 0
    assert "on 40 answers: balanced" in out
    _, out, _ = run("sort", "status", project, "-a", "zoe")
    assert "on 40 answers: balanced" in out
    status, out, _ = run("sort", "accept", project, "-a", "zoe", "--withdraw")
    assert (status, "nothing" in out) == (0, True)


def test_other_classes(run: Run, features: Path) -> None:
    classes = [word for name in ("noise", "soma", "dendrite") for word in ("--class", name)]
    code, out, _ = run("sort", "prepare", features, "-o", "three.sightline", *classes)
    assert code == 0
    assert "left out" in out
    said = parsed(run("check", "three.sightline", "--json")[1])
    assert said["classes"] == ["noise", "soma", "dendrite"]


def test_the_demo_shows_curve_audit_and_truth(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {}

    def small(folder: str | None, *, phase: Any, **options: Any) -> DemoResult:
        given.update(options, folder=folder)
        phase("judging")(10, 10)
        bounds = {"value": 0.9, "low": 0.8, "high": 0.95}
        audit = {"answered": 20, "precision": bounds, "recall": bounds, "cells": bounds}
        truth = {"precision": 0.91, "recall": 0.88, "cells": 40.0}
        project, figure = "one/demo.sightline", "one/learning_curve.png"
        return DemoResult(
            project, figure, 61, (10,), (0.812,), (0.745,), 0.937, audit, truth, "Go on."
        )

    monkeypatch.setattr("sightline.workflows.demo.demo_sort", small)
    words = ("demo", "sort", "-o", "one", "--cells", 40, "--answers", 10, "--audit-size", 20)
    code, out, err = run(*words)
    assert (code, err) == (0, "")
    assert given == {"folder": "one", "cells": 40, "answers": 10, "audit_size": 20, "seed": 0}
    for word in ("0.812", "0.745", "0.937", "precision", "0.91", "Go on.", "demo.sightline"):
        assert word in out
    said = parsed(run(*words, "--json")[1])
    assert (said["answered"], said["candidates"]) == ([10], 61)


@pytest.mark.parametrize(
    "words",
    [
        ("check", "mice.sightline"),
        ("check", "m1.csv"),
        ("sort", "status", "mice.sightline", "-a", "anna"),
        ("sort", "ask", "mice.sightline", "-a", "anna", "-n", "15"),
        ("sort", "audit", "mice.sightline", "-a", "zoe", "--draw", "5"),
        ("sort", "train", "mice.sightline", "-a", "zoe", "-o", "new.json"),
        ("sort", "prepare", "m1.csv", "-o", "new.sightline"),
        ("sort", "prepare", "mice.sightline", "-o", "new.sightline"),
        ("sort", "undo", "mice.sightline", "-a", "zoe"),
        ("sort", "export", "mice.sightline", "-a", "zoe"),
        ("sort", "export", "mice.sightline", "-a", "zoe", "--to", "bundle"),
        ("sort", "export", "mice.sightline", "-a", "zoe", "--to", "suite2p", "-o", "iscell.npy"),
    ],
    ids=" ".join,
)
def test_json_is_json(run: Run, project: str, words: tuple[str, ...]) -> None:
    code, out, err = run(*words, "--json")
    assert (code, err) == (0, "")
    assert isinstance(parsed(out), dict)


# --- mistakes ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        ("check", "none.csv"),
        ("check", "."),
        ("sort", "prepare", "none.csv", "-o", "new.sightline"),
        ("sort", "prepare", "m1.csv", "-o", "new"),
        ("sort", "prepare", "m1.csv", "-o", "mice.sightline"),
        ("sort", "prepare", "m1.csv", "-o", "no/where/new.sightline"),
        ("sort", "prepare", "m1.csv", "-o", "new.sightline", "--class", "one"),
        ("sort", "prepare", "m1.csv"),
        ("sort", "prepare", "-o", "new.sightline"),
        ("sort", "prepare", "m1.csv", "-o", "new.sightline", "--frame-rate", "10"),
        ("sort", "prepare", "m1.csv", "mice.sightline", "-o", "new.sightline"),
        ("sort", "prepare", "mice.sightline", "mice.sightline", "-o", "new.sightline"),
        ("sort", "prepare", "none.sightline", "-o", "new.sightline"),
        ("sort", "prepare", "none.sightline.zip", "-o", "new.sightline"),
        ("sort", "prepare", "m1.csv", "-c", "m1.csv", "-o", "new.sightline"),
        ("sort", "prepare", "none.tif", "-c", "none", "-o", "new.sightline"),
        ("sort", "duplicates", "mice.sightline", "-a", "anna"),
        ("sort", "merge", "mice.sightline", "none.csv", "-a", "anna"),
        ("sort", "merge", "mice.sightline", "m1.csv", "-a", "anna"),
        ("sort", "undo", "mice.sightline", "-a", "anna"),
        ("sort", "redo", "mice.sightline", "-a", "zoe"),
        ("sort", "ask", "none.sightline", "-a", "anna"),
        ("sort", "ask", "mice.sightline", "-a", "anna", "--weight", "7"),
        ("sort", "ask", "mice.sightline", "-a", "anna", "--probe-every", "-1"),
        ("sort", "ask", "mice.sightline", "-a", "anna", "-o", "m1.csv"),
        ("sort", "ask", "mice.sightline", "-a", "anna", "-o", "no/where.csv"),
        ("sort", "answer", "mice.sightline", "none.csv", "-a", "anna"),
        ("sort", "answer", "mice.sightline", "m1.csv", "-a", "anna"),
        ("sort", "status", "mice.sightline", "-a", "anna", "--preset", "best"),
        ("sort", "status", "mice.sightline", "-a", "anna", "--target", "perfect"),
        ("sort", "export", "mice.sightline", "-a", "anna", "-o", "m1.csv"),
        ("sort", "export", "mice.sightline", "-a", "zoe", "--to", "xls"),
        ("sort", "export", "mice.sightline", "-a", "zoe", "--to", "suite2p"),
        ("sort", "export", "mice.sightline", "-a", "zoe", "--to", "nwb", "-o", "new.nwb"),
        ("sort", "export", "mice.sightline", "-a", "zoe", "--to", "bundle", "-o", "new.zip"),
        ("sort", "export", "mice.sightline", "-a", "zoe", "--recording", "m2"),
        ("sort", "export", "mice.sightline", "-a", "anna", "--to", "caiman", "-o", "new.npz"),
        ("sort", "train", "mice.sightline", "-a", "anna", "-o", "new.json"),
        ("sort", "train", "mice.sightline", "-a", "zoe", "-o", "m1.csv"),
        ("sort", "train", "mice.sightline", "-a", "zoe", "-o", "no/where.json"),
        ("sort", "predict", "none.json", "m1.csv", "-o", "out"),
        ("sort", "predict", "m1.csv", "m1.csv", "-o", "out"),
        ("sort", "audit", "mice.sightline", "-a", "zoe"),
        ("sort", "audit", "mice.sightline", "-a", "anna", "--draw", "5"),
        ("sort", "audit", "mice.sightline", "-a", "zoe", "--draw", "5", "--answers", "m1.csv"),
        ("demo", "sort", "--cells", "5"),
    ],
    ids=" ".join,
)
def test_a_mistake_ends_in_one_sentence_and_changes_no_file(
    run: Run, project: str, tmp_path: Path, words: tuple[str, ...]
) -> None:
    before = contents(tmp_path)
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    assert is_one_sentence(err)
    assert contents(tmp_path) == before


def contents(folder: Path) -> dict[str, bytes]:
    """What the user sees: everything but SQLite's own files beside the journal."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith(("-wal", "-shm", "-journal"))
    }


@pytest.mark.parametrize(
    "words",
    [
        ("sort", "ask"),
        ("sort", "ask", "mice.sightline"),
        ("sort", "ask", "mice.sightline", "-a", "anna", "-n", "0"),
        ("sort", "ask", "mice.sightline", "-a", "anna", "--seed", "-1"),
        ("sort", "ask", "mice.sightline", "-a", "anna", "--strategy", "magic"),
        ("sort", "audit", "mice.sightline", "-a", "zoe", "--draw", "3", "--seed", "-1"),
        ("demo", "sort", "--seed", "-1"),
        ("demo", "sort", "--candidates", "5"),
        ("sort", "prepare", "--units", "volts"),
        ("sort", "prepare", "--features", "best"),
        ("sort", "guess"),
        ("--nonsense",),
    ],
    ids=" ".join,
)
def test_a_wrong_command_ends_with_usage(run: Run, words: tuple[str, ...]) -> None:
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    assert "Usage" in err
    assert "Traceback" not in err


def test_a_second_export_leaves_the_first_untouched(run: Run, project: str, tmp_path: Path) -> None:
    words = ("sort", "export", project, "-a", "zoe", "-o", "out.csv")
    assert run(*words)[0] == 0
    before = (tmp_path / "out.csv").read_bytes()
    code, _, err = run(*words)
    assert code == 2
    assert "there already" in err
    assert (tmp_path / "out.csv").read_bytes() == before


def test_a_tampered_classifier_is_one_sentence(
    run: Run, project: str, features: Path, tmp_path: Path
) -> None:
    run("sort", "train", project, "-a", "zoe", "-o", "zoe.json")
    path = tmp_path / "zoe.json"
    path.write_text(path.read_text().replace('"coefficients"', '"weights"'))
    code, out, err = run("sort", "predict", path, features, "-o", "out")
    assert (code, out) == (2, "")
    assert is_one_sentence(err)
    assert "damaged" in err


def test_stopping_is_no_error_of_ours(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(_path: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("sightline.workflows.checking.check", stop)
    code, _, err = run("check", "m1.csv")
    assert code == 130
    assert "stopped; what was finished is kept" in err


def test_a_mistake_of_ours_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_path: str) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("sightline.workflows.checking.check", fail)
    monkeypatch.setattr(sys, "argv", ["sightline", "check", "m1.csv"])
    with pytest.raises(ZeroDivisionError):
        cli.main()


def test_a_missing_journal_is_one_sentence(run: Run, project: str, tmp_path: Path) -> None:
    assert Project.open(tmp_path / project).kind == "sort"
    (tmp_path / project / "decisions.sqlite").unlink()
    code, out, err = run("sort", "status", project, "-a", "zoe")
    assert (code, out) == (2, "")
    assert is_one_sentence(err)


@pytest.mark.parametrize("agreement", [[], ["--agreement"]])
def test_a_benchmark_replaces_its_own_rows_but_no_other_file(
    agreement: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    precious = tmp_path / "precious.csv"
    precious.write_text("item,verdict\n", encoding="utf-8")
    monkeypatch.setattr(
        sys,
        "argv",
        ["sightline", "sort", "benchmark", "none.mat", "--json", "precious.csv", *agreement],
    )
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    assert precious.read_text(encoding="utf-8") == "item,verdict\n"
