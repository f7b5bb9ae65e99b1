"""Points of one's own: what a file may hold, how it is split, and what is refused."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from gan_lab.data.point_file import count_labels, read_points
from gan_lab.data.point_set import PointSet
from gan_lab.errors import GanLabError
from tests.present import present


def points(path: Path | None, **options: Any) -> PointSet:
    given: dict[str, Any] = {
        **{"validation_fraction": 0.1, "test_fraction": 0.2, "shape": (2,), "num_classes": 0, "batch_size": None},
        **{"seed": 1, "split_seed": 0},
    }
    data = PointSet(path=None if path is None else str(path), **given | options)
    data.setup()
    return data


def rows(n: int = 100, labels: bool = True) -> np.ndarray:
    own = np.random.default_rng(1)
    return np.column_stack([own.normal(size=(n, 2)), np.arange(n) % 4][: 1 + labels])


def saved(path: Path, array: np.ndarray) -> Path:
    if path.suffix == ".npy":
        np.save(path, array)
    else:
        np.savetxt(path, array, delimiter=",")
    return path


@pytest.mark.parametrize("name", ["points.npy", "points.csv"])
def test_every_point_is_in_one_part_with_its_label(tmp_path: Path, name: str) -> None:
    array = rows()
    data = points(saved(tmp_path / name, array), num_classes=4)
    parts = (data.train, data.validation, data.test)
    assert [len(part) for part in parts] == [70, 10, 20]
    found = np.concatenate([np.column_stack([part.values, present(part.labels)]) for part in parts])
    assert np.allclose(found[found[:, 0].argsort()], array[array[:, 0].argsort()], atol=1e-6)
    assert data.batch_size == 64
    again, other = (points(tmp_path / name, split_seed=seed) for seed in (0, 1))
    assert torch.equal(again.test.values, data.test.values)
    assert not torch.equal(other.test.values, data.test.values)
    assert again.test.labels is None, "without classes"


def test_a_header_is_no_point_and_a_few_points_make_a_smaller_batch(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x,y\n" + "\n".join(f"{i},{-i}" for i in range(20)))
    data = points(tmp_path / "a.csv")
    assert len(data.train) + len(data.validation) + len(data.test) == 20
    assert data.batch_size == 8
    assert count_labels(str(tmp_path / "a.csv")) == 0


def test_labels_are_counted_without_reading_them_twice(tmp_path: Path) -> None:
    assert count_labels(str(saved(tmp_path / "a.npy", rows()))) == 4
    assert count_labels(None) == count_labels(str(tmp_path / "nowhere.npy")) == 0


def test_what_is_no_file_of_points_is_refused_in_a_sentence(tmp_path: Path) -> None:
    def refused(name: str, content: bytes | np.ndarray | None, sentence: str) -> None:
        path = tmp_path / name
        if isinstance(content, bytes):
            path.write_bytes(content)
        elif content is not None:
            np.save(path, content)
        with pytest.raises(GanLabError, match=sentence):
            points(path)

    refused("nowhere.npy", None, "is no file: set data.path")
    refused("points.txt", b"1,2\n", "must be a .npy or a .csv file")
    refused("text.csv", b"1,2\n3,four\n", "cannot be read as lines of two numbers")
    refused("ragged.csv", b"1,2\n3,4,5\n", "cannot be read as lines of two numbers")
    refused("objects.npy", b"\x93NUMPY garbage", "cannot be read as an array of numbers")
    refused("words.npy", np.array(["a", "b"]), "cannot be read as an array of numbers")
    refused("flat.npy", np.zeros(9), r"holds an array of shape \[9\]")
    refused("wide.npy", np.zeros((9, 4)), r"holds an array of shape \[9, 4\]")
    refused("labels.npy", rows() - 0.5, "values that are no labels")
    refused("few.npy", rows(4), "The 4 points in .* each needs 2 or more")
    refused("large.npy", 1000 * rows(labels=False), r"divide them by 1.*e\+03")
    refused("nan.npy", np.full((30, 2), np.nan), "30 of|hold NaN")
    refused("labels_nan.csv", b"1,2,nan\n", "values that are no labels")
    with pytest.raises(GanLabError, match="data=points needs a file"):
        points(None)


def test_an_array_that_would_not_fit_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = saved(tmp_path / "a.npy", np.zeros((100, 2), dtype=np.int8))
    monkeypatch.setenv("GAN_LAB_MAX_BYTES", "1000")
    assert path.stat().st_size < 1000
    with pytest.raises(GanLabError, match="expands to 1,600 bytes or more"):
        read_points(str(path))
