"""One critic per class, of Wasserstein and of other losses, and what penalties see of it."""

import pytest
import torch
from torch import Tensor, nn

from gan_lab.errors import GanLabError
from gan_lab.loss.base import AdversarialLoss
from gan_lab.loss.class_conditional import ClassConditional
from gan_lab.loss.class_softmax import ClassSoftmax
from gan_lab.loss.classes import components_of, label_classes
from gan_lab.loss.hinge import Hinge
from gan_lab.loss.non_saturating import NonSaturating
from gan_lab.loss.relativistic import Relativistic
from gan_lab.loss.transport_regression import TransportRegression
from gan_lab.loss.wasserstein import Wasserstein
from gan_lab.noise import IndexedNoise
from gan_lab.penalty.gradient import GradientPenalty, interpolate
from gan_lab.types import Batch, Contest, CriticOutput, Judge, Latent
from tests.contests import contest, total

N, DIM, BATCH = 4, 3, 12


def conditional(classes: int, of: AdversarialLoss | None = None) -> ClassConditional:
    return ClassConditional(num_classes=classes, of=of or Wasserstein())


def judged_by(network: nn.Module) -> Judge:
    return lambda images: CriticOutput(network(images), images.flatten(1))


def meeting(network: nn.Module, classes: Tensor, components: Tensor | None = None) -> Contest:
    """Random points of these classes, judged by the network."""
    real, fake = torch.randn(len(classes), DIM), torch.randn(len(classes), DIM)
    judge, noise = judged_by(network), IndexedNoise(("test",), torch.device("cpu"))
    latent = Latent(torch.zeros(len(classes), 1), classes if components is None else components)
    return Contest(fake, judge(fake), latent, noise, real, judge(real), classes)


def gradient_penalty(network: nn.Module, loss: ClassConditional, between: Contest) -> float:
    penalty = GradientPenalty(weight=1.0, form="two_sided")
    return total(penalty(loss.judge(judged_by(network), between), between).minimised).item()


def test_against_plain_lines_on_a_random_network() -> None:
    network = nn.Sequential(nn.Linear(DIM, 16), nn.Tanh(), nn.Linear(16, N))
    classes = torch.randint(N, (BATCH,))
    between, loss = meeting(network, classes, classes + N * torch.randint(3, (BATCH,))), conditional(N)
    assert between.real is not None
    rows = range(BATCH)
    real = sum(network(between.real[i])[classes[i]] for i in rows) / BATCH
    fake = sum(network(between.fake[i])[classes[i]] for i in rows) / BATCH
    terms = loss.critic(between)
    torch.testing.assert_close(total(terms.minimised), fake - real, rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(terms.diagnostics["wasserstein_estimate"], (real - fake).detach(), rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(total(loss.generator(between).minimised), -fake, rtol=1e-5, atol=1e-6)

    middle = interpolate(meeting_again(between)).detach().requires_grad_()
    squares = []
    for i in rows:
        (slope,) = torch.autograd.grad(network(middle[i])[classes[i]], middle)
        squares.append((slope[i].norm() - 1) ** 2)
    assert gradient_penalty(network, loss, meeting_again(between)) == pytest.approx(
        torch.stack(squares).mean().item(), rel=1e-5
    )


def meeting_again(between: Contest) -> Contest:
    """The same contest before anything was drawn from its noise."""
    noise = IndexedNoise(("test",), torch.device("cpu"))
    return Contest(between.fake, between.on_fake, between.latent, noise, between.real, between.on_real, between.labels)


@pytest.mark.parametrize("of", [NonSaturating(), Hinge(), Wasserstein()])
def test_it_is_the_loss_on_the_chosen_scores(of: AdversarialLoss) -> None:
    real, fake = torch.randn(BATCH, N), torch.randn(BATCH, N)
    labels, component = torch.randint(N, (BATCH,)), torch.randint(3 * N, (BATCH,))
    ours = conditional(N, of)
    rows = range(BATCH)
    one = contest(
        torch.stack([real[i, labels[i]] for i in rows]), torch.stack([fake[i, component[i] % N] for i in rows])
    )
    between = contest(real, fake, labels=labels, component=component)
    for player in ("critic", "generator"):
        found, expected = getattr(ours, player)(between), getattr(of, player)(one)
        assert found.minimised.keys() == expected.minimised.keys()
        for terms, others in ((found.minimised, expected.minimised), (found.diagnostics, expected.diagnostics)):
            torch.testing.assert_close(terms, others)


def test_losses_that_cannot_be_conditional_are_refused() -> None:
    for of in (Relativistic(), TransportRegression(), conditional(N)):
        with pytest.raises(ValueError, match="cannot be made conditional"):
            conditional(N, of)


def test_one_class_is_the_wasserstein_gan() -> None:
    real, fake, zeros = torch.randn(6), torch.randn(6), torch.zeros(6, dtype=torch.long)
    between = contest(real, fake, labels=zeros, component=zeros)
    for player in ("critic", "generator"):
        ours, theirs = (getattr(loss, player)(between) for loss in (conditional(1), Wasserstein()))
        torch.testing.assert_close(total(ours.minimised), total(theirs.minimised))
    network = nn.Sequential(nn.Linear(DIM, 8), nn.Tanh(), nn.Linear(8, 1))
    alone = meeting(network, zeros)
    plain = GradientPenalty(weight=1.0, form="two_sided")(judged_by(network), meeting_again(alone))
    assert gradient_penalty(network, conditional(1), alone) == pytest.approx(total(plain.minimised).item())


def test_the_penalty_is_on_the_score_of_each_samples_class() -> None:
    """Linear heads: mean_i (|W_y(i)| - 1)^2. The sum of the heads would give (|sum_m W_m| - 1)^2."""
    heads = nn.Linear(DIM, N)
    with torch.no_grad():
        heads.weight.mul_(3)
        heads.weight[1] = -heads.weight[0]  # heads of opposite signs cancel in the sum
    classes = torch.tensor([0, 0, 0, 1, 2, 3])
    right = (heads.weight.norm(dim=1)[classes] - 1).square().mean().item()
    of_the_sum = (heads.weight.sum(0).norm() - 1).square().item()
    found = gradient_penalty(heads, conditional(N), meeting(heads, classes))
    assert found == pytest.approx(right, rel=1e-5)
    assert abs(found - of_the_sum) > 1e-2


def test_no_other_score_is_moved() -> None:
    """The mean over all scores against labels is another, wrong loss."""
    real, fake = torch.randn(BATCH, N, requires_grad=True), torch.randn(BATCH, N, requires_grad=True)
    labels, component = torch.randint(N, (BATCH,)), torch.randint(2 * N, (BATCH,))
    loss = conditional(N)
    between = contest(real, fake, labels=labels, component=component)
    by_real, by_fake = torch.autograd.grad(total(loss.critic(between).minimised), [real, fake])
    (by_generator,) = torch.autograd.grad(total(loss.generator(between).minimised), fake)
    for gradient, column, sign in (
        (by_real, labels, -1),
        (by_fake, component % N, 1),
        (by_generator, component % N, -1),
    ):
        expected = sign * nn.functional.one_hot(column, N) / BATCH
        torch.testing.assert_close(gradient, expected.float())


@pytest.mark.parametrize("components", [N, N + 1, 2 * N + 3, 5 * N])
def test_partners_are_of_the_class_and_even_among_its_components(components: int) -> None:
    labels = torch.arange(N).repeat(5000)
    noise = IndexedNoise(("test",), torch.device("cpu"))
    partners = conditional(N).conditional_components(Batch(torch.zeros(len(labels), 2), labels), noise, components)
    assert partners is not None
    assert torch.equal(partners % N, labels)
    counts = partners.bincount(minlength=components).double()
    of_class = torch.tensor([len(range(k % N, components, N)) for k in range(components)])
    torch.testing.assert_close(counts, 5000 / of_class.double(), rtol=0.1, atol=0)


def test_partners_of_a_share_are_the_share_of_the_partners() -> None:
    labels = torch.randint(N, (8,))
    draw = lambda mine, rank, size: components_of(
        mine, IndexedNoise(("test",), torch.device("cpu"), rank, size), num_classes=N, components=5 * N
    )
    shares = [draw(labels[4 * rank :][:4], rank, 2) for rank in range(2)]
    assert torch.equal(torch.cat(shares), draw(labels, 0, 1))


def test_what_it_cannot_do_without() -> None:
    loss, score, noise = conditional(N), torch.zeros(3, N), IndexedNoise(("t",), torch.device("cpu"))
    with pytest.raises(ValueError, match="labels"):
        loss.critic(contest(score, score, component=torch.zeros(3, dtype=torch.long)))
    with pytest.raises(ValueError, match="labels"):
        loss.conditional_components(Batch(torch.zeros(3, 2)), noise, N)
    with pytest.raises(ValueError, match="component"):
        loss.generator(contest(score, score))
    with pytest.raises(GanLabError, match="calibrate"):
        loss.log_ratio(score)


def test_components_stand_for_classes_where_the_loss_knows_classes() -> None:
    assert label_classes(conditional(4, of=Hinge()), of_data=4) == 4
    assert label_classes(Hinge(), of_data=4) == 0
    assert label_classes(ClassSoftmax(num_classes=4), of_data=4) == 4
    assert label_classes(ClassSoftmax(num_classes=4, asks_for_fake=True), of_data=4) == 0, "one of five is no class"
