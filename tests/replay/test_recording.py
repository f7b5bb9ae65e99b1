"""The file of a recording: nothing is lost but rounding, and nothing of somebody else's is believed."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gan_lab.errors import UnreadableFileError
from gan_lab.replay.recording import MOST_FRAMES, Quantised, read, record_of, text_of
from tests.replay.recordings import recording


def test_values_are_rounded_by_half_a_level_at_most() -> None:
    exact = np.random.default_rng(1).normal(size=(9, 9))
    kept = Quantised.of(exact)
    assert np.abs(kept.exact - exact).max() <= np.ptp(exact) / (2 * 65535) * (1 + 1e-9)
    assert (kept.exact.min(), kept.exact.max()) == pytest.approx((exact.min(), exact.max()))
    assert Quantised.of(np.full((2, 2), 3.5)).exact.tolist() == [[3.5, 3.5], [3.5, 3.5]]


def test_a_file_gives_back_what_was_written(tmp_path: Path) -> None:
    whole = recording()
    whole.measures["js"][2] = float("nan")
    (tmp_path / "replay.json").write_text(text_of(whole))
    found = read(tmp_path / "replay.json")
    assert text_of(found) == text_of(whole)
    assert found.shapes == whole.shapes
    assert found.quantities["score"][3].exact.tolist() == whole.quantities["score"][3].exact.tolist()
    assert np.isnan(found.measures["js"][2])


def set_at(record: Any, path: str, value: Any) -> None:
    *way, last = path.split(".")
    for key in way:
        record = record[key]
    record[last] = value


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("version", 2),
        ("window", [0, 0, 0]),
        ("window", [0, 0, "x"]),
        ("time", [0, 1, 2, 3, 3]),
        ("time", [0, 1, 2, 3, 1e400]),
        ("time", [0, 1, 2, 3]),
        ("turn", [0, 0, 0, 0, 7]),
        ("turn", [0, 0, 0, 0, True]),
        ("real", "AAAA"),
        ("real", "<script>"),
        ("quantities.score.shape", [6, 5]),
        ("quantities.score.shape", [10**6, 10**6]),
        ("quantities.score.shape", [-6, -6]),
        ("quantities.score.low", [1e9] * 5),
        ("quantities.score.high", [None] * 5),
        ("quantities.secret", {}),
        ("quantities", []),
        ("measures.emd", [0.1]),
        ("measures.emd", ["a"] * 5),
        ("modes", "<b>"),
        ("about", 3),
    ],
)
def test_a_strange_file_is_refused_in_one_sentence(path: str, value: Any, tmp_path: Path) -> None:
    record = record_of(recording())
    set_at(record, path, value)
    (tmp_path / "replay.json").write_text(json.dumps(record))
    with pytest.raises(UnreadableFileError, match=r"^replay\.json is damaged, or of another version$"):
        read(tmp_path / "replay.json")


def test_a_recording_does_not_grow_without_end() -> None:
    whole = recording()
    whole.time = [float(time) for time in range(MOST_FRAMES)]
    whole.add(1e6, 0, {}, {})
    assert len(whole.time) == MOST_FRAMES
