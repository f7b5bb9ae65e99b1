"""The classifier that is always right, and where theory says that it cannot be."""

from math import exp, log
from typing import Any

import pytest
import torch
from sklearn.linear_model import LogisticRegression

from gan_lab.explain.base import Explained
from gan_lab.explain.classifier import Classifier, cross_entropy, fit_linear, judge, rises

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
def explained() -> Explained:
    return Classifier(**SETTINGS).explain()


@pytest.fixture(scope="module")
def numbers(explained: Explained) -> dict[str, Any]:
    return explained.numbers


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
        ({"sizes": (5, 0)}, r"sizes is \(5, 0\) and must be a list of values, each a whole number of 1 or more"),
        ({"width": 0.0}, "width is 0.0 and must be a number above 0"),
        ({"width": -1.0}, "must be a number above 0"),
        ({"gaps": ()}, "gaps must increase"),
        ({"gaps": (0.1, 0.1)}, "gaps must increase"),
        ({"gaps": (-0.1, 0.0)}, "to a value above 0"),
        ({"sizes": ()}, "sizes must be a list of increasing numbers"),
        ({"sizes": (5, 5)}, "list of increasing numbers"),
        ({"sizes": (0, 5)}, "each a whole number of 1 or more"),
        ({"repeats": 0}, "repeats is 0 and must be a whole number of 1 or more"),
        ({"samples": 0}, "samples is 0 and must be a whole number of 1 or more"),
        ({"dim": 0}, "dim is 0 and must be a whole number of 1 or more"),
        ({"held_out": 0}, "held_out is 0 and must be a whole number of 1 or more"),
    ],
)
def test_refusals(settings: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        Classifier(**SETTINGS | settings)


def test_the_smallest_settings_are_allowed() -> None:
    least = {"gaps": (0.5,), "sizes": (1,), "repeats": 1, "samples": 1, "dim": 1, "held_out": 1}
    numbers = Classifier(**SETTINGS | least).explain().numbers
    assert (len(numbers["strips"]), len(numbers["gaussians"])) == (1, 1)
    assert Classifier(**SETTINGS | {"gaps": (-0.2, 1.0)}).gaps == (-0.2, 1.0)
    assert rises((1, 2, 3))
    assert not rises((1, 1))


def test_strips_lie_where_they_should_and_only_one_moves() -> None:
    classifier = Classifier(**SETTINGS)
    real, near = classifier.draw_strips(0.1, 2000, "train")
    same, far = classifier.draw_strips(0.5, 2000, "train")
    assert torch.equal(real, same)
    torch.testing.assert_close(far - near, torch.tensor([[0.4, 0.0]], dtype=torch.float64).expand(2000, 2))
    for points, left in ((real, 0.0), (near, 0.3)):
        assert left <= points[:, 0].min() < left + 0.01
        assert left + 0.19 < points[:, 0].max() <= left + 0.2
        assert -1 <= points[:, 1].min() < -0.99
        assert 0.99 < points[:, 1].max() <= 1
    assert not torch.equal(real, classifier.draw_strips(0.1, 2000, "held out")[0])
    other = Classifier(**SETTINGS | {"seed": 2})
    assert not torch.equal(real, other.draw_strips(0.1, 2000, "train")[0])


def test_the_judge_counts_both_sides_alike() -> None:
    line = torch.nn.Linear(1, 1, dtype=torch.float64)
    torch.nn.init.ones_(line.weight)
    torch.nn.init.zeros_(line.bias)
    real, fake = torch.tensor([[1.0], [2.0], [-1.0], [3.0]]).double(), torch.tensor([[-1.0], [1.0]]).double()
    found = judge(line, (real, fake), "some_")
    softplus = [[log(1 + exp(-x)) for x in (1, 2, -1, 3)], [log(1 + exp(x)) for x in (-1, 1)]]
    assert found["some_accuracy"] == (3 / 4 + 1 / 2) / 2
    assert found["some_cross_entropy"] == pytest.approx((sum(softplus[0]) / 4 + sum(softplus[1]) / 2) / 2, rel=1e-6)


def test_the_figure_shows_the_numbers(explained: Explained) -> None:
    strips, gaussians = explained.numbers["strips"], explained.numbers["gaussians"]
    axes: Any = explained.figure.axes
    points, accuracy, divergence, size = axes
    gaps = [row["gap"] for row in strips]
    lines = {line.get_label(): line for panel in (accuracy, divergence) for line in panel.get_lines()}
    for label, key in (
        *(("best possible (exact)", "best_accuracy"), ("training", "accuracy"), ("held out", "held_out_accuracy")),
        ("JS (exact)", "js"),
    ):
        assert list(lines[label].get_xdata()) == gaps
        assert list(lines[label].get_ydata()) == [row[key] for row in strips]
    read = lines["log 2 - cross-entropy (training)"]
    assert list(read.get_ydata()) == pytest.approx([log(2) - row["cross_entropy"] for row in strips])
    dotted = [line for line in divergence.get_lines() if line.get_linestyle() == ":"]
    assert [line.get_ydata() for line in dotted] == [[log(2), log(2)]]
    training, held_out, limit = size.get_lines()
    assert list(training.get_xdata()) == list(held_out.get_xdata()) == [5, 15, 120]
    assert list(training.get_ydata()) == [row["accuracy"] for row in gaussians]
    assert list(held_out.get_ydata()) == [row["held_out_accuracy"] for row in gaussians]
    assert limit.get_xdata() == [15.5, 15.5]
    assert size.texts[0].xy == (15.5, 0.62)
    assert "31 samples in total" in size.texts[0].get_text()
    assert size.get_xscale() == "log"
    assert (accuracy.get_ylim(), divergence.get_ylim(), size.get_ylim()) == ((0.45, 1.05), (-0.03, 0.78), (0.45, 1.05))
    assert all(panel.get_legend() is not None for panel in explained.figure.axes)
    assert "gap 0.3" in points.get_title()


def test_the_boundary_runs_between_the_strips(explained: Explained) -> None:
    panel: Any = explained.figure.axes[0]
    real, fake = (cloud.get_offsets() for cloud in panel.collections)
    drawn = Classifier(**SETTINGS).draw_strips(0.3, 400, "train")
    assert [torch.tensor(real).tolist(), torch.tensor(fake).tolist()] == [side.tolist() for side in drawn]
    (boundary,) = panel.get_lines()
    assert all(0.2 < x < 0.5 for x in boundary.get_xdata())
    assert list(boundary.get_ydata()) == [-1, 1]
    line = fit_linear(*drawn)
    ends = torch.stack([torch.as_tensor(boundary.get_xdata()), torch.tensor([-1.0, 1.0])], dim=1).double()
    assert line(ends).abs().max() < 1e-4 * line.weight.abs().max()
    assert panel.get_xlim() == (-1.2, pytest.approx(1.8))
    assert panel.get_ylim() == (-1.15, 1.5)


def test_the_sentences_say_what_was_found(explained: Explained) -> None:
    strips, gaussians = explained.sentences
    apart = [row for row in explained.numbers["strips"] if row["gap"] >= 0]
    assert "gaps from 0 to 1, the accuracy is at least 1.000 on training samples" in strips
    assert f"{min(row['held_out_accuracy'] for row in apart):.3f} on held-out ones" in strips
    assert f"at most {max(row['cross_entropy'] for row in apart):.1e}" in strips
    row = explained.numbers["gaussians"][1]
    assert "with 15 samples of each in 30 dimensions, the accuracy is 1.000 on training samples" in gaussians
    assert f"{row['held_out_accuracy']:.3f} on held-out ones: the estimate of JS is 0.6931" in gaussians
    alone = Classifier(**SETTINGS | {"sizes": (16,), "gaps": (0.5,)}).explain()
    assert len(alone.sentences) == 1
