"""Draw the README's picture from the rows of two benchmarks.

sightline sort benchmark FILE... --json default.json
sightline sort benchmark FILE... --preset actsort --json actsort.json
python benchmarks/readme_figure.py default.json actsort.json docs/images/curves.png
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

CURVES = (
    ("default", "dcal", "Sightline, questions chosen", "#0072B2", "o", "-"),
    ("default", "random", "Sightline, at random", "#56B4E9", "s", ":"),
    ("actsort", "dcal", "ActSort's classifier, chosen", "#D55E00", "^", "-"),
    ("actsort", "random", "ActSort's classifier, at random", "#E69F00", "D", ":"),
)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("default", type=Path)
    parser.add_argument("actsort", type=Path)
    parser.add_argument("picture", type=Path)
    given = parser.parse_args(arguments)
    rows = [row for path in (given.default, given.actsort) for row in read_rows(path)]
    names = list(dict.fromkeys(row["data_set"] for row in rows))
    figure = Figure(figsize=(9, 3.4), layout="constrained")
    panels = figure.subplots(1, len(names), sharey=True, squeeze=False)[0]
    for axes, name in zip(panels, names, strict=True):
        draw(axes, [row for row in rows if row["data_set"] == name])
        axes.set_title(name, fontsize=10)
    panels[0].set_ylabel("balanced accuracy")
    panels[len(panels) // 2].set_xlabel("candidates judged (%)")
    handles = panels[0].get_legend_handles_labels()
    figure.legend(*handles, loc="outside upper center", ncols=3, frameon=False, fontsize=9)
    figure.savefig(given.picture, dpi=110)


def read_rows(path: Path) -> list[dict[str, Any]]:
    return json.loads(path.read_text(encoding="utf-8"))["rows"]


def draw(axes: Axes, rows: list[dict[str, Any]]) -> None:
    """One recording: mean over annotators and repeats, and the annotators themselves."""
    human = np.mean([row["balanced_accuracy"] for row in rows if row["strategy"] == "human"])
    axes.axhline(human, color="0.4", linestyle="--", label="annotators, everything by hand")
    for preset, strategy, label, colour, marker, line in CURVES:
        wanted = (preset, strategy, 0.5 if strategy == "dcal" else None)
        chosen = [r for r in rows if (r["preset"], r["strategy"], r["weight"]) == wanted]
        shares = sorted({row["fraction"] for row in chosen})
        means = [
            np.mean([row["balanced_accuracy"] for row in chosen if row["fraction"] == share])
            for share in shares
        ]
        axes.plot(100 * np.array(shares), means, line, color=colour, marker=marker, label=label)
    axes.spines[["top", "right"]].set_visible(False)


if __name__ == "__main__":
    main()
