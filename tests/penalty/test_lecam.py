"""LeCam regularisation against its equations."""

import pytest
import torch
from torch import Tensor

from gan_lab.loss.wasserstein import Wasserstein
from gan_lab.penalty.lecam import LeCam
from gan_lab.types import CriticOutput
from tests.contests import contest, total


def refuse(_: Tensor) -> CriticOutput:
    raise AssertionError("the scores are known")


def test_two_turns_by_hand() -> None:
    penalty = LeCam(weight=0.5, decay=0.75)
    terms = penalty(refuse, contest(torch.tensor([1.0, 3.0]), torch.tensor([-1.0, 0.0])))
    assert terms.minimised["lecam"] == pytest.approx(0.5 * ((1.5**2 + 3.5**2) / 2 + (3**2 + 2**2) / 2))
    terms = penalty(refuse, contest(torch.tensor([4.0, 6.0]), torch.tensor([1.5, 1.5])))
    real, fake = 0.75 * 2 + 0.25 * 5, 0.75 * -0.5 + 0.25 * 1.5
    assert [terms.diagnostics[name] for name in ("anchor_real", "anchor_fake")] == pytest.approx([real, fake])
    assert terms.minimised["lecam"] == pytest.approx(
        0.5 * (((4 - fake) ** 2 + (6 - fake) ** 2) / 2 + (1.5 - real) ** 2)
    )


def test_the_best_critic_of_wgan_has_the_value_of_a_lecam_divergence() -> None:
    """On four points, for anchors a and -a that do not move: D* = (1/(2w) - a) (p - q) / (p + q), and the value is
    (1 - 2wa)^2 / (4w) sum (p - q)^2 / (p + q) - 2wa^2."""
    p, q, weight, a = torch.tensor([4, 3, 2, 1]), torch.tensor([1, 1, 3, 5]), 0.2, 0.4
    difference, whole = (p - q) / 10, (p + q) / 10
    score = ((1 / (2 * weight) - a) * difference / whole).requires_grad_(True)
    given = contest(score.repeat_interleave(p), score.repeat_interleave(q))
    penalty = LeCam(weight=weight, decay=1 - 1e-9)
    penalty.turns.fill_(1)
    penalty.anchors.copy_(torch.tensor([a, -a]))
    loss = total(Wasserstein().critic(given).minimised | penalty(refuse, given).minimised)
    (slope,) = torch.autograd.grad(loss, score)
    torch.testing.assert_close(slope, torch.zeros(4), rtol=0, atol=1e-6)
    divergence = (difference.square() / whole).sum()
    value = (1 - 2 * weight * a) ** 2 / (4 * weight) * divergence - 2 * weight * a**2
    torch.testing.assert_close(-loss, value, rtol=1e-5, atol=1e-6)


def test_the_anchors_have_no_gradient_and_are_saved() -> None:
    penalty, real = LeCam(weight=1.0, decay=0.9), torch.tensor([2.0, 2.0], requires_grad=True)
    term = penalty(refuse, contest(real, torch.zeros(2))).minimised["lecam"]
    (slope,) = torch.autograd.grad(term, real)
    torch.testing.assert_close(slope, torch.full((2,), 2.0))  # of the reals' own part alone
    assert penalty.state_dict().keys() == {"anchors", "turns"}


def test_a_critic_of_classes_is_judged_once_more() -> None:
    said = CriticOutput(torch.full((2, 1), 5.0), torch.zeros(2, 1))
    terms = LeCam(weight=1.0, decay=0.9)(lambda _: said, contest(torch.ones(2, 3), torch.ones(2, 3)))
    assert terms.diagnostics["anchor_real"] == 5
    assert terms.minimised["lecam"] == 0
