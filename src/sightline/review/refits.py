"""Fitting behind the annotator's back: an answer never waits for it."""

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from threading import Lock
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from sightline.consensus.majority import UNDECIDED
from sightline.query.pool import Ranking
from sightline.review.advice import share_sure, stopping_advice
from sightline.review.answers import Answers
from sightline.sort.classifier import Model
from sightline.sort.learner import Learner

_logger: Final = logging.getLogger(__name__)


@dataclass(frozen=True)
class Fit:
    """What the machine makes of the answers as they were at one moment.

    Parameters
    ----------
    model
        ``None`` while the answers are of one class only.
    labels : (candidate,) int8
        The machine's, whatever the annotator said; all ``UNDECIDED`` without model.
    probability : (candidate,) float32
        Of a cell; with more than two classes, of the label. ``nan`` without model.
    ranking
        In which order to ask; ``None`` where everything had an answer.
    threshold, precision, recall
        As in `Predictions` and `SortProgress`.
    sure
        As in `SortProgress`.
    advice
        What more answers are expected to change; that of the last fit until it is known.
    """

    model: Model | None
    labels: NDArray[np.int8]
    probability: NDArray[np.float32]
    ranking: Ranking | None
    threshold: float
    precision: float
    recall: float
    sure: float
    advice: str


@dataclass(frozen=True)
class _Wanted:
    """Answers to fit to; nothing of it is changed any more."""

    answers: NDArray[np.int8]
    closed: NDArray[np.bool_]
    items: tuple[str, ...]


class FitThread:
    """The one thread on which all sessions fit; fits go before advice."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, "fits")
        self._lock = Lock()
        self._fits = 0

    @property
    def fits_wait(self) -> bool:
        """Whether some session waits for a fit."""
        return self._fits > 0

    def fit(self, run: Callable[[], None]) -> None:
        """Run soon."""
        with self._lock:
            self._fits += 1
        self._pool.submit(self._logged, self._counted, run)

    def advise(self, run: Callable[[], None]) -> None:
        """Run in its turn; it is to look at `fits_wait` now and then."""
        with suppress(RuntimeError):  # closed while a fit ran, whose advice nobody waits for
            self._pool.submit(self._logged, run)

    def close(self) -> None:
        """Wait for what runs, and do nothing more."""
        self._pool.shutdown(cancel_futures=True)

    def _counted(self, run: Callable[[], None]) -> None:
        with self._lock:
            self._fits -= 1
        run()

    def _logged(self, run: Callable[..., None], *given: Any) -> None:
        try:
            run(*given)
        except Exception:
            _logger.exception("fitting failed; the fit before stays in use")


class Refits:
    """The machine of one session.

    However many answers come while it fits, the next fit is to all of them.

    Parameters
    ----------
    learner
        Used by nobody else.
    index
        Row of each item.
    thread
        Which several sessions may share.
    tell
        Called from that thread, with True when there is a new fit, with False for new advice.
    """

    def __init__(
        self,
        learner: Learner,
        index: Mapping[str, int],
        thread: FitThread,
        tell: Callable[[bool], None],
    ) -> None:
        self.fit: Fit | None = None
        self.count = 0
        self._learner = learner
        self._index = index
        self._thread = thread
        self._tell = tell
        self._lock = Lock()
        self._wanted: _Wanted | None = None
        self._running = False
        self._stopped = False
        # a fit is made of small products, in which BLAS threads wait for each other
        self._threads = ThreadpoolController()

    @property
    def busy(self) -> bool:
        """Whether a fit to the latest answers is still to come."""
        return self._running or self._wanted is not None

    def want(self, answers: Answers) -> None:
        """Ask for a fit to the answers as they are now."""
        wanted = _Wanted(answers.training, answers.closed, tuple(answers.decisions))
        with self._lock:
            queued = self._wanted is not None
            self._wanted = wanted
        if not queued:
            self._thread.fit(self._run)

    def stop(self) -> None:
        """Give up what is queued; nothing is told any more."""
        self._stopped = True

    def _run(self) -> None:
        with self._lock:
            wanted, self._wanted = self._wanted, None
            self._running = True
        try:
            if wanted is None or self._stopped:
                return
            with self._threads.limit(limits=1):
                self._learner.know(wanted.answers, wanted.closed)
                self.fit = fit_learner(self._learner, self.fit.advice if self.fit else "")
        finally:
            self._running = False
        self._announce(anew=True)
        self._thread.advise(partial(self._advise, wanted))

    def _advise(self, wanted: _Wanted) -> None:
        """Say what more answers would bring; begin again later where a fit is waited for."""
        rows = (self._index.get(item, -1) for item in wanted.items)
        order = [row for row in rows if row >= 0 and wanted.answers[row] != UNDECIDED]
        if self._is_overtaken():
            return
        with self._threads.limit(limits=1):
            advice = stopping_advice(self._learner, order, self._is_to_wait)
        if self._is_to_wait() and not self._is_overtaken():
            self._thread.advise(partial(self._advise, wanted))
        elif self.fit is not None and advice != self.fit.advice and not self._is_overtaken():
            self.fit = replace(self.fit, advice=advice)
            self._announce(anew=False)

    def _is_overtaken(self) -> bool:
        return self._stopped or self._wanted is not None

    def _is_to_wait(self) -> bool:
        return self._thread.fits_wait or self._is_overtaken()

    def _announce(self, *, anew: bool) -> None:
        if not self._stopped:
            self.count += 1
            self._tell(anew)


def fit_learner(learner: Learner, advice: str) -> Fit:
    """Fit to all answers, and rank what may be asked next."""
    learner.refit()
    ranking = None if learner.closed.all() else learner.ask().ranking
    labels, expected = learner.labels()
    probability = learner.probability
    if probability is None:
        probability = np.full(len(labels), np.nan, np.float32)
    elif probability.ndim == 2:
        probability = probability.max(1)
    nan = float("nan")
    return Fit(
        learner.model,
        labels,
        probability,
        ranking,
        expected.threshold if expected else nan,
        expected.precision if expected else nan,
        expected.recall if expected else nan,
        share_sure(learner),
        advice,
    )
