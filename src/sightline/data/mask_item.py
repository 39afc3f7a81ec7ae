"""How decisions name masks: an annotator's of an image, the consensus' of it, one object's.

``recording/image``, ``recording/image/consensus`` and ``recording/image/object/NAME``, where the
recording is the set of images, and an object's name tells its pixels.
"""

import re
from dataclasses import dataclass
from typing import Final

from sightline.errors import InputError

CONSENSUS: Final = "consensus"
OBJECT: Final = "object"

_ITEM = re.compile(
    rf"(?P<recording>[^/]+)/(?P<image>[^/]+)"
    rf"(/(?P<consensus>{CONSENSUS})|/{OBJECT}/(?P<object>[^/]+))?"
)


@dataclass(frozen=True, slots=True)
class MaskItem:
    """What a decision on a mask is about.

    Parameters
    ----------
    recording
        Name of the set of images.
    image
        Name of the image.
    consensus
        Whether it is the mask that stands over what is computed, not one annotator's own.
    object
        Name of an object, as `object_name` gives it; empty for the whole image.
    """

    recording: str
    image: str
    consensus: bool = False
    object: str = ""


def mask_item(recording: str, image: str) -> str:
    """Name an annotator's own mask of an image.

    ``%`` and ``/`` in names become ``%25`` and ``%2F``.
    """
    return f"{_escape(recording)}/{_escape(image)}"


def consensus_item(recording: str, image: str) -> str:
    """Name the mask of an image that was made by hand and stands over what is computed."""
    return f"{mask_item(recording, image)}/{CONSENSUS}"


def object_item(recording: str, image: str, name: str) -> str:
    """Name an object of an image."""
    return f"{mask_item(recording, image)}/{OBJECT}/{_escape(name)}"


def parse_mask_item(item: str) -> MaskItem:
    """Give what `mask_item`, `consensus_item` or `object_item` named.

    Raises
    ------
    InputError
        If it is no such name.
    """
    found = _ITEM.fullmatch(item)
    if found is None:
        raise InputError(
            item,
            "it names no mask",
            f"recording/image, recording/image/{CONSENSUS} or recording/image/{OBJECT}/NAME",
            "Take the name from a question.",
        )
    return MaskItem(
        _unescape(found["recording"]),
        _unescape(found["image"]),
        bool(found["consensus"]),
        _unescape(found["object"] or ""),
    )


def _escape(name: str) -> str:
    return name.replace("%", "%25").replace("/", "%2F")


def _unescape(name: str) -> str:
    return name.replace("%2F", "/").replace("%25", "%")
