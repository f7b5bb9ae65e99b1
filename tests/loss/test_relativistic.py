"""Relativistic losses: who is compared with whom, and what goes back through the comparison."""

from math import exp, log1p
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan_lab.loss.base import AdversarialLoss
from gan_lab.loss.relativistic import Relativistic
from gan_lab.loss.relativistic_average import RelativisticAverage
from gan_lab.types import CriticOutput
from tests.contests import contest, total
from tests.fixtures import BuildModel
from tests.short_runs import fit

FORMS: list[Any] = ["standard", "least_squares", "hinge"]
LOSSES = [Relativistic(), *(RelativisticAverage(form=form) for form in FORMS)]


def values(loss: AdversarialLoss, real: Tensor, fake: Tensor) -> tuple[Tensor, Tensor]:
    meeting = contest(real, fake)
    return total(loss.critic(meeting).minimised), total(loss.generator(meeting).minimised)


def average_losses(form: str, r: Tensor, f: Tensor) -> tuple[Tensor, Tensor]:
    """L_D and L_G written out for each form, as the specification prints them, on scores of shape [b]."""
    ahead, behind = r - f.mean(), f - r.mean()
    if form == "standard":
        critic = F.softplus(-ahead).mean() + F.softplus(behind).mean()
        generator = F.softplus(ahead).mean() + F.softplus(-behind).mean()
    elif form == "least_squares":
        critic = ((ahead - 1) ** 2).mean() + ((behind + 1) ** 2).mean()
        generator = ((ahead + 1) ** 2).mean() + ((behind - 1) ** 2).mean()
    else:
        critic = F.relu(1 - ahead).mean() + F.relu(1 + behind).mean()
        generator = F.relu(1 + ahead).mean() + F.relu(1 - behind).mean()
    return critic / 2, generator / 2


def test_the_i_th_real_meets_the_i_th_fake() -> None:
    real, fake = [-3.0, 0.5, 3.0, 6.0], [-4.0, -1.0, 2.5, 5.0]
    critic, generator = values(Relativistic(), torch.tensor(real), torch.tensor(fake))
    pairs = list(zip(real, fake, strict=True))
    assert critic.item() == pytest.approx(sum(log1p(exp(f - r)) for r, f in pairs) / 4, rel=1e-6)
    assert generator.item() == pytest.approx(sum(log1p(exp(r - f)) for r, f in pairs) / 4, rel=1e-6)
    everyone = sum(log1p(exp(f - r)) for r in real for f in fake) / 16
    assert abs(critic.item() - everyone) > 0.1


@pytest.mark.parametrize("size", [1, 3])
def test_other_numbers_of_reals_and_fakes_cannot_be_paired(size: int) -> None:
    meeting = contest(torch.randn(4), torch.randn(4))
    meeting.on_real = CriticOutput(torch.randn(size, 1), torch.zeros(size, 1))
    for play in (Relativistic().critic, Relativistic().generator):
        with pytest.raises(ValueError, match="cannot be paired"):
            play(meeting)


@pytest.mark.parametrize("form", FORMS)
def test_average_losses_and_all_their_gradients_against_formulas_on_networks(form: Any) -> None:
    torch.manual_seed(2)
    critic, generator = nn.Sequential(nn.Linear(3, 16), nn.Tanh(), nn.Linear(16, 1)), nn.Linear(2, 3)
    r, f = critic(torch.randn(8, 3) + 1), critic(generator(torch.randn(8, 2)))
    ours, theirs = values(RelativisticAverage(form=form), r, f), average_losses(form, r.squeeze(1), f.squeeze(1))
    torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-6)
    for mine, reference in zip(ours, theirs, strict=True):
        weights = [*critic.parameters(), *generator.parameters()]
        slopes = (torch.autograd.grad(value, weights, retain_graph=True) for value in (mine, reference))
        torch.testing.assert_close(*slopes, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("form", FORMS)
def test_both_halves_of_the_generators_loss_move_it(form: Any) -> None:
    real, fake = torch.randn(6), torch.randn(6, requires_grad=True)
    terms = RelativisticAverage(form=form).generator(contest(real, fake)).minimised
    assert terms.keys() == {"real", "fake"}
    for term in terms.values():
        assert torch.autograd.grad(term, fake, retain_graph=True)[0].abs().sum() > 1e-3


def test_the_generators_loss_is_not_the_standard_one() -> None:
    real, fake = torch.randn(6) + 2, torch.randn(6)
    for loss in (Relativistic(), RelativisticAverage(form="standard")):
        assert abs(values(loss, real, fake)[1] - F.softplus(-fake).mean()) > 0.1
        assert abs(values(loss, real + 1, fake)[1] - values(loss, real, fake)[1]) > 0.1


@pytest.mark.parametrize("loss", LOSSES)
def test_a_constant_added_to_the_critic_changes_nothing(loss: AdversarialLoss) -> None:
    real, fake = torch.randn(6, dtype=torch.float64), torch.randn(6, dtype=torch.float64)
    torch.testing.assert_close(values(loss, real, fake), values(loss, real + 37, fake + 37))


@pytest.mark.parametrize("loss", LOSSES)
def test_exchanging_real_and_fake_exchanges_the_players(loss: AdversarialLoss) -> None:
    real, fake = torch.randn(6), torch.randn(6)
    critic, generator = values(loss, real, fake)
    torch.testing.assert_close(values(loss, fake, real), (generator, critic))


def test_accuracies() -> None:
    real, fake = torch.tensor([1.0, 2.0, 3.0, -2.0]), torch.tensor([0.0, 4.0, -1.0, -5.0])
    meeting = contest(real, fake)
    assert Relativistic().critic(meeting).diagnostics["accuracy"] == 0.75
    # E f = -0.5: three reals above it; E r = 1: three fakes below it.
    assert RelativisticAverage(form="hinge").critic(meeting).diagnostics["accuracy"] == 0.75


@pytest.mark.parametrize("variant", ["rsgan", "ragan"])
def test_the_generators_turn_gets_a_fresh_batch_of_reals(build_model: BuildModel, variant: str) -> None:
    model = build_model(f"model={variant}", "model.n_critic=2", "data=ring")
    assert model.batches_per_round == 3
    seen: dict[str, list[Tensor]] = {"critic": [], "generator": []}
    for player, images in seen.items():
        play = getattr(model.loss, player)
        setattr(
            model.loss, player, lambda meeting, play=play, images=images: images.append(meeting.real) or play(meeting)
        )
    fit(model, rounds=1)
    assert [len(images) for images in seen.values()] == [2, 1]
    assert not any(seen["generator"][0].equal(images) for images in seen["critic"])
    assert model.images_seen == 3 * 64
