"""What a run on points in the plane recorded, and the file that keeps it. Imports no torch.

Values are kept as whole numbers of 16 bits between the lowest and the highest one of each frame, so that they are exact
to 1 / 131,070 of that range.
"""

import itertools
import json
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite, prod
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float, Shaped, UInt16
from numpy import ndarray

from gan_lab.errors import UnreadableFileError
from gan_lab.runs.atomic import without_nan
from gan_lab.trust.foreign import read_json
from gan_lab.trust.lenient import printable

VERSION = 1
STEP, CRITIC, GENERATOR = 0, 1, 2
"""What a frame follows: a whole generator step, or a single turn of a player."""
MOST_FRAMES, MOST_POINTS, MOST_CELLS, MOST_LINES = 5000, 2000, 200, 101
"""Limits of what a file may hold, which is somebody else's."""
LEVELS = 2**16 - 1
SHAPES: Mapping[str, tuple[int, ...]] = {
    "score": (MOST_CELLS, MOST_CELLS),
    "fake": (MOST_POINTS, 2),
    "gradient": (MOST_POINTS, 2),
    "manifold": (MOST_LINES, MOST_LINES, 2),
}
"""The quantities of a frame, with their largest shapes. A run may lack some of them."""
MEASURES = ("emd", "js", "modes")
"""What is measured of a frame; NaN where it cannot be."""


@dataclass(frozen=True)
class Quantised:
    """A quantity of one frame: low + (high - low) values / 65535."""

    values: UInt16[ndarray, "..."]
    low: float
    high: float

    @classmethod
    def of(cls, exact: Float[ndarray, "..."]) -> "Quantised":
        """Rounds finite values to the nearest of 65,536 levels between the lowest and the highest."""
        low, high = float(exact.min()), float(exact.max())
        share = (exact.astype(np.float64) - low) / ((high - low) or 1.0)
        return cls(np.rint(share * LEVELS).astype(np.uint16), low, high)

    @property
    def exact(self) -> Float[ndarray, "..."]:
        """The values as they are drawn."""
        return self.low + (self.high - self.low) / LEVELS * self.values.astype(np.float64)


@dataclass
class Recording:
    """The frames of a run, in their order.

    `window` is the centre and half the side of the square that is drawn, `real` are points of the data, `time` has the
    generator steps of each frame, with a fraction within a round, and `turn` what it follows. `quantities` has for each
    name of `SHAPES` that the run has one entry a frame: `score[row, column]` in the middles of equal cells of the
    window, the first row being the lowest; `fake` points; `gradient`, the negative derivative of the generator's loss
    by each fake point, times their number; `manifold[i, j]`, the point of the code in line i and column j of a grid.
    `measures` has one value a frame. `lacking` says why a quantity is not there, `about` is text for the page.
    """

    window: tuple[float, float, float]
    real: Float[ndarray, "n 2"]
    time: list[float] = field(default_factory=list)
    turn: list[int] = field(default_factory=list)
    quantities: dict[str, list[Quantised]] = field(default_factory=dict)
    measures: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in MEASURES})
    about: dict[str, str] = field(default_factory=dict)
    lacking: dict[str, str] = field(default_factory=dict)
    modes: int = 0  # that the data have; 0 where they are no mixture

    def add(
        self, time: float, turn: int, frame: Mapping[str, Float[ndarray, "..."]], measures: Mapping[str, float] | None
    ) -> None:
        """Adds a frame, unless a value in it is not finite. `measures` None are those of the frame before it."""
        if len(self.time) >= MOST_FRAMES or not all(np.isfinite(values).all() for values in frame.values()):
            return
        self.time.append(time)
        self.turn.append(turn)
        for name, values in frame.items():
            self.quantities.setdefault(name, []).append(Quantised.of(values))
        for name, kept in self.measures.items():
            kept.append(kept[-1] if measures is None else measures.get(name, float("nan")))

    def take(self, before: "Recording", until: float) -> None:
        """Takes the frames of an earlier part of the same run up to a moment."""
        kept = [index for index, time in enumerate(before.time) if time <= until]
        self.keep(before, kept)

    def keep(self, other: "Recording", kept: Sequence[int]) -> None:
        """Takes these frames of another recording in place of its own."""
        self.time, self.turn = [other.time[i] for i in kept], [other.turn[i] for i in kept]
        self.quantities = {name: [frames[i] for i in kept] for name, frames in other.quantities.items()}
        self.measures = {name: [values[i] for i in kept] for name, values in other.measures.items()}

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        return {name: frames[0].values.shape for name, frames in self.quantities.items() if frames}

    @property
    def bytes_a_frame(self) -> int:
        """The size of a frame, before it is written as text."""
        return sum(2 * prod(shape) for shape in self.shapes.values())


def record_of(recording: Recording) -> dict[str, Any]:
    """Returns the content of the file: numbers as they are, and values as little-endian uint16 in base64."""
    return without_nan(
        {
            "version": VERSION,
            "window": list(recording.window),
            "real": encoded(recording.real.astype("<f4")),
            "time": recording.time,
            "turn": recording.turn,
            "quantities": {
                name: {
                    "shape": list(recording.shapes[name]),
                    "low": [frame.low for frame in frames],
                    "high": [frame.high for frame in frames],
                    "values": encoded(np.stack([frame.values for frame in frames]).astype("<u2")),
                }
                for name, frames in recording.quantities.items()
                if frames
            },
            "measures": recording.measures,
            "modes": recording.modes,
            "about": recording.about,
            "lacking": recording.lacking,
        }
    )


def text_of(recording: Recording) -> str:
    """Returns the text of the file, a line a part."""
    parts = (f'"{name}": {json.dumps(value, allow_nan=False)}' for name, value in record_of(recording).items())
    return "{\n" + ",\n".join(parts) + "\n}\n"


def encoded(values: Shaped[ndarray, "..."]) -> str:
    return b64encode(values.tobytes()).decode()


def read(path: Path) -> Recording:
    """Returns the recording in a file that anybody may have written. Raises UnreadableFileError where it is missing,
    larger than any of ours, or holds something else."""
    found = read_json(path)
    try:
        return understood(found)
    except (TypeError, ValueError, KeyError, IndexError, AttributeError, OverflowError) as error:
        raise UnreadableFileError(f"{path.name} is damaged, or of another version") from error


def understood(found: Mapping[str, Any]) -> Recording:
    """Returns the recording that a file states. Raises ValueError or another error of Python where it is none."""
    x, y, half = (number(value) for value in found["window"])
    time, turn = [number(value) for value in found["time"]], [*found["turn"]]
    frames = len(time)
    real = np.frombuffer(b64decode(found["real"], validate=True), "<f4").reshape(-1, 2).astype(np.float64)
    rising = all(a < b for a, b in itertools.pairwise(time))
    wrong = (
        found["version"] != VERSION
        or not half > 0
        or len(real) > MOST_POINTS
        or frames > MOST_FRAMES
        or not (rising and all(value >= 0 for value in time))
        or len(turn) != frames
        or any(type(value) is not int or value not in (STEP, CRITIC, GENERATOR) for value in turn)
        or not np.isfinite(real).all()
        or not found["quantities"].keys() <= SHAPES.keys()
        or found["measures"].keys() != {*MEASURES}
        or not 0 <= found["modes"] <= MOST_POINTS
    )
    if wrong:
        raise ValueError("a part of the recording is not one of ours")
    return Recording(
        window=(x, y, half),
        real=real,
        time=time,
        turn=turn,
        quantities={name: series(found["quantities"][name], name, frames) for name in found["quantities"]},
        measures={name: measured(found["measures"][name], frames) for name in MEASURES},
        about={printable(str(key)): printable(str(text)) for key, text in found["about"].items()},
        lacking={printable(str(key)): printable(str(text)) for key, text in found["lacking"].items()},
        modes=int(found["modes"]),
    )


def series(found: Mapping[str, Any], name: str, frames: int) -> list[Quantised]:
    """Returns one quantity of all frames."""
    shape = tuple(found["shape"])
    most = SHAPES[name]
    if len(shape) != len(most) or any(type(n) is not int or not 0 < n <= m for n, m in zip(shape, most, strict=True)):
        raise ValueError(f"{name} has the shape {shape}")
    values = np.frombuffer(b64decode(found["values"], validate=True), "<u2").reshape(frames, *shape)
    ends = [[number(value) for value in found[end]] for end in ("low", "high")]
    if any(len(end) != frames for end in ends) or any(low > high for low, high in zip(*ends, strict=True)):
        raise ValueError(f"{name} has no ranges")
    return [Quantised(v, low, high) for v, low, high in zip(values, *ends, strict=True)]


def measured(values: Any, frames: int) -> list[float]:
    """Returns one measure of all frames, NaN where the file has none."""
    if len(values) != frames:
        raise ValueError("a measure has another number of frames")
    return [float("nan") if value is None else number(value) for value in values]


def number(value: Any) -> float:
    """Returns a finite number. Raises ValueError for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise ValueError(f"{value!r} is no number")
    return float(value)
