"""The losses on reconstruction energies, the pull-away term and the autoencoder that they judge with."""

import pytest
import torch
from torch import Tensor, nn

from gan_lab.errors import GanLabError
from gan_lab.loss.base import AdversarialLoss
from gan_lab.loss.boundary_equilibrium import BoundaryEquilibrium
from gan_lab.loss.energy_margin import EnergyMargin
from gan_lab.penalty.pull_away import PullAway
from gan_lab.types import CriticOutput
from tests.contests import contest, total

LOSSES = [EnergyMargin(margin=2.0, relative=False), BoundaryEquilibrium(diversity=0.5, gain=1e-3)]


def energies(loss: AdversarialLoss, real: Tensor, fake: Tensor) -> tuple[Tensor, Tensor]:
    meeting = contest(-real, -fake)
    return total(loss.critic(meeting).minimised), total(loss.generator(meeting).minimised)


@pytest.mark.parametrize(
    ("real", "fake", "critic"),
    [(0.0, 2.0, 0.0), (0.0, 7.0, 0.0), (0.0, 0.0, 2.0), (0.5, 0.5, 2.0), (1.7, 1.7, 2.0), (1.0, 1.5, 1.5)],
)
def test_closed_forms_of_the_margin(real: float, fake: float, critic: float) -> None:
    """At p_g = p_data any constant energy up to the margin m gives m."""
    loss = EnergyMargin(margin=2.0, relative=False)
    found = energies(loss, torch.full((4,), real), torch.full((4,), fake))
    torch.testing.assert_close(torch.stack(found), torch.tensor([critic, fake]))


def test_the_hinge_is_per_sample() -> None:
    # Energies 0 and 2m: m / 2 per sample; a hinge on their mean, m, would be 0.
    loss = EnergyMargin(margin=2.0, relative=False)
    terms = loss.critic(contest(torch.zeros(2), -torch.tensor([0.0, 4.0])))
    assert terms.minimised["fake"].item() == 1.0
    assert terms.diagnostics["inside_margin"].item() == 0.5


@pytest.mark.parametrize("loss", LOSSES)
def test_each_player_wants_what_it_should(loss: AdversarialLoss) -> None:
    if isinstance(loss, BoundaryEquilibrium):
        loss.k.fill_(0.5)
    real, fake = (torch.full((4,), 0.5, requires_grad=True) for _ in range(2))
    critic, generator = energies(loss, real, fake)
    by_real, by_fake = torch.autograd.grad(critic, [real, fake])
    (by_generator,) = torch.autograd.grad(generator, [fake])
    assert (by_real > 0).all()
    assert (by_fake < 0).all()
    assert (by_generator > 0).all()


@pytest.mark.parametrize("loss", LOSSES)
def test_finite_at_extremes_and_a_mean_over_the_batch(loss: AdversarialLoss) -> None:
    real, fake = torch.rand(6), torch.rand(6)
    torch.testing.assert_close(energies(loss, real, fake), energies(loss, real.repeat(2), fake.repeat(2)))
    far = torch.full((4,), 1e3, requires_grad=True)
    for value in energies(loss, far, far):
        assert torch.autograd.grad(value, far, retain_graph=True)[0].isfinite().all()


@pytest.mark.parametrize("loss", LOSSES)
def test_an_energy_is_no_log_ratio(loss: AdversarialLoss) -> None:
    with pytest.raises(GanLabError, match="calibrate"):
        loss.log_ratio(torch.zeros(3, 1))


def test_a_relative_margin_is_a_multiple_of_its_unit() -> None:
    loss = EnergyMargin(margin=3.0, relative=True)
    loss.unit.fill_(0.2)
    restored = EnergyMargin(margin=3.0, relative=True)
    restored.load_state_dict(loss.state_dict())
    for each in (loss, restored):
        terms = each.critic(contest(torch.zeros(4), torch.zeros(4)))
        assert terms.diagnostics["margin"].item() == pytest.approx(0.6)
        assert terms.minimised["fake"].item() == pytest.approx(0.6)


def test_balance() -> None:
    # e(x) = 1, e(G(z)) = 0.2, diversity 0.5, gain 1e-3: k grows by 1e-3 (0.5 - 0.2), and M = 1 + |0.5 - 0.2|.
    loss = BoundaryEquilibrium(diversity=0.5, gain=1e-3)
    meeting = contest(torch.full((4,), -1.0), torch.full((4,), -0.2))
    terms = loss.critic(meeting)
    assert total(terms.minimised).item() == pytest.approx(1.0)  # k is 0
    assert terms.diagnostics["convergence"].item() == pytest.approx(1.3)
    loss.balance(torch.tensor(1.0), torch.tensor(0.2))
    assert loss.k.item() == pytest.approx(3e-4)
    loss.k.fill_(0.25)
    terms = loss.critic(meeting)
    assert total(terms.minimised).item() == pytest.approx(1 - 0.25 * 0.2)
    loss.balance(torch.tensor(1e6), torch.tensor(0.0))
    assert loss.k == 1
    loss.balance(torch.tensor(0.0), torch.tensor(1e6))
    assert loss.k == 0
    assert terms.diagnostics["k"].item() == 0.25  # what was used, not what it became


def test_samples_of_easy_classes_alone_are_in_balance_and_those_like_the_data_are_not() -> None:
    real, easy = torch.tensor([0.3, 0.7, 1.2, 1.8]), torch.tensor([0.7])  # energies of four classes; their mean is 1
    for fake, moves in ((real, -0.03), (easy, 0.0)):
        loss = BoundaryEquilibrium(diversity=0.7, gain=0.1)
        loss.k.fill_(0.5)
        loss.balance(real.mean(), fake.mean())
        assert loss.k.item() == pytest.approx(0.5 + moves, abs=1e-6)


def pulled(codes: Tensor) -> float:
    meeting = contest(torch.zeros(len(codes)), torch.zeros(len(codes)))
    meeting.on_fake = CriticOutput(meeting.on_fake.score, codes)
    return PullAway(weight=1.0)(lambda x: meeting.on_fake, meeting).minimised["pull_away"].item()


def test_pull_away_is_1_on_a_line_and_0_for_orthogonal_codes() -> None:
    assert pulled(torch.tensor([[1.0, 2.0]]).repeat(4, 1)) == pytest.approx(1)
    assert pulled(torch.tensor([[1.0, 2.0], [-3.0, -6.0]])) == pytest.approx(1)
    assert pulled(torch.diag(torch.tensor([1.0, 5.0, 0.1]))) == pytest.approx(0, abs=1e-12)


def test_pull_away_squares_each_cosine() -> None:
    # At 60 degrees the cosine is 1/2 and its square 1/4.
    assert pulled(torch.tensor([[1.0, 0.0], [0.5, 3**0.5 / 2]])) == pytest.approx(0.25)


def test_pull_away_against_its_double_sum() -> None:
    codes = torch.randn(7, 5)
    pairs = [torch.cosine_similarity(codes[i], codes[j], dim=0) ** 2 for i in range(7) for j in range(7) if i != j]
    assert pulled(codes) == pytest.approx(torch.stack(pairs).sum().item() / (7 * 6), rel=1e-5)


def test_pull_away_turns_codes_away_from_each_other() -> None:
    codes = torch.tensor([[1.0, 0.1], [1.0, -0.1]], requires_grad=True)
    meeting = contest(torch.zeros(2), torch.zeros(2))
    meeting.on_fake = CriticOutput(meeting.on_fake.score, codes)
    term = PullAway(weight=0.1)(lambda x: meeting.on_fake, meeting).minimised["pull_away"]
    (gradient,) = torch.autograd.grad(term, codes)
    assert gradient[0, 1] < 0 < gradient[1, 1]
    with pytest.raises(ValueError, match="two"):
        pulled(torch.ones(1, 2))


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: EnergyMargin(margin=0.0, relative=False), "above 0"),
        (lambda: BoundaryEquilibrium(diversity=1.5, gain=1e-3), "diversity"),
    ],
)
def test_values_that_cannot_be_right_are_refused(make: type[nn.Module], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        make()
