"""The table's figures show what the records say, and all can be drawn."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from gan_lab.reference.published import TABLE
from gan_lab.reference.row_figures import MIXTURES, TITLES, draw, drawable, figures
from gan_lab.reference.row_plots import VARIETY, bars, sweep
from gan_lab.reference.row_records import read_records
from gan_lab.reference.rows import rows
from tests.reference.made import kept


def test_figures_are_of_rows_and_have_titles() -> None:
    assert {row for of, _ in figures().values() for row in of} <= rows().keys()
    assert TITLES.keys() == figures().keys()


def test_bars_and_sweeps_show_the_mean_and_every_seed() -> None:
    records = [kept(row, seed, 10.0 * seed) for row in MIXTURES for seed in (1, 2, 3)][:-1]
    axis = bars(MIXTURES, records, TABLE).axes[0]
    assert [patch.get_height() for patch in axis.patches] == [20, 20, 20, 20, 15]  # type: ignore[attr-defined]
    assert np.sort(axis.lines[-1].get_ydata()).tolist() == [10] * 5 + [20] * 5 + [30] * 4
    means, seen = sweep("K", {"gan_d200": 10.0, "gmgan_dynamic": 20.0}, records, TABLE).axes[0].lines
    assert [*means.get_ydata()] == [20, 15]  # type: ignore[misc]
    assert [*seen.get_xdata()] == [10, 10, 10, 20, 20]  # type: ignore[misc]
    assert len(bars(MIXTURES, records, TABLE).axes) == len(VARIETY)


@pytest.mark.slow
def test_every_figure_can_be_drawn_from_the_committed_files(tmp_path: Path) -> None:
    for curve in TABLE.glob("*.csv"):
        shutil.copy(curve, tmp_path)
    records = read_records(TABLE)
    assert draw(records, tmp_path) == drawable(records)
    assert {path.stem for path in (tmp_path / "figures").iterdir()} == {*drawable(records)}
    shutil.copytree(TABLE / "films", tmp_path / "films")
    draw(records, tmp_path)
    assert {path.name for path in (tmp_path / "figures").iterdir()} | {"rows.png"} == {
        path.name for path in (TABLE / "figures").iterdir()
    }
