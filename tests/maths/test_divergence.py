"""The Jensen-Shannon divergence on bins."""

from math import log

import numpy as np
import pytest
from scipy.spatial.distance import jensenshannon

from gan_lab.maths.divergence import histogram, jensen_shannon


def test_it_is_what_scipy_computes() -> None:
    random = np.random.default_rng(1)
    p, q = (share / share.sum() for share in random.random((2, 20)))
    assert jensen_shannon(p, q) == pytest.approx(jensenshannon(p, q) ** 2, abs=1e-12)
    assert jensen_shannon(p, p) == 0
    assert jensen_shannon(np.array([1.0, 0.0]), np.array([0.0, 1.0])) == pytest.approx(log(2))


def test_a_histogram_counts_every_point_once() -> None:
    window = (1.0, -2.0, 0.5)
    points = np.array([[0.6, -2.4], [1.4, -1.6], [1.4, -1.6], [5.0, -2.0]])
    shares = histogram(points, window, 2)
    assert shares.tolist() == [0.25, 0, 0, 0.5, 0.25], "x is the first axis, and the last bin is outside"
