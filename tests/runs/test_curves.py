"""The columns of metrics.csv as curves, however damaged the file is."""

from pathlib import Path

import numpy as np
import pytest

from gan_lab.runs.curves import POINTS, Curves, Metrics, read_metrics, thinned

HEAD = "generator_steps,images_seen,seconds,critic/loss,fid"


def read(tmp_path: Path, *lines: str, end: str = "\n") -> Metrics:
    path = tmp_path / "metrics.csv"
    path.write_text("\n".join(lines) + end)
    return read_metrics(path)


def test_every_complete_line_is_read(tmp_path: Path) -> None:
    found = read(
        tmp_path, HEAD, "1,64,0.5,-1.5,", "2,128,1.0,2.5,7", "x,1,1,1,1", "3,192", "4,256,2.0,,word", "5,3", end=""
    )
    assert found.clocks.tolist() == [[1, 2, 4], [64, 128, 256], [0.5, 1.0, 2.0]]
    np.testing.assert_array_equal(found.columns["critic/loss"], [-1.5, 2.5, np.nan])
    np.testing.assert_array_equal(found.columns["fid"], [np.nan, 7, np.nan])
    assert found.measures() == ["fid"]


def test_missing_clocks_are_unknown_and_other_files_are_empty(tmp_path: Path) -> None:
    found = read(tmp_path, "generator_steps,fid", "3,1.0")
    np.testing.assert_array_equal(found.clocks, [[3], [np.nan], [np.nan]])
    for lines in (("a,b", "1,2"), ("",), (HEAD,)):
        assert read(tmp_path, *lines).clocks.shape == (3, 0)
    assert read_metrics(tmp_path / "nowhere").clocks.shape == (3, 0)


def test_the_best_and_the_last_line_with_a_measure(tmp_path: Path) -> None:
    found = read(tmp_path, f"{HEAD},kid", "1,,,,9,1", "2,,,5,4,", "3,,,1,6,0.5", "4,,,2,,0.1")
    best, last, step = found.best_and_last("fid")
    assert (best, last, step) == ({"fid": 4}, {"fid": 6, "kid": 0.5}, 2)
    assert found.best_and_last("emd") == ({}, {}, None)


def test_a_curve_has_only_the_steps_at_which_something_was_measured(tmp_path: Path) -> None:
    curves = read(tmp_path, f"{HEAD},empty", "1,10,0.1,1,,", "2,20,0.2,2,8,", "3,30,0.3,3,,", "4,40,0.4,4,6,").curves()
    assert curves.series.keys() == {"critic/loss", "fid"}
    assert curves.series["fid"].x.tolist() == [[2, 4], [20, 40], [0.2, 0.4]]
    assert curves.series["fid"].y.tolist() == [8, 6]
    assert curves.series["critic/loss"].y.tolist() == [1, 2, 3, 4]
    assert curves.clocks[0].tolist() == [1, 2, 3, 4]


@pytest.mark.parametrize("n", [POINTS, POINTS + 1, 3 * POINTS, 1000])
def test_long_curves_become_short_ones(n: int) -> None:
    """Of y = x = 1, ..., n: each point has the last x of its part, and the mean or the last y there."""
    y = np.arange(1.0, n + 1)
    x = np.stack([y, 2 * y, 3 * y])
    last, mean = thinned(x, y, mean=False), thinned(x, y, mean=True)
    assert len(last.y) == len(mean.y) == 120
    assert last.x.tolist() == mean.x.tolist() == [last.y.tolist(), (2 * last.y).tolist(), (3 * last.y).tolist()]
    assert last.y[-1] == n
    assert (np.diff(last.y) > 0).all()
    starts = np.concatenate([[0.0], last.y[:-1]])
    assert mean.y.tolist() == pytest.approx(((starts + 1 + last.y) / 2).tolist())


def test_clocks_between_steps_begin_at_zero() -> None:
    curves = Curves(np.array([[10.0, 20.0], [100.0, 400.0], [1.0, 2.0]]))
    assert curves.clocks_at(5) == [5, 50, 0.5]
    assert curves.clocks_at(15) == [15, 250, 1.5]
    assert curves.clocks_at(20) == [20, 400, 2]
    step, *others = Curves().clocks_at(7)
    assert step == 7
    assert np.isnan(others).all()
