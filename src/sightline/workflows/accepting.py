"""Accept the machine's labels: `sightline sort accept`."""

from typing import Any
from uuid import uuid4

from sightline.review import accepting
from sightline.review.sort_session import SortSession

Summary = dict[str, Any]


def accept(session: SortSession, *, withdraw: bool = False) -> Summary:
    """Keep the machine's labels as they are now, for all exports, until they are accepted again.

    Decisions outrank them, later ones too; `undo` takes the acceptance back. No candidate is
    decided by it.

    Parameters
    ----------
    session
        The annotator's; its settings fix the threshold.
    withdraw
        Take back what was accepted instead, however many answers came since.

    Returns
    -------
    dict
        ``accepted`` in words, ``threshold``, and the final number of candidates of each class.

    Raises
    ------
    SettingError
        If there is no classifier yet; on withdrawing, if nothing is accepted.
    ProjectError
        If it could not be written.
    """
    act = accepting.withdraw if withdraw else accepting.accept
    act(session, uuid4().hex)
    final = accepting.final_predictions(session)
    names = final.names()
    return {
        "accepted": accepting.words(accepting.accepted_result(session)),
        "threshold": final.threshold,
        **{name: names.count(name) for name in session.classes},
        "decided_by_annotator": int(final.human.sum()),
    }
