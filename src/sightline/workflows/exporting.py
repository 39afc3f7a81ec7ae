"""Results given back the way the candidates came, or as a table or bundle."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sightline.consensus.majority import UNDECIDED
from sightline.errors import InputError, SettingError
from sightline.formats.candidates.actsort_candidates import write_actsort_labels
from sightline.formats.candidates.caiman import write_caiman_index
from sightline.formats.candidates.nwb_verdicts import NwbVerdicts, write_verdicts_beside
from sightline.formats.candidates.nwb_writing import NwbSession, write_nwb
from sightline.formats.candidates.suite2p import write_iscell
from sightline.formats.table import write_rows
from sightline.project.bundle import write_bundle
from sightline.project.evidence import has_evidence, open_evidence
from sightline.project.project import BUNDLE_SUFFIX, SUFFIX
from sightline.project.source import sources_of
from sightline.review.accepting import accepted_result, final_predictions, words
from sightline.review.sort_session import SortSession
from sightline.workflows.final_labels import FinalLabels, final_labels

Summary = dict[str, Any]

_HEADER: Final = ("item", "verdict", "decided_by", "probability", "parts")
_MERGED: Final = "merged"


@dataclass(frozen=True)
class _Result:
    """What is to be written of one recording.

    ``labels`` are of the extraction's rows, ``merged`` of cells: of some there are several rows.
    """

    session: SortSession
    number: int
    labels: FinalLabels
    merged: FinalLabels
    accept: Sequence[str]
    segmentation: str

    @property
    def source(self) -> Path | None:
        """Where the candidates came from, if that is still there."""
        return sources_of(self.session.project).get(self.labels.recording)


@dataclass(frozen=True)
class _Rows:
    """What formats say whose rows are those of the extraction's files, (row,) each.

    The first part of a merged cell stands for it; the others are rejected, by the annotator.
    """

    accepted: NDArray[np.bool_]
    probability: NDArray[np.float32]
    by_hand: NDArray[np.bool_]


def export(
    session: SortSession,
    to: str = "csv",
    output: str | Path | None = None,
    *,
    recording: str = "",
    accept: Sequence[str] = (),
    segmentation: str = "",
    decisions: bool = True,
) -> Summary:
    """Write every candidate's final label: the annotator's where there is one, else the machine's.

    The machine's are those that the annotator accepted, if any, whatever the session's settings.
    Candidates that the annotator said to be one cell are one row in a table, and one region in an
    NWB file of Sightline's own. In formats whose rows are fixed by the extraction's files, the
    first part stands for the cell and the others are rejected; in a copy of an NWB file they are
    called ``merged``, and a column tells into which.

    Parameters
    ----------
    session
        The annotator's.
    to
        ``csv``, ``suite2p`` (an ``iscell.npy``), ``caiman`` (its index), ``actsort`` (its label
        file), ``nwb`` (columns in a copy of the file that the candidates came from, else a new
        file), or ``bundle`` (the whole project in one file).
    output
        File to write; if not given, beside what the candidates came from, or beside the project.
    recording
        Which one, where a project has several and the format holds one; a table holds all if not
        given.
    accept
        Classes that count as cells; the second of two if not given.
    segmentation
        Which one of the NWB file that the candidates came from, where it has several.
    decisions
        Whether a bundle carries the decisions.

    Returns
    -------
    dict
        ``output``, ``threshold``, ``accepted`` in words, the number of candidates of each class,
        those without label, those decided by the annotator, and those merged into others.

    Raises
    ------
    InputError
        If the file is there already, or candidates have no label where the format needs one.
    SettingError
        If the format, a class or the recording is unknown.
    """
    if to not in ("csv", "bundle", *_WRITERS):
        raise SettingError(f"--to is {to!r}; it must be one of csv, bundle, {', '.join(_WRITERS)}.")
    numbers = _chosen(session, recording, to)
    labels, merged = final_labels(session), final_labels(session, merge=True)
    home = session.project.path.resolve()
    home = home.with_name(home.name.removesuffix(SUFFIX))
    if to == "bundle":
        path = _named(output) or home.with_name(home.name + BUNDLE_SUFFIX)
        write_bundle(session.project, path, decisions=decisions)
    elif to == "csv":
        path = _named(output) or home.with_name(f"{home.name}.csv")
        write_rows(path, _HEADER, [row for number in numbers for row in _table(merged[number])])
    else:
        (number,) = numbers
        parts = labels[number], merged[number]
        result = _Result(session, number, *parts, tuple(accept), segmentation)
        path = _named(output) or _beside(result.source, to)
        _WRITERS[to](path, result)
    verdicts = [verdict for number in numbers for verdict in merged[number].verdict]
    who = [by for number in numbers for by in merged[number].decided_by]
    return {
        "output": str(path),
        "threshold": final_predictions(session).threshold,
        "accepted": words(accepted_result(session)),
        **{name: verdicts.count(name) for name in session.classes},
        "without_label": verdicts.count(""),
        "decided_by_annotator": who.count(session.annotator),
        "merged_away": sum(len(labels[number]) for number in numbers) - len(verdicts),
    }


def _named(output: str | Path | None) -> Path | None:
    return None if output is None else Path(output)


def _chosen(session: SortSession, recording: str, to: str) -> Sequence[int]:
    """The recordings to write, by their place in the project."""
    names = [table.recording for table in session.tables]
    if recording and to == "bundle":
        raise SettingError("--recording is given, but a bundle holds the whole project.")
    if not recording and (len(names) == 1 or to not in _WRITERS):
        return range(len(names))
    if recording not in names:
        one = ", for this format holds one recording a file" if to in _WRITERS else ""
        raise SettingError(
            f"--recording is {recording!r}; it must be one of {', '.join(names)}{one}."
        )
    return [names.index(recording)]


def _table(labels: FinalLabels) -> list[list[str]]:
    return [
        [
            f"{labels.recording}/{identity}",
            verdict,
            decided_by,
            f"{probability:.4f}",
            " ".join(parts) if len(parts) > 1 else "",
        ]
        for identity, verdict, decided_by, probability, parts in zip(
            labels.identities,
            labels.verdict,
            labels.decided_by,
            labels.probability,
            labels.parts,
            strict=True,
        )
    ]


def _beside(source: Path | None, to: str) -> Path:
    if source is None:
        raise InputError(
            "--output",
            "it is not given, and where the candidates came from is not known or not there",
            "where to write",
            "Give --output.",
        )
    folder = source if source.is_dir() else source.parent
    stem = source.name if source.is_dir() else source.stem
    names = {
        "suite2p": "iscell_sightline.npy",
        "caiman": f"{stem}_sightline.npz",
        "actsort": f"{stem}_LABELS.mat",
        "nwb": f"{stem}_sightline.nwb",
    }
    return folder / names[to]


def _write_suite2p(path: Path, result: _Result) -> None:
    rows = _rows(result)
    unknown = np.isnan(rows.probability)
    write_iscell(path, rows.accepted, np.where(unknown, rows.accepted, rows.probability))


def _write_caiman(path: Path, result: _Result) -> None:
    rows = _rows(result)
    write_caiman_index(path, rows.accepted, decided=rows.by_hand)


def _write_actsort(path: Path, result: _Result) -> None:
    rows = _rows(result)
    said = rows.accepted.astype(np.int8)
    human = np.where(rows.by_hand, said, UNDECIDED).astype(np.int8)
    model = np.where(rows.by_hand, UNDECIDED, said).astype(np.int8)
    write_actsort_labels(path, human, model, said)


def _write_nwb(path: Path, result: _Result) -> None:
    project, merged = result.session.project, result.merged
    if not has_evidence(project, result.number):
        raise InputError(
            project.path, "it holds features only", "footprints", "Export as csv instead."
        )
    with open_evidence(project, result.number) as reader:
        about = reader.evidence.about
        if about.candidates_format == "nwb" and result.source is not None:
            verdicts = _verdicts_of_rows(result)
            write_verdicts_beside(result.source, path, verdicts, segmentation=result.segmentation)
            return
        candidates = merged.candidates(reader)
    if candidates.traces is not None and not candidates.frame_rate_hz:
        raise InputError(
            project.path,
            "the frame rate of its traces is not known",
            "one, which NWB needs",
            "Prepare it again with --frame-rate, or export as csv.",
        )
    size = about.pixel_size_um
    session = NwbSession(pixel_size_um=None if size is None else (size[-2], size[-1]))
    verdicts = NwbVerdicts(merged.identities, merged.verdict, merged.probability, merged.decided_by)
    write_nwb(path, candidates, verdicts, session)


def _verdicts_of_rows(result: _Result) -> NwbVerdicts:
    """Verdicts on the regions of the original, those that are merged into another so called."""
    labels, merged = result.labels, result.merged
    row = {identity: number for number, identity in enumerate(labels.identities)}
    verdict, decided_by = [_MERGED] * len(labels), [result.session.annotator] * len(labels)
    probability, merged_into = labels.probability.copy(), [""] * len(labels)
    for place, (first, *others) in enumerate(merged.parts):
        verdict[row[first]] = merged.verdict[place]
        decided_by[row[first]] = merged.decided_by[place]
        probability[row[first]] = merged.probability[place]
        for other in others:
            merged_into[row[other]] = first
    return NwbVerdicts(
        labels.identities, tuple(verdict), probability, tuple(decided_by), tuple(merged_into)
    )


def _rows(result: _Result) -> _Rows:
    """What is said of each row of the extraction's files; all rows have a label."""
    labels, merged = result.labels, result.merged
    accept = _accepted(result.session, result.accept)
    without = merged.verdict.count("")
    if without:
        raise InputError(
            f"export of {labels.recording}",
            f"{without} candidates have no label yet",
            "a label for each",
            "Answer some questions of each class first, or export as csv.",
        )
    row = {identity: number for number, identity in enumerate(labels.identities)}
    classes = [result.session.classes.index(name) for name in accept]
    rows = _Rows(
        np.zeros(len(labels), bool), labels.chances[:, classes].sum(1), np.ones(len(labels), bool)
    )
    for place, (first, *_) in enumerate(merged.parts):
        rows.accepted[row[first]] = merged.verdict[place] in accept
        rows.probability[row[first]] = merged.chances[place, classes].sum()
        rows.by_hand[row[first]] = merged.decided_by[place] == result.session.annotator
    return rows


def _accepted(session: SortSession, accept: Sequence[str]) -> Sequence[str]:
    classes = session.classes
    unknown = set(accept) - set(classes)
    if unknown or (not accept and len(classes) != 2):
        raise SettingError(
            f"--accept is {', '.join(accept) or 'not given'}; it must name those of "
            f"{', '.join(classes)} that count as cells."
        )
    return tuple(dict.fromkeys(accept)) or (classes[1],)


_WRITERS: Final[dict[str, Callable[[Path, _Result], None]]] = {
    "suite2p": _write_suite2p,
    "caiman": _write_caiman,
    "actsort": _write_actsort,
    "nwb": _write_nwb,
}
