"""Zero-centred penalties on critics with a score per class: random signs stand for the whole Jacobian."""

import pytest
import torch
from torch import nn

from gan_lab.loss.base import AdversarialLoss
from gan_lab.loss.class_bce import ClassBCE
from gan_lab.loss.class_softmax import ClassSoftmax
from gan_lab.noise import IndexedNoise
from gan_lab.penalty.zero_centred import ZeroCentredPenalty
from gan_lab.types import Contest, CriticOutput, Judge, Latent
from tests.contests import total
from tests.fixtures import BuildModel
from tests.short_runs import fit

DIM = 3


def judged_by(network: nn.Module) -> Judge:
    return lambda images: CriticOutput(network(images), images.flatten(1))


def meeting(judge: Judge, batch: int) -> Contest:
    real, fake = torch.randn(batch, DIM), torch.randn(batch, DIM)
    noise = IndexedNoise(("test",), torch.device("cpu"))
    return Contest(fake, judge(fake), Latent(fake), noise, real, judge(real), torch.zeros(batch, dtype=torch.long))


@pytest.mark.parametrize("loss", [ClassBCE(num_classes=4), ClassSoftmax(num_classes=4)])
def test_r1_is_the_squared_frobenius_norm_of_the_jacobian(loss: AdversarialLoss) -> None:
    """Linear heads: E |v W|^2 = |W|^2, whatever their signs; the sum of the heads would give |sum_m W_m|^2."""
    heads = nn.Linear(DIM, loss.outputs)
    with torch.no_grad():
        heads.weight[1:4:2] = -heads.weight[0:3:2]
    judge = judged_by(heads)
    between = meeting(judge, batch=20_000)
    penalty = ZeroCentredPenalty(gamma=2.0, at="real")(loss.judge(judge, between), between)
    frobenius = heads.weight.square().sum().item()
    assert total(penalty.minimised).item() == pytest.approx(frobenius, rel=0.03)
    assert abs(heads.weight.sum(0).square().sum().item() - frobenius) > 0.1 * frobenius


def test_the_signs_stay_for_all_calls_of_a_penalty() -> None:
    """One that compares two judgements of a sample, under two dropout masks, say, must see the same mixture."""
    heads, loss = nn.Linear(DIM, 8), ClassBCE(num_classes=8)
    between = meeting(judged_by(heads), batch=16)
    assert between.real is not None
    judge = loss.judge(judged_by(heads), between)
    assert torch.equal(judge(between.real).score, judge(between.real).score)
    again = loss.judge(judged_by(heads), between)
    assert not torch.equal(judge(between.real).score, again(between.real).score)


def test_a_class_critic_trains_with_both_penalties(build_model: BuildModel) -> None:
    model = build_model("model=gmgan_static", "penalty=[r1,r2]", "data=ring")
    fit(model, rounds=2)
    assert {"r1", "r2"} <= set(model.played[0].terms.minimised)
