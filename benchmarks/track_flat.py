"""How well the parts of animals are followed in a flat video, beside plain baselines.

    python benchmarks/track_flat.py PROJECT CollectedData_someone.csv --references 5,10
    python benchmarks/track_flat.py clip.mp4 clip.slp --references 1,3,5,10 --frames 150

Runs `sightline track benchmark`, then what `track_baselines` holds on the same references: copying
the most similar one, and normalised cross-correlation with its patches within a search radius.
"""

import argparse
import json

from track_baselines import compare, words


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("video")
    parser.add_argument("truth")
    parser.add_argument("--references", default="1,3,5,10")
    parser.add_argument("--frames", type=int)
    parser.add_argument("--tolerance", type=float, default=5.0)
    parser.add_argument("--presets", default="default", help="default, zephir")
    parser.add_argument("--patch", type=float, default=15, help="half a patch's side, pixels")
    parser.add_argument("--search", type=float, default=100, help="search radius, pixels")
    parser.add_argument("--json", action="store_true")
    said = parser.parse_args()
    rows = compare(
        said.video,
        said.truth,
        [int(number) for number in said.references.split(",")],
        patch_px=said.patch,
        search_px=said.search,
        presets=said.presets.split(","),
        tolerance_px=said.tolerance,
        frames=said.frames,
    )
    for row in rows:
        print(json.dumps(row) if said.json else words(row, said.tolerance), flush=True)


if __name__ == "__main__":
    main()
