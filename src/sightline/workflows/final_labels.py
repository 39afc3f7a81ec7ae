"""Every candidate's final label, and what becomes of candidates that are one cell."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from sightline.data.candidate_set import CandidateSet
from sightline.project.evidence import EvidenceReader
from sightline.review.accepting import final_predictions
from sightline.review.merging import merge_groups, merge_results
from sightline.review.sort_session import SortSession
from sightline.sort.merging import merge_candidates

_SUMMARY = ("maximum", "mean", "correlation")


@dataclass(frozen=True)
class FinalLabels:
    """Final labels of one recording's candidates.

    Parameters
    ----------
    recording
        Its name.
    identities
        Of the candidates; a merged one's are its parts', joined.
    verdict
        Class name; empty where there is no label.
    chances : (candidate, class) float32
        The machine's probability of each class; NaN where there is no classifier.
    decided_by
        The annotator, ``"machine"``, or empty.
    parts
        The extractor's identities that each stands for, in the order of their rows.
    """

    recording: str
    identities: tuple[str, ...]
    verdict: tuple[str, ...]
    chances: NDArray[np.float32]
    decided_by: tuple[str, ...]
    parts: tuple[tuple[str, ...], ...]

    def __len__(self) -> int:
        return len(self.identities)

    @property
    def probability(self) -> NDArray[np.float32]:
        """(candidate,) probability of a cell; with more than two classes, of the likeliest."""
        return self.chances[:, 1] if self.chances.shape[1] == 2 else self.chances.max(1)

    def candidates(self, reader: EvidenceReader) -> CandidateSet:
        """Return footprints and traces, if there are any; merged ones as one.

        What the extractor says of each (columns, proposal) is unknown of a merged one.
        """
        evidence = reader.evidence
        row = {identity: number for number, identity in enumerate(evidence.identities)}
        first = [row[parts[0]] for parts in self.parts]
        traces = reader.traces() if reader.trace_shape[1] else None
        activity = None if traces is None else traces[first]
        proposal = None if evidence.proposal is None else evidence.proposal[first]
        columns = {name: values[first] for name, values in evidence.columns.items()}
        footprints, place_of = [evidence.footprints], np.array(first)
        for place in (place for place, parts in enumerate(self.parts) if len(parts) > 1):
            members = [row[part] for part in self.parts[place]]
            footprint, trace = merge_candidates(
                evidence.footprints, traces, members, evidence.about.trace_kind
            )
            place_of[place] = len(row) + len(footprints) - 1
            footprints.append(footprint)
            if activity is not None:
                activity[place] = trace
            if proposal is not None:
                proposal[place] = -1
            for values in columns.values():
                values[place] = np.nan
        every = sparse.csr_array(sparse.vstack(footprints, format="csr"))
        return CandidateSet(
            self.recording,
            evidence.about.candidates_source,
            evidence.about.candidates_format,
            evidence.image_shape,
            sparse.csr_array(every[place_of]),
            activity,
            self.identities,
            trace_kind=evidence.about.trace_kind,
            frame_rate_hz=evidence.about.frame_rate_hz,
            images={name: evidence.images[name] for name in _SUMMARY if name in evidence.images},
            columns=columns,
            proposal=proposal,
        )


def final_labels(session: SortSession, merge: bool = False) -> list[FinalLabels]:
    """Return the final labels of each recording: as decided, else as accepted, else as predicted.

    Parameters
    ----------
    session
        The annotator's.
    merge
        Whether candidates that the annotator said to be one cell are one.
    """
    groups = merge_groups(session) if merge else {}
    merged = merge_results(final_predictions(session), groups)
    predictions, verdicts = merged.predictions, merged.predictions.names()
    chances = _of_classes(predictions.probability, len(session.classes))
    names = [
        (table.recording, identity) for table in session.tables for identity in table.identities
    ]
    of_recording: dict[str, list[int]] = {table.recording: [] for table in session.tables}
    for place, rows in enumerate(merged.members):
        of_recording[names[rows[0]][0]].append(place)
    return [
        FinalLabels(
            recording,
            tuple(predictions.items[place].removeprefix(f"{recording}/") for place in places),
            tuple(verdicts[place] for place in places),
            chances[places],
            tuple(
                session.annotator if predictions.human[place] else "machine" * bool(verdicts[place])
                for place in places
            ),
            tuple(tuple(names[row][1] for row in merged.members[place]) for place in places),
        )
        for recording, places in of_recording.items()
    ]


def _of_classes(probability: NDArray[np.floating], classes: int) -> NDArray[np.float32]:
    """(candidate, class), also where there is one number a candidate: that of a cell, or NaN."""
    if probability.ndim == 2:
        return probability.astype(np.float32)
    chances = np.full((len(probability), classes), np.nan, np.float32)
    if classes == 2:
        chances[:, 0], chances[:, 1] = 1 - probability, probability
    return chances
