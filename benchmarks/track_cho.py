"""Whether nuclei followed through volumes and back again come to where they were.

    python benchmarks/track_cho.py Fluo-N3DH-CHO_02_img.tif --radius 5
    python benchmarks/track_cho.py Fluo-N3DH-CHO_02_img.tif --labels Fluo-N3DH-CHO_02_ERR_SEG.tif

Nobody annotated these volumes, so nothing says whether tracks are right; but wrong ones seldom
return. Blobs are proposed in the first volume, or are the centres of its labels in a segmentation;
from it alone they are followed to the last; what was found there is the only reference from which
they are followed back. A point counts if it is within the tolerance of where it began; one that was
lost on the way does not count. A point whose nucleus divides has no single true place afterwards:
the report gives its visibility and score in every volume, by which divisions can be looked at.
"""

import argparse
import json
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sightline.data.keypoints import Author, KeypointSet, check_keypoints
from sightline.data.recording import Recording
from sightline.data.tracks import Tracks, Visibility
from sightline.data.volumes import read_volumes, voxel_size_um
from sightline.formats.recordings.open_recording import open_recording
from sightline.track.propose import propose
from sightline.workflows.follow_settings_of import follow_settings_of
from sightline.workflows.read_thumbnails import read_thumbnails
from sightline.workflows.track_benchmark_rows import size_px
from sightline.workflows.track_video import track_video


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("volumes")
    parser.add_argument("--axes", default="tzyx")
    parser.add_argument("--pixel-size", default="1.0,0.202,0.202", help="um along z,y,x")
    parser.add_argument("--radius", type=float, help="um; found if not given")
    parser.add_argument("--labels", help="segmentation of the same volumes, to begin from")
    parser.add_argument("--points", type=int, default=10, help="the strongest so many blobs")
    parser.add_argument("--tolerance", type=float, default=5.0, help="pixels of the image plane")
    parser.add_argument("--json", action="store_true")
    said = parser.parse_args()
    size = tuple(float(part) for part in said.pixel_size.split(","))
    with open_recording(said.volumes, axes=said.axes, pixel_size_um=size) as recording:
        begun = _proposed(recording, said.radius, said.points)
        if said.labels:
            with open_recording(said.labels, axes=said.axes) as labels:
                begun = _centres(read_volumes(labels, 0, 1)[0, 0])
        found = there_and_back(recording, begun, said.radius, said.tolerance)
    print(json.dumps(found, indent=1) if said.json else _words(found, said.tolerance))


def there_and_back(
    recording: Recording,
    begun: NDArray[np.float64],
    radius: float | None,
    tolerance_px: float,
) -> dict[str, Any]:
    """Follow points of the first volume to the last and back."""
    last = recording.info.frames - 1
    thumbnails = read_thumbnails(recording, lambda _done, _total: None)
    forwards = _follow(recording, thumbnails, 0, begun, radius)
    back = _follow(recording, thumbnails, last, forwards.positions[last], radius)
    away = np.linalg.norm((back.positions[0] - begun) * size_px(recording.info), axis=1)
    return {
        "points": len(begun),
        "back": int((away <= tolerance_px).sum()),
        "share_back": float((away <= tolerance_px).mean()),
        "tracks": [
            {
                "begun_zyx": begun[k].round(1).tolist(),
                "end_zyx": forwards.positions[last, k].round(1).tolist(),
                "away_px": float(away[k]),
                "visibility": [Visibility(v).name.lower() for v in forwards.visibility[:, k]],
                "score": forwards.score[:, k].astype(float).round(2).tolist(),
            }
            for k in range(len(begun))
        ],
    }


def _proposed(recording: Recording, radius: float | None, points: int) -> NDArray[np.float64]:
    """The strongest blobs of the first volume."""
    z, y, x = voxel_size_um(recording.info) or (1.0, 1.0, 1.0)
    return propose(read_volumes(recording, 0, 1)[0], (z, y, x), radius, most=points).positions


def _centres(labels: NDArray[np.float32]) -> NDArray[np.float64]:
    """(label, 3) centres of a segmentation's things."""
    numbers = np.unique(labels[labels > 0])
    return np.array(ndimage.center_of_mass(labels > 0, labels, numbers))


def _follow(
    recording: Recording,
    thumbnails: NDArray[np.float16],
    reference: int,
    positions: NDArray[np.floating],
    radius: float | None,
) -> Tracks:
    """Track from one frame, in which all that has a position is annotated."""
    there = np.flatnonzero(np.isfinite(positions).all(axis=1))
    keypoints = check_keypoints(
        KeypointSet(
            names=tuple(f"nucleus {k}" for k in range(len(positions))),
            source=recording.info.source,
            format="csv",
            frame=np.full(len(there), reference),
            keypoint=there,
            position=positions[there].astype(np.float64),
            score=np.full(len(there), np.nan),
            hidden=np.zeros(len(there), bool),
            author=np.zeros(len(there), np.int64),
            authors=(Author("proposed"),),
        )
    )
    settings = follow_settings_of(recording, keypoints, radius)
    return track_video(recording, thumbnails, keypoints, settings, references=[reference])


def _words(found: dict[str, Any], tolerance_px: float) -> str:
    share = f"{found['back']} of {found['points']} points ({found['share_back']:.2f})"
    lines = [f"{share} come back within {tolerance_px:g} px"]
    for track in found["tracks"]:
        doubtful = [n for n, word in enumerate(track["visibility"]) if word != "seen"]
        lines.append(
            f"{track['begun_zyx']} -> {track['end_zyx']}: {track['away_px']:.1f} px away, "
            f"least score {min(track['score']):.2f}, not seen in volumes {doubtful or 'none'}"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
