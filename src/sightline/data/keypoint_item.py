"""How decisions name a keypoint in a frame: ``recording/frame/keypoint``."""

import re

from sightline.errors import InputError

_ITEM = re.compile(r"(?P<recording>[^/]+)/(?P<frame>\d+)/(?P<keypoint>.+)", re.DOTALL)


def keypoint_item(recording: str, frame: int, keypoint: str) -> str:
    """Name a keypoint (``"part"`` or ``"animal/part"``) in a frame of a recording.

    ``%`` and ``/`` in the recording's name become ``%25`` and ``%2F``.
    """
    escaped = recording.replace("%", "%25").replace("/", "%2F")
    return f"{escaped}/{frame}/{keypoint}"


def parse_keypoint_item(item: str) -> tuple[str, int, str]:
    """Give recording, frame and keypoint of what `keypoint_item` named.

    Raises
    ------
    InputError
        If it is no such name.
    """
    found = _ITEM.fullmatch(item)
    if found is None:
        raise InputError(
            item,
            "it names no keypoint in a frame",
            "recording/frame/keypoint",
            "Take the name from a question.",
        )
    recording = found["recording"].replace("%2F", "/").replace("%25", "%")
    return recording, int(found["frame"]), found["keypoint"]
