"""Agreement on the screen and on paper: Table S2's matrices, reliabilities, Figure S5."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy.typing import NDArray
from rich.table import Table

from sightline.consensus.majority import vote_share
from sightline.consensus.reliability import Reliability
from sightline.workflows.agreement import Calibration, RecordingAgreement
from sightline.workflows.figure_files import save_figure

_CLASSIFIER: Final = "#0072b2"
_HUMAN: Final = "#d55e00"
_BINS: Final = 25


def agreement_tables(results: Sequence[RecordingAgreement]) -> list[Table]:
    """All tables of `agreement`, ready to print."""
    tables = [render_pairwise(each) for each in results]
    tables.append(render_reliability(results))
    for each in results:
        tables += [
            render_calibration(each, "the other annotators", each.against_others),
            render_calibration(each, "all annotators", each.against_all),
        ]
    return tables


def render_pairwise(result: RecordingAgreement) -> Table:
    """The layout of Table S2: rows are taken for the truth, columns are judged."""
    pairwise = result.pairwise
    title = f"{result.recording}: true positive / true negative rate of each annotator"
    table = _table(title, ("Evaluator", *result.annotators))
    for k, evaluator in enumerate(result.annotators):
        rates = zip(pairwise.true_positive_rate[k], pairwise.true_negative_rate[k], strict=True)
        table.add_row(evaluator, *(_rates(*each) for each in rates))
    table.add_section()
    means = zip(pairwise.mean_true_positive_rate, pairwise.mean_true_negative_rate, strict=True)
    table.add_row("Average", *(_rates(*each) for each in means))
    balanced = zip(pairwise.mean_balanced_accuracy, pairwise.sd_balanced_accuracy, strict=True)
    table.add_row("ACC ± sd", *(f"{_number(mean)} ± {_number(sd)}" for mean, sd in balanced))
    return table


def render_reliability(results: Sequence[RecordingAgreement]) -> Table:
    """Intraclass correlations of humans and classifiers, and their mean ± sd (section 2.5)."""
    columns: dict[str, Callable[[RecordingAgreement], Reliability]] = {
        "Human ICC(3,1)": lambda each: each.human_single,
        "Human ICC(3,k)": lambda each: each.human_average,
        "Classifier ICC(3,1)": lambda each: each.classifier_single,
        "Classifier ICC(3,k)": lambda each: each.classifier_average,
    }
    presets = ", ".join(dict.fromkeys(each.preset for each in results))
    title = f"Consistency [95 % interval]; classifiers trained on the other half, preset {presets}"
    table = _table(title, ("Recording", *columns))
    for each in results:
        table.add_row(each.recording, *(_reliability(of(each)) for of in columns.values()))
    if len(results) > 1:
        table.add_section()
        values = [[of(each).value for each in results] for of in columns.values()]
        table.add_row("Mean ± sd", *(f"{np.mean(v):.3f} ± {np.std(v, ddof=1):.3f}" for v in values))
    return table


def render_calibration(
    result: RecordingAgreement, whose: str, calibrations: Sequence[Calibration]
) -> Table:
    """Each classifier's mean probability, and its annotator's share of cells, by share of votes."""
    shares = sorted({group.share for each in calibrations for group in each.groups})
    headings = (*(f"{share:.2f}" for share in shares), "Error")
    table = _table(
        f"{result.recording}: mean probability of the classifier (its annotator) where this share "
        f"of {whose} said cell",
        ("Annotator", *headings),
    )
    for annotator, each in zip(result.annotators, calibrations, strict=True):
        pairs = {
            group.share: f"{group.mean:.2f} ({_number(human, 2)})"
            for group, human in zip(each.groups, each.human, strict=True)
        }
        cells = [pairs.get(share, "-") for share in shares]
        table.add_row(annotator, *cells, f"{each.error:.3f} ({each.human_error:.3f})")
    return table


def draw_calibration(results: Sequence[RecordingAgreement], folder: str | Path) -> list[Path]:
    """Draw Figure S5 for each recording, as ``calibration_NAME.png`` and ``.svg``.

    Raises
    ------
    InputError, SightlineError
        If the folder holds foreign files of these names or cannot be written.
    """
    return [
        path
        for each in results
        for path in save_figure(
            figure_of_calibration(each), Path(folder), f"calibration_{each.recording}"
        )
    ]


def figure_of_calibration(result: RecordingAgreement) -> Figure:
    """One panel an annotator: his classifier's probabilities by the share of all who said cell."""
    count = len(result.annotators)
    figure = Figure(figsize=(1 + 2.6 * count, 3.8), layout="constrained")
    axes = figure.subplots(1, count, sharey=True, squeeze=False)[0]
    share = vote_share(result.labels)
    for k, ax in enumerate(axes):
        _draw_annotator(ax, result.probability[:, k], share, result.against_all[k])
        ax.set_title(f"{chr(ord('a') + k)}  {result.annotators[k]}", loc="left", fontsize=10)
        ax.set_xlabel("Share of all who said cell", fontsize=10)
    axes[0].set_ylabel("Probability of a cell", fontsize=10)
    figure.legend(
        handles=_legend(),
        title=f"{result.recording}: classifiers (preset {result.preset}) on the half not seen",
        loc="outside upper center",
        ncols=5,
        frameon=False,
    )
    return figure


def _draw_annotator(
    ax: Axes, probability: NDArray[np.float64], share: NDArray[np.float64], found: Calibration
) -> None:
    places = np.array([group.share for group in found.groups])
    width = 0.85 * min(np.diff(places), default=1.0)
    edges = np.linspace(0, 1, _BINS + 1)
    for group, human in zip(found.groups, found.human, strict=True):
        counts, _ = np.histogram(probability[np.isclose(share, group.share)], edges)
        bars = width * counts / counts.max()
        ax.barh(
            edges[:-1], bars, 1 / _BINS, group.share - bars / 2, align="edge", color="0.82", lw=0
        )
        half = width / 2
        ax.hlines(group.median, group.share - half, group.share + half, _CLASSIFIER, lw=1.5)
        ax.plot(group.share, group.mean, "o", color=_CLASSIFIER, ms=6, mec="white")
        if human is not None:
            ax.plot(group.share, human, "X", color=_HUMAN, ms=8, mec="white")
    ax.plot([0, 1], [0, 1], color="0.35", lw=1, ls="--", zorder=1.5)
    ax.set_xlim(places[0] - 0.6 * width, places[-1] + 0.6 * width)
    ax.set_xticks(places, [f"{place:.2g}" for place in places])
    ax.spines[["top", "right"]].set_visible(False)
    ax.tick_params(labelsize=9)


def _legend() -> list[Line2D | Patch]:
    return [
        Patch(color="0.82", label="distribution"),
        Line2D([], [], color=_CLASSIFIER, label="median"),
        Line2D([], [], color=_CLASSIFIER, marker="o", ls="", label="mean"),
        Line2D([], [], color=_HUMAN, marker="X", ls="", label="the annotator's own labels"),
        Line2D([], [], color="0.35", ls="--", lw=1, label="calibrated"),
    ]


def _table(title: str, headings: Sequence[str]) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column(headings[0], no_wrap=True)
    for heading in headings[1:]:
        table.add_column(heading, justify="right")
    return table


def _rates(positive: float, negative: float) -> str:
    return f"{_number(positive)} | {_number(negative)}" if np.isfinite(positive) else "-"


def _number(value: float | None, places: int = 3) -> str:
    return "-" if value is None or not np.isfinite(value) else f"{value:.{places}f}"


def _reliability(found: Reliability) -> str:
    return f"{found.value:.3f} [{found.low:.3f},{found.high:.3f}]"
