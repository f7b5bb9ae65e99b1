"""The generator's gradients against closed forms, and the closed forms' critics against numerical ones."""

from typing import Any

import numpy as np
import pytest
import torch
from matplotlib.colors import to_rgba
from torch.distributions import Normal

from gan_lab.explain.base import Explained
from gan_lab.explain.gradients import CASES, Gradients, logit, regression, sample_gradient, score_gradient


@pytest.fixture(scope="module")
def explained() -> Explained:
    return Gradients(largest_score=8.0, longest_distance=8.0).explain()


@pytest.fixture(scope="module")
def numbers(explained: Explained) -> dict[str, Any]:
    return explained.numbers


def test_autograd_agrees_with_every_formula(numbers: dict[str, Any]) -> None:
    for row in numbers["losses"].values():
        assert row["largest_error_by_score"] < 1e-12
        assert row["largest_error_by_sample"] < 2e-8  # torch's softplus is the identity above 20: 8 e^-20


def test_what_vanishes_and_what_does_not(numbers: dict[str, Any]) -> None:
    """At score -8, and at distance 8: exp(-32) 8 for minimax, 8 for its remedy, 8 * 66 / 68^2 for a regression."""
    losses = numbers["losses"]
    by_score = {name: row["by_score"][0] for name, row in losses.items()}
    assert by_score == pytest.approx(
        {"minimax": -3.3535e-4, "non_saturating": -0.99966, "least_squares": -9.0, "wasserstein": -1.0}, rel=1e-4
    )
    by_sample = {name: row["by_sample"][-1] for name, row in losses.items()}
    assert by_sample == pytest.approx(
        {"minimax": 1.01313e-13, "non_saturating": 8.0, "least_squares": 528 / 4624, "wasserstein": 1.0}, rel=1e-4
    )


@pytest.mark.parametrize("name", CASES)
def test_against_finite_differences(name: str) -> None:
    case, step = CASES[name], 1e-6
    score = torch.tensor([-3.0, -0.5, 2.0], dtype=torch.float64)
    d = torch.tensor([0.5, 2.0, 4.0], dtype=torch.float64)
    for index in range(3):
        move = step * torch.eye(3, dtype=torch.float64)[index]
        by_score = (case.loss(score + move) - case.loss(score - move)).sum() / (2 * step)
        ends = (case.loss(case.critic(d + sign * move, d)).sum() for sign in (1, -1))
        by_sample = (next(ends) - next(ends)) / (2 * step)
        assert by_score.item() == pytest.approx(score_gradient(case, score)[index].item(), rel=1e-6, abs=1e-8)
        assert by_sample.item() == pytest.approx(sample_gradient(case, d)[index].item(), rel=1e-6, abs=1e-8)


def test_the_logit_is_the_log_ratio_of_the_densities() -> None:
    x, d = torch.linspace(-3, 6, 10), torch.tensor(2.5)
    torch.testing.assert_close(logit(x, d), Normal(0, 1).log_prob(x) - Normal(2.5, 1).log_prob(x))


def test_the_regression_is_the_least_squares_line() -> None:
    x, d = torch.linspace(-12, 15, 20001, dtype=torch.float64), torch.tensor(3.0, dtype=torch.float64)
    p, q = (Normal(mean, 1.0).log_prob(x).exp() for mean in (0.0, 3.0))
    # The weighted regression onto p / (p + q) has the same line as the one onto 1 on p and 0 on q.
    weight, target = (p + q).sqrt(), p / (p + q)
    columns = torch.stack([torch.ones_like(x), x], dim=1)
    bias, slope = torch.linalg.lstsq(weight[:, None] * columns, (weight * target)[:, None]).solution.flatten()
    torch.testing.assert_close(regression(x, d), bias + slope * x, atol=1e-9, rtol=1e-9)


@pytest.mark.parametrize(("score", "distance"), [(8.0, 0.0), (0.0, 8.0), (-1.0, 8.0), (8.0, -1.0)])
def test_refusal(score: float, distance: float) -> None:
    with pytest.raises(ValueError, match="must be a number above 0"):
        Gradients(largest_score=score, longest_distance=distance)


def test_scores_are_symmetric_and_distances_begin_above_0() -> None:
    found = Gradients(largest_score=4.0, longest_distance=16.0)
    assert found.scores.tolist() == [-4 + number / 4 for number in range(33)]
    assert found.distances.tolist() == [0.5 * number for number in range(1, 33)]


def test_the_figure_has_the_formulas_as_lines_and_autograd_as_dots(explained: Explained) -> None:
    by_score, by_sample = explained.figure.axes
    given = Gradients(largest_score=8.0, longest_distance=8.0)
    for panel, at, key in ((by_score, given.scores, "by_score"), (by_sample, given.distances, "by_sample")):
        lines = {line.get_label(): line for line in panel.get_lines() if not str(line.get_label()).startswith("_")}
        assert [*lines] == [case.label for case in CASES.values()]
        for (name, case), dots in zip(CASES.items(), panel.collections, strict=True):
            line = lines[case.label]
            assert np.asarray(line.get_xdata()).tolist() == at.tolist()
            formula = case.by_score(at) if key == "by_score" else case.by_sample(at)
            assert np.asarray(line.get_ydata()).tolist() == formula.tolist()
            places = list(zip(at.tolist(), explained.numbers["losses"][name][key], strict=True))
            assert np.asarray(dots.get_offsets()).tolist() == [pytest.approx(place) for place in places]
            assert to_rgba(line.get_color()) == to_rgba(case.color) == tuple(np.asarray(dots.get_facecolor())[0])
    assert (by_score.get_ylim(), by_sample.get_ylim()) == ((-4, 2), (1e-9, 30))
    assert (by_score.get_yscale(), by_sample.get_yscale()) == ("linear", "log")
    assert [text.get_text() for text in explained.figure.legends[0].get_texts()] == [c.label for c in CASES.values()]
    zero = [line for line in by_score.get_lines() if str(line.get_label()).startswith("_")]
    assert [line.get_ydata() for line in zero] == [[0, 0]]


def test_the_sentences_have_the_gradients_at_both_ends(explained: Explained) -> None:
    assert len(explained.sentences) == len(CASES)
    by_name = dict(zip(CASES, explained.sentences, strict=True))
    assert by_name["wasserstein"].endswith(
        "the gradient is -1 with respect to a score of -8, and 1 with respect to a sample 8 standard deviations away."
    )
    assert "the gradient is -9 with respect" in by_name["least_squares"]
