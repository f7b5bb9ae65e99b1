"""A Wasserstein critic with a classifier beside its score."""

from math import log

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from gan_lab.errors import GanLabError
from gan_lab.loss.class_auxiliary import ClassAuxiliary
from gan_lab.loss.wasserstein import Wasserstein
from gan_lab.penalty.base import input_gradient
from gan_lab.types import CriticOutput
from tests.contests import contest, total
from tests.fixtures import BuildModel

N = 5


def auxiliary(critic_weight: float = 1.0, generator_weight: float = 0.1) -> ClassAuxiliary:
    return ClassAuxiliary(num_classes=N, critic_weight=critic_weight, generator_weight=generator_weight)


def test_closed_form_on_constant_scores() -> None:
    real, fake, labels = torch.zeros(6, N + 1), torch.zeros(6, N + 1), torch.arange(6) % N
    real[:, 0], fake[:, 0] = 3.0, 1.0
    between = contest(real, fake, labels=labels, component=labels)
    assert total(auxiliary().critic(between).minimised).item() == pytest.approx(-2 + log(N))
    assert total(auxiliary().generator(between).minimised).item() == pytest.approx(-1 + 0.1 * log(N))


def test_against_torch_on_random_scores_and_without_weights_the_wasserstein_gan() -> None:
    real, fake = torch.randn(7, N + 1), torch.randn(7, N + 1)
    labels, component = torch.randint(N, (7,)), torch.randint(3 * N, (7,))
    between = contest(real, fake, labels=labels, component=component)
    plain = contest(real[:, 0], fake[:, 0])
    for player, classes, wanted, weight in (("critic", real, labels, 2.0), ("generator", fake, component % N, 0.5)):
        base = total(getattr(Wasserstein(), player)(plain).minimised)
        ours = total(getattr(auxiliary(2.0, 0.5), player)(between).minimised)
        torch.testing.assert_close(ours, base + weight * F.cross_entropy(classes[:, 1:], wanted), rtol=1e-5, atol=1e-6)
        torch.testing.assert_close(total(getattr(auxiliary(0.0, 0.0), player)(between).minimised), base)


def test_the_classifier_learns_from_real_samples_alone() -> None:
    real, fake = torch.randn(6, N + 1, requires_grad=True), torch.randn(6, N + 1, requires_grad=True)
    labels = torch.arange(6) % N
    terms = auxiliary().critic(contest(real, fake, labels=labels, component=labels))
    by_real, by_fake = torch.autograd.grad(total(terms.minimised), [real, fake])
    assert (by_real[:, 1:] != 0).all()
    assert (by_fake[:, 1:] == 0).all()
    assert (by_fake[:, 0] > 0).all()


def test_penalties_see_the_score_alone() -> None:
    heads = nn.Linear(3, N + 1)
    between = contest(torch.zeros(6, N + 1), torch.zeros(6, N + 1), component=torch.arange(6))
    judge = auxiliary().judge(lambda images: CriticOutput(heads(images), images), between)
    slopes = input_gradient(judge, torch.randn(6, 3))
    torch.testing.assert_close(slopes, heads.weight[0].expand(6, 3))


def test_accuracies_and_what_is_no_log_ratio() -> None:
    score = torch.zeros(4, N + 1)
    score[torch.arange(4), torch.tensor([1, 2, 2, 2])] = 1.0
    labels = torch.tensor([0, 1, 2, 3])
    between = contest(score, score, labels=labels, component=labels + N)
    assert auxiliary().critic(between).diagnostics["class_accuracy"] == 0.5
    assert auxiliary().generator(between).diagnostics["class_accuracy"] == 0.5
    with pytest.raises(GanLabError, match="calibrate"):
        auxiliary().log_ratio(score)


def test_any_penalty_may_ask_for_the_gradient_of_the_first_score(build_model: BuildModel) -> None:
    several = ("model=wgan_gp", "data=digits", "loss=class_auxiliary", "prior=labelled")
    assert build_model(*several).critic.outputs == 11
    with pytest.raises(GanLabError, match="score"):
        build_model("model=wgan_gp", "data=digits", "loss=class_bce", "prior=labelled")
