"""GM-GAN's loss with one softmax and a class for the fakes."""

from math import log

import pytest
import torch

from gan_lab.loss.class_softmax import ClassSoftmax
from tests.contests import contest, total

N = 5


def test_zero_scores() -> None:
    zeros, labels = torch.zeros(6, N + 1), torch.arange(6) % N
    meeting = contest(zeros, zeros, labels=labels, component=labels)
    assert total(ClassSoftmax(num_classes=N).critic(meeting).minimised).item() == pytest.approx(2 * log(N + 1))
    assert total(ClassSoftmax(num_classes=N).generator(meeting).minimised).item() == pytest.approx(log(N + 1))


def test_against_independent_logarithms() -> None:
    real, fake = torch.randn(7, N + 1).double(), torch.randn(7, N + 1).double()
    labels, component = torch.randint(N, (7,)), torch.randint(3 * N, (7,))
    loss = ClassSoftmax(num_classes=N)
    meeting = contest(real.float(), fake.float(), labels=labels, component=component)

    def surprise(score: torch.Tensor, classes: list[int]) -> float:
        rows = [(row.exp() / row.exp().sum())[m].log() for row, m in zip(score, classes, strict=True)]
        return -torch.stack(rows).mean().item()

    critic = surprise(real, labels.tolist()) + surprise(fake, [N] * 7)
    generator = surprise(fake, [k % N for k in component.tolist()])
    assert total(loss.critic(meeting).minimised).item() == pytest.approx(critic, rel=1e-5)
    assert total(loss.generator(meeting).minimised).item() == pytest.approx(generator, rel=1e-5)


@pytest.mark.parametrize("components", [N, N + 1, 3 * N])
def test_the_generator_never_wants_to_be_recognised_as_fake(components: int) -> None:
    """Whatever the component, also number N of a mixture of more: it lowers the last score and raises another one."""
    component = torch.arange(components)
    fake = torch.randn(components, N + 1, requires_grad=True)
    terms = ClassSoftmax(num_classes=N).generator(contest(fake, fake, component=component))
    (gradient,) = torch.autograd.grad(total(terms.minimised), fake)
    assert (gradient[:, N] > 0).all()
    assert torch.equal((gradient < 0).nonzero()[:, 1], component % N)


def test_a_generator_that_is_asked_for_fakes_raises_the_last_score_for_one_component_in_all() -> None:
    component = torch.arange(2 * (N + 1))
    fake = torch.randn(len(component), N + 1, requires_grad=True)
    loss = ClassSoftmax(num_classes=N, asks_for_fake=True)
    terms = loss.generator(contest(fake, fake, component=component))
    (gradient,) = torch.autograd.grad(total(terms.minimised), fake)
    assert torch.equal((gradient < 0).nonzero()[:, 1], component % (N + 1))
    wanted = fake.softmax(1).gather(1, component[:, None] % (N + 1))[:, 0]
    torch.testing.assert_close(loss.realness(fake, component).exp(), wanted)
    assert loss.needs_components == N + 1


def test_the_critic_raises_the_label_of_a_real_sample_and_the_last_score_of_a_fake() -> None:
    real, fake = torch.randn(N, N + 1, requires_grad=True), torch.randn(N, N + 1, requires_grad=True)
    labels = torch.arange(N)
    terms = ClassSoftmax(num_classes=N).critic(contest(real, fake, labels=labels))
    by_real, by_fake = torch.autograd.grad(total(terms.minimised), [real, fake])
    assert torch.equal((by_real < 0).nonzero()[:, 1], labels)
    assert ((by_fake < 0).nonzero()[:, 1] == N).all()


def test_finite_at_extreme_scores_and_unchanged_by_doubling_the_batch() -> None:
    loss, labels = ClassSoftmax(num_classes=N), torch.arange(4)
    for scale in (1e3, -1e3):
        score = torch.full((4, N + 1), 0.0)
        score[:, 2] = scale
        meeting = contest(score, -score, labels=labels, component=labels)
        assert total(loss.critic(meeting).minimised).isfinite()
        assert total(loss.generator(meeting).minimised).isfinite()
    score = torch.randn(4, N + 1)
    once = contest(score, score, labels=labels, component=labels)
    twice = contest(score.repeat(2, 1), score.repeat(2, 1), labels=labels.repeat(2), component=labels.repeat(2))
    for player in ("critic", "generator"):
        values = [total(getattr(loss, player)(meeting).minimised) for meeting in (once, twice)]
        torch.testing.assert_close(*values)


def test_log_ratio_at_the_optimum() -> None:
    # One point where the data have densities 0.1 and 0.3 in two classes, and the generator 0.2: softmax(o) = 1/6, 1/2,
    # 1/3, up to a constant of all scores.
    score = torch.tensor([[0.1, 0.3, 0.2]]).log() + 7
    assert ClassSoftmax(num_classes=2).log_ratio(score).item() == pytest.approx(log(0.4 / 0.2), abs=1e-5)


def test_accuracies() -> None:
    score = torch.tensor([[3.0, 0.0, 9.0], [0.0, 1.0, 0.0], [2.0, 1.0, 0.0], [0.0, 0.0, 5.0]])
    labels = torch.tensor([0, 1, 1, 0])
    meeting = contest(score, score, labels=labels, component=labels)
    # Of a real sample the N class scores are compared; a fake one that is taken for fake is of no class.
    assert ClassSoftmax(num_classes=2).critic(meeting).diagnostics["class_accuracy"] == 0.75
    assert ClassSoftmax(num_classes=2).generator(meeting).diagnostics["class_accuracy"] == 0.25


def test_a_fake_is_as_real_as_its_class_is_likely() -> None:
    shares = torch.tensor([[0.1, 0.3, 0.6], [0.5, 0.25, 0.25], [0.2, 0.7, 0.1]])
    found = ClassSoftmax(num_classes=2).realness(shares.log() + 3, torch.tensor([0, 1, 3]))
    torch.testing.assert_close(found, torch.tensor([0.1, 0.25, 0.7]).log())
