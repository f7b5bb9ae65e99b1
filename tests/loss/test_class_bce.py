"""GM-GAN's loss with one sigmoid per class."""

from math import log

import pytest
import torch
from torch.nn import functional as F

from gan_lab.loss.class_bce import ClassBCE
from gan_lab.loss.non_saturating import NonSaturating
from tests.contests import contest, total


def test_zero_logits() -> None:
    n = 10
    zeros, labels = torch.zeros(6, n), torch.arange(6)
    meeting = contest(zeros, zeros, labels=labels, component=labels)
    assert total(ClassBCE(num_classes=n).critic(meeting).minimised).item() == pytest.approx(2 * n * log(2))
    assert total(ClassBCE(num_classes=n).generator(meeting).minimised).item() == pytest.approx(n * log(2))


def test_against_an_independent_cross_entropy() -> None:
    n = 5
    real, fake = torch.randn(7, n), torch.randn(7, n)
    labels, component = torch.randint(n, (7,)), torch.randint(2 * n, (7,))
    meeting = contest(real, fake, labels=labels, component=component)
    loss = ClassBCE(num_classes=n)

    def bce(score: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        return F.binary_cross_entropy_with_logits(score, target, reduction="none").sum(1).mean()

    critic = bce(real, F.one_hot(labels, n).float()) + bce(fake, torch.zeros(7, n))
    generator = bce(fake, F.one_hot(component % n, n).float())
    torch.testing.assert_close(total(loss.critic(meeting).minimised), critic)
    torch.testing.assert_close(total(loss.generator(meeting).minimised), generator)


def test_one_class_is_the_non_saturating_gan() -> None:
    real, fake, zeros = torch.randn(6), torch.randn(6), torch.zeros(6, dtype=torch.long)
    meeting = contest(real, fake, labels=zeros, component=zeros)
    for player in ("critic", "generator"):
        ours, theirs = (getattr(loss, player)(meeting) for loss in (ClassBCE(num_classes=1), NonSaturating()))
        torch.testing.assert_close(total(ours.minimised), total(theirs.minimised))


def test_log_ratio_at_the_optimum() -> None:
    # sum_m sigmoid(o_m) = r / (1 + r); here spread unevenly over three classes.
    for ratio in (0.1, 0.5, 1.0, 2.0, 10.0):
        shares = ratio / (1 + ratio) * torch.tensor([0.2, 0.3, 0.5], dtype=torch.float64)
        found = ClassBCE(num_classes=3).log_ratio(torch.logit(shares)[None].float())
        assert found.item() == pytest.approx(log(ratio), abs=1e-4)


def test_more_components_than_classes_wrap_around() -> None:
    loss, fake = ClassBCE(num_classes=2), torch.randn(4, 2)
    first, second = (
        loss.generator(contest(fake, fake, component=torch.tensor(component))).minimised["fake"]
        for component in ([0, 1, 2, 3], [0, 1, 0, 1])
    )
    assert first == second
