"""An item put before an annotator."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Question:
    """One item to judge, with the reason why it was chosen.

    Parameters
    ----------
    item
        What to judge, as ``recording/identity``.
    index
        Its row among the stacked items of the session.
    score
        How much the strategy wants it; higher is asked sooner. ``nan`` for a probe.
    reason
        Why it was chosen, in words; says nothing of the predicted class. Of a repeat, the reason
        of another question.
    probe
        Whether it was drawn at random, whatever the strategy.
    repeat
        Whether the annotator has judged it before, which is not to be told.
    """

    item: str
    index: int
    score: float
    reason: str
    probe: bool
    repeat: bool = False
