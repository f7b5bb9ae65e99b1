"""The Jensen-Shannon divergence of two distributions on bins."""

import numpy as np
from jaxtyping import Float
from numpy import ndarray
from scipy.special import rel_entr


def jensen_shannon(p: Float[ndarray, " n"], q: Float[ndarray, " n"]) -> float:
    """Returns JS = KL(p || m) / 2 + KL(q || m) / 2 with m = (p + q) / 2, in nats, between 0 and log 2."""
    middle = (p + q) / 2
    return float(rel_entr(p, middle).sum() + rel_entr(q, middle).sum()) / 2


def histogram(points: Float[ndarray, "n 2"], window: tuple[float, float, float], cells: int) -> Float[ndarray, " bins"]:
    """Returns the share of points in each of cells x cells equal parts of a square, and last that of all others.

    `window` is the square's centre and half of its side.
    """
    x, y, half = window
    edges = [np.linspace(centre - half, centre + half, cells + 1) for centre in (x, y)]
    inside = np.histogram2d(points[:, 0], points[:, 1], bins=edges)[0].ravel()
    return np.append(inside, len(points) - inside.sum()) / len(points)
