"""The loss drawn against the learning rate, with the rate that is suggested."""

from pathlib import Path

from matplotlib.figure import Figure

from sightline.segment.rate_finder import RateCurve
from sightline.workflows.figure_files import save_figure


def draw_rates(curve: RateCurve, folder: Path) -> list[Path]:
    """Draw losses, their running mean, and both suggestions.

    Parameters
    ----------
    curve
        Of `sightline.segment.rate_finder.find_rate`.
    folder
        Made if it is not there. Earlier figures of ours are replaced.

    Returns
    -------
    list of Path
        ``learning_rate.png`` and ``learning_rate.svg``.

    Raises
    ------
    InputError, SightlineError
        If the folder holds foreign files of these names or cannot be written.
    """
    figure = Figure(figsize=(6, 3.5), layout="constrained")
    ax = figure.add_subplot()
    ax.plot(curve.rates, curve.losses, ".", ms=3, color="#999999", label="each step")
    ax.plot(curve.rates, curve.smooth, color="#0072b2", label="running mean")
    for name, rate, dashes in (("valley", curve.valley, "--"), ("steepest", curve.steepest, ":")):
        ax.axvline(rate, color="#d55e00", ls=dashes, label=f"{name}: {rate:.1e}")
    ax.set_xscale("log")
    ax.set_xlabel("learning rate")
    ax.set_ylabel("loss")
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(frameon=False, fontsize=8)
    return save_figure(figure, folder, "learning_rate")
