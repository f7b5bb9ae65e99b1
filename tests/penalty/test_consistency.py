"""The consistency of a critic with itself under dropout."""

import pytest
import torch
from torch import Tensor, nn

from gan_lab.errors import GanLabError
from gan_lab.network.dropout import Dropout
from gan_lab.penalty.consistency import Consistency
from gan_lab.types import CriticOutput, Judge
from tests.fixtures import BuildModel
from tests.penalty.critics import meeting
from tests.short_runs import fit


class Dropped(nn.Module):
    """Features are the input under inverted dropout p, the score is w . features."""

    def __init__(self, weight: Tensor, p: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(weight)
        self.dropout = nn.Dropout(p)

    def forward(self, images: Tensor) -> CriticOutput:
        features = self.dropout(images)
        return CriticOutput(features @ self.weight[:, None], features)


def consistency(judge: Judge, real: Tensor, fake: Tensor | None = None, **options: float) -> Tensor:
    values = {"weight": 2.0, "feature_weight": 0.1, "margin": 0.0} | options
    contest = meeting(real, torch.zeros_like(real) if fake is None else fake)
    return Consistency(**values)(judge, contest).minimised["consistency"]


@pytest.mark.parametrize("p", [0.2, 0.5])
def test_expected_values_under_inverted_dropout(p: float) -> None:
    # h'_i - h''_i has mean 0 and variance 2 p / (1 - p) h_i^2, independently for each i.
    torch.manual_seed(0)
    h, weight = torch.randn(6), torch.randn(6)
    judge, real = Dropped(weight, p), h.expand(200_000, 6)
    doubled = 2 * p / (1 - p)
    scores = doubled * (weight * h).square().sum().item()
    features = doubled * h.square().mean().item()
    assert consistency(judge, real, feature_weight=0.0).item() == pytest.approx(2 * scores, rel=0.02)
    assert consistency(judge, real).item() == pytest.approx(2 * (scores + 0.1 * features), rel=0.02)


def test_without_dropout_it_is_exactly_zero() -> None:
    real = torch.randn(16, 6)
    assert consistency(Dropped(torch.randn(6), 0.0), real) == 0
    assert consistency(Dropped(torch.randn(6), 0.5).eval(), real) == 0
    assert consistency(Dropped(torch.randn(6), 0.5), real) > 0


def test_against_a_plain_reimplementation() -> None:
    torch.manual_seed(3)
    judge, real = Dropped(torch.randn(6), 0.5), torch.randn(32, 6)
    torch.manual_seed(7)
    found = consistency(judge, real, weight=1.7, margin=0.4)
    torch.manual_seed(7)
    masks = [2 * (nn.functional.dropout(torch.ones(32, 6), 0.5) > 0) for _ in range(2)]
    costs = []
    for i in range(32):
        first, second = (mask[i] * real[i] for mask in masks)
        score = (first @ judge.weight - second @ judge.weight) ** 2
        costs.append(max(0.0, 1.7 * (score + 0.1 * ((first - second) ** 2).mean()).item() - 0.4))
    assert found.item() == pytest.approx(sum(costs) / 32, rel=1e-5)


def test_the_margin_is_forgiven_to_each_sample() -> None:
    # Scores that differ by 1 in half of the samples and by 0 in the others, features that agree: costs 2 and 0.
    answers = iter([torch.zeros(4, 1), torch.tensor([[1.0], [0.0], [1.0], [0.0]])])
    judge = lambda images: CriticOutput(next(answers), images)
    assert consistency(judge, torch.ones(4, 2), margin=0.5) == (1.5 + 0 + 1.5 + 0) / 4


def test_the_reals_are_judged_twice_and_the_fakes_never() -> None:
    seen = []

    def judge(images: Tensor) -> CriticOutput:
        seen.append(images)
        return CriticOutput(images[:, :1], images)

    real, fake = torch.randn(4, 2), torch.randn(4, 2)
    consistency(judge, real, fake)
    assert len(seen) == 2
    assert all(images is real for images in seen)


def test_both_passes_train_the_critic() -> None:
    judge = Dropped(torch.randn(6), 0.5)
    consistency(judge, torch.randn(16, 6)).backward()
    assert judge.weight.grad is not None
    assert judge.weight.grad.abs().sum() > 0


def test_a_critic_without_dropout_is_refused(build_model: BuildModel) -> None:
    with pytest.raises(GanLabError, match="dropout"):
        build_model("model=ct_gan", "data=ring", "model.critic.dropout=0.0")


@pytest.mark.parametrize("network", ["mlp", "dcgan"])
def test_ct_gan_is_wgan_gp_with_dropout_and_one_more_term(build_model: BuildModel, network: str) -> None:
    model = build_model("model=ct_gan", f"network={network}")
    assert {layer.p for layer in model.critic.modules() if isinstance(layer, Dropout)} == {0.5}
    assert [*model.penalties] == ["gradient", "consistency"]
    assert model.n_critic == 5


def test_dropout_is_active_in_every_turn_of_a_training(build_model: BuildModel) -> None:
    model = build_model("model=ct_gan", "data=ring")
    fit(model, rounds=2)
    critic_turns = [turn.terms for turn in model.played if turn.player == "critic"]
    assert len(critic_turns) == 5
    assert all(terms.minimised["consistency"] > 0 for terms in critic_turns)
    assert all(terms.diagnostics["dropout_distance"] > 0 for terms in critic_turns)
