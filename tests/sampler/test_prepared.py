"""What is kept for samplers is found again for the same data and weights only."""

from pathlib import Path
from typing import Any

import pytest
import torch

from gan_lab.loss.hinge import Hinge
from gan_lab.loss.least_squares import LeastSquares
from gan_lab.prior.normal import Normal
from gan_lab.sampler.prepared import Prepared
from tests.sampler.known import Affine, Points, Told, normal_points

KEY = {"what": "a test"}


def prepared(folder: Path | None, **changed: Any) -> Prepared:
    given: dict[str, Any] = {
        "scale": 1.0,
        "times": 1.0,
        "loss": LeastSquares(),
        "data": normal_points(64, dim=2),
    } | changed
    return Prepared(
        folder,
        given["data"],
        generator=Affine(2, given["scale"]),
        prior=Normal(dim=2),
        critic=Told(2, lambda x: x.sum(1), given["times"]),
        loss=given["loss"],
    )


def found(
    folder: Path | None, number: float, key: dict[str, str] = KEY, of_model: bool = True, **changed: Any
) -> float:
    """The number if it is computed now, an earlier one if that was kept."""
    kept = prepared(folder, **changed).get(key, lambda: {"x": torch.tensor(number)}, of_model=of_model)
    return kept["x"].item()


CHANGES: list[dict[str, Any]] = [
    {"scale": 2.0},
    {"times": 2.0},
    {"loss": LeastSquares(generator_label=0.5)},
    {"loss": Hinge()},
]
OTHER_DATA: list[dict[str, Any]] = [
    {"data": normal_points(64, dim=2, mean=1.0)},
    {"data": Points(normal_points(64, dim=2).train.values, torch.zeros(64, dtype=torch.long), num_classes=1)},
]


@pytest.mark.parametrize(
    "change", CHANGES + OTHER_DATA + [{"key": {"what": "another"}}], ids=lambda change: next(iter(change))
)
def test_it_is_found_again_where_nothing_changed(tmp_path: Path, change: dict[str, Any]) -> None:
    assert found(tmp_path, 1.0) == 1.0
    assert found(tmp_path, 2.0, **change) == 2.0
    assert found(tmp_path, 3.0) == 1.0
    assert found(tmp_path, 4.0, **change) == 2.0


def test_what_is_of_the_data_alone_stays_when_the_model_changes(tmp_path: Path) -> None:
    assert found(tmp_path, 1.0, of_model=False) == 1.0
    assert [found(tmp_path, 2.0, of_model=False, **change) for change in CHANGES] == [1.0] * len(CHANGES)
    assert [found(tmp_path, 2.0, of_model=False, **change) for change in OTHER_DATA] == [2.0] * len(OTHER_DATA)


def test_without_a_folder_nothing_is_kept() -> None:
    assert [found(None, number) for number in (1.0, 2.0)] == [1.0, 2.0]


def test_nothing_is_found_again_by_other_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Two versions of a calibration must not stand in one study.
    assert found(tmp_path, 1.0) == 1.0
    assert found(tmp_path, 1.0, of_model=False) == 1.0
    with monkeypatch.context() as other:
        other.setattr("gan_lab.sampler.prepared.code_digest", lambda: "another version")
        assert (found(tmp_path, 2.0), found(tmp_path, 2.0, of_model=False)) == (2.0, 2.0)
    assert (found(tmp_path, 3.0), found(tmp_path, 3.0, of_model=False)) == (1.0, 1.0)
