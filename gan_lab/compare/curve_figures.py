"""Draws the curves of a comparison as PNG files, for a README or a paper."""

from collections.abc import Sequence
from math import ceil
from pathlib import Path

import numpy as np
from matplotlib import colormaps
from matplotlib.figure import Figure

from gan_lab.compare.columns import columns_of
from gan_lab.compare.find import find
from gan_lab.compare.sections import Row, Section, sections_of
from gan_lab.errors import GanLabError
from gan_lab.runs.curves import CLOCKS, Array
from gan_lab.runs.picture_file import save_picture

HANDLE, LETTER = 0.65, 0.075
"""The width of an entry of the legend in inches: of its line, and of a wide letter of its label."""
WIDE = 8
"""The ratio of the largest to the smallest value above which a panel is logarithmic."""


def save_figures(folders: Sequence[Path], out: Path, names: Sequence[str], against: str) -> str:
    """Draws curves.png, with a panel for each name and a line for each row, and returns the paths of the files.

    Further protocols get curves_1.png and so on. Raises GanLabError for a name that no run has.
    """
    results = find(folders).results
    sections = [each for each in sections_of(results, columns_of(results)) if each.kind == "training"]
    known = sorted({name for result in results for name in result.curves.series})
    if unknown := [name for name in names if name not in known]:
        raise GanLabError(f"no run has a curve of {', '.join(unknown)}: there are {', '.join(known) or 'no curves'}")
    paths = []
    for number, section in enumerate(sections):
        paths.append(out / f"curves{f'_{number}' if number else ''}.png")
        save_picture(draw(section, names, CLOCKS.index(against)), paths[-1], dpi=110)
    return ", ".join(map(str, paths))


def draw(section: Section, names: Sequence[str], clock: int) -> Figure:
    """Draws means over seeds with a band of one standard deviation, and the floor of real data as a dashed line."""
    across = min(len(names), 3)
    down = ceil(len(names) / across)
    entry = HANDLE + LETTER * max(len(row.label) for row in section.rows)
    width = max(4.4 * across, entry)
    ncols = max(1, min(3, int(width / entry)))
    below = ceil((len(section.rows) + 1) / ncols) * 0.22 + 0.3
    figure = Figure(figsize=(width, 3.1 * down + below), layout="constrained")
    panels = figure.subplots(down, across, squeeze=False).flatten()
    colors = colormaps["tab10" if len(section.rows) <= 10 else "turbo"](np.linspace(0, 1, max(10, len(section.rows))))
    for panel, name in zip(panels, names, strict=False):
        for color, row in zip(colors, section.rows, strict=False):
            if (curve := mean_curve(row, name, clock)) is not None:
                x, mean, spread = curve
                panel.plot(x, mean, color=color, label=row.label.replace("$", r"\$"), linewidth=1.5)
                panel.fill_between(x, mean - spread, mean + spread, color=color, alpha=0.15, linewidth=0)
        values = [value for line in panel.get_lines() for value in np.asarray(line.get_ydata()) if np.isfinite(value)]
        if "/" not in name and values and 0 < WIDE * min(values) < max(values):
            panel.set_yscale("log")
        if name in section.floor:
            panel.axhline(section.floor[name], color="grey", linestyle="--", linewidth=1, label="real (floor)")
        panel.set(title=name, xlabel=CLOCKS[clock].replace("_", " "))
        panel.locator_params("x", nbins=5)
        panel.grid(alpha=0.3)
    for panel in panels[len(names) :]:
        panel.axis("off")
    handles = {label: line for panel in panels for line, label in zip(*panel.get_legend_handles_labels(), strict=True)}
    figure.legend(handles.values(), handles.keys(), loc="outside lower center", ncols=ncols, fontsize=8)
    return figure


def mean_curve(row: Row, name: str, clock: int) -> tuple[Array, Array, Array] | None:
    """Returns x, mean and standard deviation over the runs of the row, up to where the shortest of them ends."""
    curves = [result.curves.series[name] for result in row.counted if name in result.curves.series]
    if not curves:
        return None
    longest = max(curves, key=lambda curve: curve.y.size).x[clock]
    start, end = max(curve.x[clock].min() for curve in curves), min(curve.x[clock].max() for curve in curves)
    x = longest[(longest >= start) & (longest <= end)]
    values = np.stack([np.interp(x, curve.x[clock], curve.y) for curve in curves])
    spread = values.std(axis=0, ddof=1) if len(curves) > 1 else np.zeros(len(x))
    return x, values.mean(axis=0), spread
