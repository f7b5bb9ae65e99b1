"""The classifier that is always right, and where theory says that it cannot be."""

from math import log
from typing import Any

import pytest
import torch
from sklearn.linear_model import LogisticRegression

from gan_lab.explain.classifier import Classifier, cross_entropy, fit_linear

SETTINGS: dict[str, Any] = {
    "width": 0.2,
    "gaps": (-0.2, -0.1, 0.0, 0.01, 0.3, 1.0),
    "samples": 400,
    "dim": 30,
    "sizes": (5, 15, 120),
    "repeats": 3,
    "held_out": 1000,
    "seed": 1,
}


@pytest.fixture(scope="module")
def numbers() -> dict[str, Any]:
    return Classifier(**SETTINGS).explain().numbers


def test_without_overlap_it_is_always_right_and_its_objective_says_log_2_at_every_gap(numbers: dict[str, Any]) -> None:
    apart = [row for row in numbers["strips"] if row["gap"] >= 0]
    assert len(apart) == 4
    for row in apart:
        assert row["accuracy"] == 1.0
        assert row["cross_entropy"] < 1e-6
        assert row["js"] == log(2)
        if row["gap"] > 0:  # at 0 the boundary lies between samples, not between the strips
            assert row["held_out_accuracy"] == 1.0


def test_with_overlap_it_is_as_right_as_can_be_and_reads_less_than_js(numbers: dict[str, Any]) -> None:
    all_of_it, half = numbers["strips"][:2]
    assert (all_of_it["best_accuracy"], half["best_accuracy"]) == (0.5, 0.75)
    assert (all_of_it["js"], half["js"]) == (0.0, pytest.approx(log(2) / 2))
    assert all_of_it["held_out_accuracy"] == pytest.approx(0.5, abs=0.04)  # four standard deviations of 2,000 samples
    assert half["held_out_accuracy"] == pytest.approx(0.75, abs=0.04)
    assert log(2) - half["held_out_cross_entropy"] < half["js"]


def test_too_few_samples_of_one_distribution_are_told_apart_and_new_ones_are_not(numbers: dict[str, Any]) -> None:
    few, at_the_limit, many = numbers["gaussians"]
    for row in (few, at_the_limit):  # 2n <= dim + 1
        assert row["accuracy"] == 1.0
        assert row["cross_entropy"] < 1e-6
    assert many["accuracy"] < 0.8
    for row in (few, at_the_limit, many):
        assert row["held_out_accuracy"] == pytest.approx(0.5, abs=0.03)


def test_the_fit_against_scikit_learn() -> None:
    random = torch.Generator().manual_seed(0)
    real, fake = torch.randn(2, 200, 3, generator=random, dtype=torch.float64)
    fake += torch.tensor([1.0, 0.0, -0.5])
    ours = fit_linear(real, fake)
    theirs = LogisticRegression(C=1e12, tol=1e-10).fit(torch.cat([real, fake]), [1] * 200 + [0] * 200)
    torch.testing.assert_close(ours.weight.detach(), torch.tensor(theirs.coef_), atol=1e-4, rtol=1e-4)
    assert ours.bias.item() == pytest.approx(theirs.intercept_[0], abs=1e-4)


def test_cross_entropy_of_one_who_knows_nothing() -> None:
    assert cross_entropy(torch.zeros(3, 1), torch.zeros(2, 1)).item() == pytest.approx(log(2))


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"gaps": (-0.3, 0.1)}, "gaps must increase from -width"),
        ({"gaps": (0.2, 0.1)}, "gaps must increase"),
        ({"gaps": (-0.1,)}, "to a value above 0"),
        ({"sizes": (5, 0)}, "sizes must be increasing numbers above 0"),
        ({"repeats": 0}, "must be above 0"),
    ],
)
def test_refusals(settings: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        Classifier(**SETTINGS | settings)
