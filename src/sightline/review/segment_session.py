"""Segmentation without a screen: the session that Python and command line share."""

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Final
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from sightline.consensus.mask_consensus import METHODS
from sightline.data.decision import ACCEPTED, SKIP, UNSURE, Decision, DecisionKind
from sightline.data.mask import Mask
from sightline.data.mask_item import (
    MaskItem,
    consensus_item,
    mask_item,
    object_item,
    parse_mask_item,
)
from sightline.data.question import Question
from sightline.data.reviewed_masks import SegmentProgress, StandingMask
from sightline.errors import InputError, SettingError
from sightline.project.fold import standing
from sightline.project.journal import Journal
from sightline.project.predictions import (
    MachineMask,
    Predictions,
    machine_mask,
    predictions_stamp,
    read_predictions,
    uncertainty_map,
)
from sightline.project.project import Project
from sightline.project.segmenting import read_segmenting, store_mask
from sightline.review.deciding import Deciding
from sightline.review.fitting_mask import fitting_mask
from sightline.review.mask_questions import Of, check_of, image_questions, object_questions
from sightline.review.said_masks import (
    DRAWN,
    NOTHING_SAID,
    PROPOSAL,
    REJECTED,
    SaidOfImage,
    said_masks,
)
from sightline.review.segment_progress import segment_progress
from sightline.review.standing_masks import Compared, StandingMasks

VALUES: Final = (ACCEPTED, REJECTED, UNSURE, SKIP)


class SegmentSession(Deciding):
    """One annotator's work on one segmentation; every answer is on disk when `decide` returns.

    What is asked are masks of the machine's, as they were stored with the project; neither the
    images nor the model are needed.

    Parameters
    ----------
    path
        The project folder.
    annotator
        Who decides.
    probe_every
        Every so many questions one is drawn at random; 0: none.
    wanted_dice
        Below which a mask is to be looked at, for `progress`.
    method
        Of the consensus where several annotators outlined an image, as for `fuse_masks`.
    seed
        Of random questions.

    Raises
    ------
    ProjectError
        If the project cannot be opened.
    SettingError
        If the method is not known.
    """

    def __init__(
        self,
        path: str | Path,
        annotator: str,
        *,
        probe_every: int = 10,
        wanted_dice: float = 0.8,
        method: str = "staple",
        seed: int = 0,
    ) -> None:
        if method not in METHODS:
            raise SettingError(f"Method {method!r} is not known; choose one of {METHODS}.")
        self.project = Project.open(Path(path))
        self.annotator = annotator
        self.segmenting = read_segmenting(self.project)
        self.probe_every, self.wanted_dice = probe_every, wanted_dice
        self.method, self.seed = method, seed
        self._asked: dict[tuple[str, str], bool] = {}
        self._seen: set[str] = set()
        self._compared = Compared()
        self._stamp: tuple[int, int] | None = None
        self.predictions = Predictions.none()
        self.journal: Journal = self.project.journal()
        try:
            self.refresh()
        except BaseException:
            self.close()
            raise

    def next(self, of: Of = "images") -> Question | None:
        """The next question, or ``None`` when nothing is left to ask."""
        return next(iter(self.batch(1, of)), None)

    def batch(self, n: int, of: Of = "images") -> list[Question]:
        """The next ``n`` questions: images, or objects, of which the machine is least sure.

        An image that somebody outlined is not asked, nor are objects of such an image.

        Raises
        ------
        SettingError
            If ``n`` is not positive, or it is neither of images nor of objects.
        """
        check_of(of)
        rhythm = {"probe_every": self.probe_every, "asked": len(self.decisions), "seed": self.seed}
        if of == "images":
            items = [self.item(name) for name in self.segmenting.names]
            masks = [self._machine.get(name) for name in self.segmenting.names]
            found = image_questions(items, masks, self._closed_images(), n, **rhythm)
        else:
            closed = self._closed_objects()
            found = object_questions(self._object_items, self.predictions, closed, n, **rhythm)
        self._asked |= {_place(question.item): question.probe for question in found}
        return found

    def machine(self, item: str) -> Mask | None:
        """The machine's mask of an image, or of an object's image; None where it has none.

        The next decision on this item is then no longer recorded as blind.
        """
        stored = self._machine.get(self.about(item).image)
        if stored is None:
            return None
        self._seen.add(item)
        return machine_mask(self.project, stored, self.segmenting.class_names)

    def uncertainty(self, item: str) -> NDArray[np.float32] | None:
        """(y, x) where the machine is unsure; None where it has no mask. See `machine`."""
        stored = self._machine.get(self.about(item).image)
        if stored is None:
            return None
        self._seen.add(item)
        return uncertainty_map(self.project, stored)

    def decide(
        self,
        item: str,
        said: Mask | str,
        *,
        seconds: float | None = None,
        client_id: str | None = None,
    ) -> None:
        """Record what the annotator says of an image's mask, or of an object.

        Parameters
        ----------
        item
            As a question names it; `correction` of an image stands over consensus and machine.
        said
            The mask as it should be; or ``"accepted"``, the machine's without the objects that
            people rejected, ``"rejected"``, ``"unsure"`` or ``"skip"``. Of an object only a word.
        seconds
            Time it took.
        client_id
            Name of this act; sent twice, it counts once.

        Raises
        ------
        InputError
            If the item or word is unknown, the mask does not fit the image, or there is no mask of
            the machine's to accept or reject.
        ProjectError
            If it could not be written; then nothing was recorded.
        """
        self.decide_each({item: said}, seconds=seconds, client_id=client_id)

    def decide_each(
        self,
        said: Mapping[str, Mask | str],
        *,
        probes: Collection[str] = (),
        seconds: float | None = None,
        client_id: str | None = None,
    ) -> None:
        """Record several answers as one group, to be undone together; see `decide`.

        ``probes`` are items that were drawn at random when another session asked.
        """
        self._asked |= dict.fromkeys(map(_place, probes), True)
        checked = {item: self._checked(item, what) for item, what in said.items()}
        decisions = [self._decision(item, what, seconds) for item, what in checked.items()]
        if decisions and not (client_id and self._is_recorded(client_id, decisions)):
            self.journal.record(decisions, client_id or uuid4().hex)
            self.refresh()

    def refresh(self) -> None:
        """Take over what the journal holds, other processes' entries too, and new predictions."""
        state = self.journal.state()
        self.said: dict[str, SaidOfImage] = said_masks(state, self.segmenting.recording)
        every = standing(state, self.annotator)
        self.decisions: dict[str, Decision] = {
            item: decision for item, decision in every.items() if self._is_ours(item)
        }
        stamp = predictions_stamp(self.project)
        if stamp != self._stamp:
            self.segmenting = read_segmenting(self.project)
            self.predictions, self._stamp = read_predictions(self.project), stamp
        self._machine: dict[str, MachineMask] = {one.name: one for one in self.predictions.masks}
        objects = self.predictions.objects
        images = [mask.name for mask in self.predictions.masks]
        self._object_items = [
            object_item(self.segmenting.recording, images[place], name)
            for place, name in zip(objects.image.tolist(), objects.names, strict=True)
        ]
        self._objects = frozenset(self._object_items)
        self._masks = StandingMasks(
            self.project, self.segmenting, self.said, self.predictions, self.method
        )

    def predict(self, names: Iterable[str] | None = None) -> dict[str, StandingMask]:
        """Every image's mask: a person's, the consensus' where there are several, the machine's.

        Objects that people rejected are not in the machine's. ``names`` are all images if not
        given.

        Raises
        ------
        InputError, ProjectError
            If there is no such image, or a mask is missing or damaged.
        """
        wanted = self.segmenting.names if names is None else tuple(names)
        return {name: self._masks.of(self.segmenting.image(name)) for name in wanted}

    def own(self, names: Iterable[str]) -> dict[str, StandingMask]:
        """The annotator's own masks of images; nothing but ignored pixels where there is none."""
        image, who = self.segmenting.image, self.annotator
        return {name: self._masks.own(image(name), who) for name in names}

    def progress(self) -> SegmentProgress:
        """How far the review has come, and how good the rest is expected to be."""
        dice = self._compared.dice(self._masks)
        return segment_progress(
            self.segmenting.names,
            self.said,
            self.predictions,
            self.decisions.values(),
            dice,
            self.wanted_dice,
        )

    def item(self, image: str) -> str:
        """Name of the annotator's own mask of an image in decisions."""
        return mask_item(self.segmenting.recording, image)

    def correction(self, image: str) -> str:
        """Name of the mask of an image that stands over consensus and machine."""
        return consensus_item(self.segmenting.recording, image)

    def about(self, item: str) -> MaskItem:
        """What an item names.

        Raises
        ------
        InputError
            If there is nothing of that name in the project.
        """
        found = parse_mask_item(item)
        known = found.recording == self.segmenting.recording
        if not known or found.image not in self.segmenting.names:
            raise InputError(
                item,
                "there is no such mask in the project",
                f"{self.item('IMAGE')}, of {len(self.segmenting.images)} images",
                "Check recording and image.",
            )
        if found.object and item not in self._objects and item not in self.decisions:
            raise InputError(
                item,
                "the machine's mask has no such object",
                "one of the objects as they are now",
                "Ask for questions again; the image was predicted anew.",
            )
        return found

    def _is_ours(self, item: str) -> bool:
        try:
            return parse_mask_item(item).recording == self.segmenting.recording
        except InputError:
            return False

    def _checked(self, item: str, said: Mask | str) -> Mask | str:
        """What was said, if it can be said of that item."""
        about = self.about(item)
        if isinstance(said, Mask):
            if about.object:
                raise InputError(
                    item, "a mask was given", ", ".join(VALUES),
                    "Give the whole image's mask, with the object as it should be.",
                )  # fmt: skip
            image = self.segmenting.image(about.image)
            return fitting_mask(said, image, self.segmenting.class_names)
        if said not in VALUES:
            raise InputError("answer", repr(said), f"a mask, or {', '.join(VALUES)}", "Say that.")
        if said in (ACCEPTED, REJECTED) and about.image not in self._machine:
            raise InputError(
                item, "the machine has no mask of it", "a mask, unsure or skip",
                "Predict it first, or give a mask.",
            )  # fmt: skip
        return said

    def _decision(self, item: str, said: Mask | str, seconds: float | None) -> Decision:
        about = parse_mask_item(item)
        stored = self._machine.get(about.image)
        payload, value, kind = None, said, DecisionKind.MASK
        if isinstance(said, Mask):
            payload, value = store_mask(self.project, said), DRAWN
        elif about.object or said == REJECTED:
            kind = DecisionKind.VERDICT
        elif said == ACCEPTED and stored is not None:
            payload = store_mask(self.project, self._masks.of_machine(stored))
        return Decision(
            item,
            self.annotator,
            kind,
            str(value),
            payload=payload,
            seconds=seconds,
            evidence=f"{PROPOSAL}{stored.digest if stored else 'none'}",
            blind=item not in self._seen and value not in (ACCEPTED, REJECTED),
            probe=self._asked.get(_place(item), False),
        )

    def _is_recorded(self, client_id: str, decisions: Iterable[Decision]) -> bool:
        """Whether this act is in the journal already; how it was seen may have changed since."""
        entry = self.journal.find(client_id)
        there = entry.decisions if entry and entry.annotator == self.annotator else ()
        return bool(there) and _told(there) == _told(decisions)

    def _closed_images(self) -> NDArray[np.bool_]:
        """(image,) what somebody outlined, or this annotator said something of."""
        return np.array([self._is_closed(name) for name in self.segmenting.names], bool)

    def _is_closed(self, name: str) -> bool:
        said, stored = self.said.get(name, NOTHING_SAID), self._machine.get(name)
        rejected = stored is not None and stored.digest in said.rejected.values()
        return said.outlined or rejected or self.annotator in said.left

    def _closed_objects(self) -> NDArray[np.bool_]:
        """(object,) what somebody said something of, and those of closed images."""
        images = [self._is_closed(mask.name) for mask in self.predictions.masks]
        recording = self.segmenting.recording
        said = {
            object_item(recording, name, one)
            for name in self.said
            for one in self.said[name].objects
        }
        places = self.predictions.objects.image.tolist()
        return np.array(
            [
                images[place] or item in said
                for place, item in zip(places, self._object_items, strict=True)
            ],
            bool,
        )


def _place(item: str) -> tuple[str, str]:
    """Image and object: a correction answers a question of its image as one's own mask does."""
    about = parse_mask_item(item)
    return about.image, about.object


def _told(decisions: Iterable[Decision]) -> dict[str, tuple[str, str | None]]:
    return {one.item: (one.value, one.payload) for one in decisions}
