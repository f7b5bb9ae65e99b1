"""What is drawn of many evaluations."""

from pathlib import Path
from typing import Any

from gan_lab.evaluate.cost_figures import curves, save_figures


def record(sampler: str, passes: float | None, values: dict[str, float], **settings: Any) -> dict[str, Any]:
    cost = {} if passes is None else {"passes": passes, "milliseconds": 1.0}
    subject = {"sha256": "a", "sampler": sampler, "seeds": [1], "n": 100, **settings}
    return {"measures": {"generated": values, "spread": {}, "floor": values}, "cost": cost, "subject": subject}


IMAGES = {"fid": 10.0, "precision_k3": 0.5, "recall_k3": 0.4}
POINTS = {"emd": 0.1, "high_quality_share": 0.5, "modes_covered": 25.0}


def test_a_curve_is_one_sampler_whose_numbers_change_in_their_order() -> None:
    records = [
        record("direct", 1, IMAGES),
        record("truncated", 1, IMAGES, t=2.0, psi=1.0),
        record("truncated", 1, IMAGES, t=0.5, psi=1.0),
        record("sigma_scaled", 1, IMAGES, tau=0.5),
        record("truncated", 1, IMAGES, t=1.0, psi=1.0),
        record("truncated", 1, IMAGES, t=None, psi=0.7),
        record("ddls", 9, IMAGES, calibration="platt"),
        record("ddls", 9, IMAGES, calibration="energy"),
    ]
    assert curves(records) == [[0], [2, 4, 1], [3], [5], [6], [7]]


def test_images_have_both_figures_and_points_the_one_of_cost(tmp_path: Path) -> None:
    for name, values, expected in (
        ("images", IMAGES, {"cost.png", "quality_diversity.png"}),
        ("points", POINTS, {"cost.png"}),
    ):
        folder = tmp_path / name
        folder.mkdir()
        records = [record("direct", 1, values), record("sir", 65, values)]
        save_figures(folder, records, ["sampler=direct", "sampler=sir"], 0)
        assert {path.name for path in folder.iterdir()} == expected
        save_figures(folder, records, ["sampler=direct", "sampler=sir"], 1)
        assert len([*folder.iterdir()]) == 2 * len(expected), "a second protocol overwrites nothing"


def test_nothing_is_drawn_of_one_model_or_of_files(tmp_path: Path) -> None:
    records = [record("direct", 1, IMAGES), record("files", None, IMAGES)]
    save_figures(tmp_path, records, ["one", "other"], 0)
    assert list(tmp_path.iterdir()) == []
