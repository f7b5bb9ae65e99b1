"""The figures of a study, readable in print: without colour, methods are told apart by their labels."""

from collections.abc import Callable, Mapping, Sequence
from math import ceil, isfinite
from statistics import mean

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

from gan_lab.study.expected_best import expected_best, interval
from gan_lab.study.study_results import MethodResult, fids_of

DARK, PALE, RED = "#1f4e79", "#b8b8b8", "#b03030"
COLUMNS = 4


def spread_of_trials(group: Sequence[MethodResult]) -> Figure:
    """Draws FID of every trial on the validation images, a line for each method, the best median at the top."""
    values = drawn_at(group)
    figure = Figure(figsize=(7.5, 1.3 + 0.27 * len(group)), layout="constrained")
    axes = figure.subplots()
    for height, method in enumerate(reversed(group)):
        known = values[method.name]
        low, middle, high = np.quantile(known, (0.25, 0.5, 0.75))
        axes.plot((min(known), max(known)), (height, height), color=PALE, linewidth=0.8)
        axes.plot((low, high), (height, height), color=PALE, linewidth=9, solid_capstyle="butt")
        axes.plot((middle, middle), (height - 0.35, height + 0.35), color=DARK, linewidth=1.8)
        ended = [fid for fid in method.fids if isfinite(fid)]
        axes.plot(ended, [height] * len(ended), "o", color=DARK, markersize=3, alpha=0.7)
        axes.plot([max(known)] * method.failures, [height] * method.failures, "x", color=RED, markersize=5)
    axes.set_yticks(range(len(group)), [method.name for method in reversed(group)], fontsize=8)
    if (floor := group[0].floor) is not None:
        axes.axvline(floor, color="grey", linestyle=":", linewidth=1)
    logarithmic(axes, "x")
    axes.set_xlabel("FID on validation images after the budget; dotted: real images; crosses: diverged", fontsize=9)
    return figure


def best_of_k(group: Sequence[MethodResult]) -> Figure:
    """Draws the expected FID of the best of k trials against k, a panel for each method: with its interval for k up to
    a quarter of the trials, and the others in grey."""
    values = fids_of(group)
    ks = range(1, 1 + min(map(len, values.values())))
    means = {name: [expected_best(own, k) for k in ks] for name, own in values.items()}

    def draw(axes: Axes, method: MethodResult) -> None:
        for others in means.values():
            axes.plot(ks, others, color=PALE, linewidth=0.5)
        if not isfinite(min(values[method.name])):
            return
        sure = ks[: max(1, len(ks) // 4)]
        low, high = zip(*(interval(values[method.name], k) for k in sure), strict=True)
        axes.fill_between(sure, low, high, color=DARK, alpha=0.2, linewidth=0)
        axes.plot(ks, means[method.name], color=DARK, linewidth=1.6)
        logarithmic(axes, "y")
        axes.set_xticks([*ks][:: max(1, len(ks) // 4)])

    return panels(group, draw, "k, number of random trials", "FID of the best")


def sensitivity(group: Sequence[MethodResult], key: Callable[[MethodResult], str | None]) -> Figure | None:
    """Draws FID of the trials against the setting that `key` names for each method, None where it names none."""
    drawn = {method.name: name for method in group if (name := key(method)) is not None}
    values = drawn_at(group)

    def draw(axes: Axes, method: MethodResult) -> None:
        name = drawn[method.name]
        points = [
            (float(trial["settings"][name]), fid) for trial, fid in zip(method.trials, values[method.name], strict=True)
        ]
        axes.plot(*zip(*points, strict=True), "o", color=DARK, markersize=3.5)
        logarithmic(axes, "y")
        if "log" in str(method.record["ranges"][name]):
            logarithmic(axes, "x")
        axes.set_xlabel(name.removeprefix("model.").removeprefix("penalties."), fontsize=7)

    shown = [method for method in group if method.name in drawn]
    return panels(shown, draw, "", "FID", alike=len({*drawn.values()}) == 1) if drawn else None


def precision_and_recall(group: Sequence[MethodResult]) -> Figure:
    """Draws precision against recall of the finals on the test images: their means, with the name of each method."""
    figure = Figure(figsize=(7.5, 5.5), layout="constrained")
    axes = figure.subplots()
    for method in group:
        if method.of_finals("test", "recall_k3"):
            recall, precision = (mean(method.of_finals("test", f"{name}_k3")) for name in ("recall", "precision"))
            axes.plot(recall, precision, "o", color=DARK, markersize=4)
            axes.annotate(method.name, (recall, precision), textcoords="offset points", xytext=(4, 2), fontsize=7)
    floors = [final["test_floor"] for method in group for final in method.finals]
    if floors and "recall_k3" in floors[0]:
        axes.plot(floors[0]["recall_k3"], floors[0]["precision_k3"], "*", color=RED, markersize=10)
    axes.set_xlabel("recall on test images; star: real images", fontsize=9)
    axes.set_ylabel("precision", fontsize=9)
    return figure


def drawn_at(group: Sequence[MethodResult]) -> dict[str, list[float]]:
    """Returns FID of the trials by method, and where one diverged the highest value of all in the group."""
    worst = max(fid for method in group for fid in method.fids if isfinite(fid))
    return {method.name: [min(fid, worst) for fid in method.fids] for method in group}


def panels(
    group: Sequence[MethodResult],
    draw: Callable[[Axes, MethodResult], None],
    below: str,
    beside: str,
    *,
    alike: bool = True,
) -> Figure:
    """Draws a panel for each method, with the same axis of FID, and the same other one if it is `alike`."""
    columns = min(COLUMNS, len(group))
    rows = ceil(len(group) / columns)
    figure = Figure(figsize=(7.5, 0.6 + 1.6 * rows), layout="constrained")
    grid = figure.subplots(rows, columns, squeeze=False, sharey=True, sharex=alike)
    for number, axes in enumerate(grid.flat):
        if number >= len(group):
            axes.set_axis_off()
            continue
        draw(axes, group[number])
        axes.tick_params(labelbottom=True)
        axes.set_title(group[number].name, fontsize=8)
        axes.tick_params(labelsize=7)
    figure.supxlabel(below, fontsize=9)
    figure.supylabel(beside, fontsize=9)
    return figure


def logarithmic(axes: Axes, which: str) -> None:
    """Gives an axis a logarithmic scale with plain numbers."""
    (axes.set_xscale if which == "x" else axes.set_yscale)("log")
    axis = axes.xaxis if which == "x" else axes.yaxis
    low, high = axis.get_data_interval()
    between = (1.0, 2.0, 5.0) if which == "y" else (1.0, 3.0)  # numbers side by side need more room
    axis.set_major_locator(LogLocator(subs=between if high < 100 * low else (1.0,)))
    axis.set_major_formatter(StrMethodFormatter("{x:g}"))
    axis.set_minor_formatter(NullFormatter())


def drawn(group: Sequence[MethodResult]) -> Mapping[str, Figure]:
    """Returns the figures of a group by the name of their file, those that can be drawn: none where all diverged."""
    if not any(isfinite(fid) for method in group for fid in method.fids):
        return {}
    found = {
        "trials": spread_of_trials(group),
        "best_of_k": best_of_k(group),
        "rate": sensitivity(group, rate_of),
        "own_weight": sensitivity(group, own_weight_of),
        "precision_recall": precision_and_recall(group) if any(method.finals for method in group) else None,
    }
    return {name: figure for name, figure in found.items() if figure is not None}


def rate_of(method: MethodResult) -> str | None:
    """Returns the setting that is the learning rate."""
    return "optimizer.lr" if "optimizer.lr" in method.record["ranges"] else None


def own_weight_of(method: MethodResult) -> str | None:
    """Returns the first range of numbers that is the method's own, such as the weight of its penalty."""
    own = (key for key, text in method.record["ranges"].items() if "interval" in text and key != "optimizer.lr")
    return next(own, None)
