"""Curves and pictures of a run as the data of a page. Imports no torch."""

from base64 import b64encode
from collections.abc import Sequence
from math import isfinite
from typing import Any

import numpy as np

from gan_lab.runs.curves import Array, Curves


def curves_data(curves: Curves) -> dict[str, Any]:
    """Returns the curves as data; curves that were recorded at the same steps share their x."""
    grids: dict[bytes, int] = {}
    x: list[list[str]] = []
    series = {}
    for name, curve in curves.series.items():
        key = curve.x.tobytes()
        if key not in grids:
            grids[key] = len(x)
            x.append([encoded(clock) for clock in curve.x])
        series[name] = [grids[key], encoded(curve.y)]
    return {"x": x, "series": series}


def encoded(values: Array) -> str:
    """Returns the values as little-endian float32 in base64."""
    with np.errstate(over="ignore"):
        return b64encode(values.astype("<f4").tobytes()).decode()


def frames_data(pictures: Sequence[tuple[int, bytes]], curves: Curves) -> list[list[Any]]:
    """Returns each picture, given with its generator step, with the three clocks, where these are known."""
    return [
        [[clock if isfinite(clock) else None for clock in curves.clocks_at(step)], b64encode(picture).decode()]
        for step, picture in pictures
    ]
