"""What a figure shows, in plain values."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D


def xs(line: Line2D) -> list[Any]:
    """Returns the places of a line's points on the horizontal axis."""
    return [*np.asarray(line.get_xdata()).tolist()]


def ys(line: Line2D) -> list[Any]:
    """Returns the heights of a line's points."""
    return [*np.asarray(line.get_ydata()).tolist()]


def legend_of(panel: Axes) -> list[str]:
    """Returns the texts of a panel's legend, none where it has no legend."""
    legend = panel.get_legend()
    return [] if legend is None else [text.get_text() for text in legend.get_texts()]


def geometry(panel: Axes) -> tuple[int, int]:
    """Returns the rows and columns of the grid in which a panel lies."""
    grid = panel.get_gridspec()
    assert grid is not None
    return grid.get_geometry()
