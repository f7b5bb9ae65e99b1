"""What is said of clipping and penalty follows from the records, also where it comes out otherwise."""

from pathlib import Path

import pytest

from gan_lab.reference.wasserstein_answers import clipping, estimate, unstable
from tests.reference.made import answered, record, seeds, table, write_curve


def test_clipping_is_compared_with_the_same_optimizer_and_with_its_own() -> None:
    rows = [*seeds("wgan_gp_20_epochs", 100, 101, 99), *seeds("wgan_adam", 300, 310, 290)]
    said = answered(clipping, *rows, *seeds("wgan_20_epochs", 60, 58))
    assert "With all else alike, yes, the FID of `wgan_gp_20_epochs` is 0.3" in said
    assert "With the settings of each paper, no, the FID of `wgan_gp_20_epochs` is 1." in said
    assert "clipping, RMSProp: **59.0** ± 1.4 (0.50 / 0.25)" in said


def wasserstein(reference: Path, row: str, estimates: list[float]) -> None:
    within = [99.0] * 2 + [5.0] * 6 + [7.0] + [0.5] * 31
    losses = [-2.0] * 8 + [-3.0] + [-2.0] * 31
    write_curve(reference, row, critic__loss=losses, critic__loss_std=within, critic__wasserstein_estimate=estimates)


def test_unrest_is_usual_and_largest_but_for_the_start(tmp_path: Path) -> None:
    rows = ("wgan_20_epochs", "wgan_gp_20_epochs", "wgan_adam")
    for row in rows:
        wasserstein(tmp_path, row, [1.0] * 40)
    said = unstable(table(*(record(row, 1) for row in rows), reference=tmp_path))
    assert said.count("it is 25.0 % of the mean in the second half") == 2
    assert "largest near epoch 4, with 7.00 around a mean of -3.00. With the penalty" in said, (
        "9 of 40 parts of 20 epochs"
    )


@pytest.mark.parametrize(
    ("estimates", "verdict"),
    [
        ([10.0] * 30 + [0.2] * 10, "falls to zero: its mean over the last tenth of the run is 0.20"),
        (
            [10.0] * 32 + [6.0] * 4 + [5.0] * 4,
            "does not reach zero and is still falling: its mean over the last tenth of the run is 5.00",
        ),
        (
            [10.0] * 32 + [5.0] * 8,
            "does not reach zero and has stopped falling: its mean over the last tenth of the run is 5.00",
        ),
    ],
)
def test_the_estimate_is_judged_by_its_end(tmp_path: Path, estimates: list[float], verdict: str) -> None:
    wasserstein(tmp_path, "wgan_20_epochs", estimates)
    wasserstein(tmp_path, "wgan_gp_20_epochs", [20.0] * 36 + [3.0] * 4)
    rows = [record("wgan_20_epochs", 1), record("wgan_gp_20_epochs", 1)]
    said = estimate(table(*rows, reference=tmp_path))
    assert f"With clipping, it {verdict}, after a peak of 10.00 (`wgan_20_epochs`)" in said
    assert "With the penalty, it does not reach zero and is still falling" in said
    assert "last tenth of the run is 3.00, after a peak of 20.00" in said
    wasserstein(tmp_path, "wgan_50_epochs", [30.0] * 40)
    said = estimate(table(*rows, record("wgan_50_epochs", 1), reference=tmp_path))
    assert "is 30.00, after a peak of 30.00 (`wgan_50_epochs`)" in said, "the longest run there is"
