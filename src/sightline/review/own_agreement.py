"""How far an annotator agrees with himself: from the journal to figures and words."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sightline.data.decision import Decision, DecisionKind
from sightline.review.answers import Answers
from sightline.trust.self_agreement import (
    FEWEST_PAIRS,
    AnswerBlock,
    LeniencyChange,
    SelfAgreement,
    answer_blocks,
    leniency_change,
    self_agreement,
)

_NO_CLASS = -1


@dataclass(frozen=True)
class OwnAgreement:
    """What one annotator's repeats and answers say of him.

    Parameters
    ----------
    repeats
        Candidates asked again, unannounced, and answered.
    agreement
        Of those with a class both times.
    blocks
        Of the answers given one at a time, in order, repeats among them; changes of mind are not.
    change
        Whether he grew lenient or strict; ``None`` with more than two classes.
    words
        What this amounts to.
    """

    repeats: int
    agreement: SelfAgreement
    blocks: tuple[AnswerBlock, ...]
    change: LeniencyChange | None
    words: str


@dataclass(frozen=True)
class _Given:
    """An answer given by itself, and the one before it where this one is a repeat."""

    said: Decision
    before: Decision | None


def own_agreement(answers: Answers, classes: tuple[str, ...]) -> OwnAgreement:
    """Compare an annotator's repeats with what he said before; of standing answers only.

    Parameters
    ----------
    answers
        The annotator's.
    classes
        Names of the verdicts; of two, the second is the accepting one.
    """
    given = _given(answers)
    numbers = {name: number for number, name in enumerate(classes)}
    said = _numbers([one.said for one in given], numbers)
    before = _numbers([one.before for one in given], numbers)
    paired = (said != _NO_CLASS) & (before != _NO_CLASS)
    two = len(classes) == 2
    agreement = self_agreement(before[paired], said[paired])
    change = leniency_change(before[paired] == 1, said[paired] == 1) if two else None
    nan = float("nan")
    blocks = answer_blocks(
        np.where((said != _NO_CLASS) & two, said == 1, nan),
        np.array([nan if one.said.seconds is None else one.said.seconds for one in given]),
        np.where(paired, said == before, nan),
    )
    repeats = sum(one.before is not None for one in given)
    return OwnAgreement(repeats, agreement, blocks, change, _words(agreement, change))


def _given(answers: Answers) -> list[_Given]:
    """Answers given one at a time, without changes of mind."""
    latest: dict[str, Decision] = {}
    given = []
    for entry in answers.hand.standing:
        if entry.decisions[0].kind is not DecisionKind.VERDICT:
            continue
        said = entry.decisions[0]
        if len(entry.decisions) == 1 and (said.repeat or said.item not in latest):
            given.append(_Given(said, latest.get(said.item) if said.repeat else None))
        latest |= {decision.item: decision for decision in entry.decisions}
    return given


def _numbers(decisions: list[Decision | None], numbers: dict[str, int]) -> NDArray[np.int64]:
    return np.array([numbers.get(one.value, _NO_CLASS) if one else _NO_CLASS for one in decisions])


def _words(agreement: SelfAgreement, change: LeniencyChange | None) -> str:
    """What may be said, and no more."""
    if not agreement.pairs:
        return "No question was asked again and answered yet."
    share = agreement.share
    same = (
        f"{round(share.value * agreement.pairs)} of {agreement.pairs} repeats were answered as "
        f"before: {100 * share.value:.0f} %, 95 % bounds {100 * share.low:.0f} to "
        f"{100 * share.high:.0f} %"
    )
    kappa = "" if np.isnan(agreement.kappa) else f", Cohen's kappa {agreement.kappa:.2f}"
    return f"{same}{kappa}. {_drift(agreement, change)}"


def _drift(agreement: SelfAgreement, change: LeniencyChange | None) -> str:
    if agreement.pairs < FEWEST_PAIRS:
        return (
            f"Too few repeats to speak of drift: {agreement.pairs}, and {FEWEST_PAIRS} are needed."
        )
    if change is None:
        return "With more than two classes no test of drift is made."
    turned = (
        f"{change.to_accepted} of {change.pairs} were accepted only the second time, "
        f"{change.to_rejected} only the first (exact McNemar test, p = {change.p_value:.2g})."
    )
    if change.p_value >= 0.05:
        return f"No drift shown, which does not show that there is none: {turned}"
    way = "lenient" if change.to_accepted > change.to_rejected else "strict"
    return f"More {way} the second time: {turned}"
