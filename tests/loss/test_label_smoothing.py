"""One-sided label smoothing of the cross-entropy losses."""

from math import log
from typing import Any

import pytest
import torch
from torch.nn import functional as F

from gan_lab.errors import GanLabError
from gan_lab.loss.minimax import Minimax
from gan_lab.loss.non_saturating import NonSaturating
from tests.contests import contest, total
from tests.fixtures import BuildModel

LOSSES = [NonSaturating, Minimax]


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("target", [0.75, 0.9, 1.0])
def test_against_torchs_cross_entropy(loss: Any, target: float) -> None:
    real, fake = 3 * torch.randn(9), 3 * torch.randn(9)
    found = loss(real_target=target).critic(contest(real, fake)).minimised
    torch.testing.assert_close(found["real"], F.binary_cross_entropy_with_logits(real, torch.full((9,), target)))
    torch.testing.assert_close(found["fake"], F.binary_cross_entropy_with_logits(fake, torch.zeros(9)))


@pytest.mark.parametrize("loss", LOSSES)
def test_one_sided_and_of_the_critic_only(loss: Any) -> None:
    meeting = contest(torch.randn(9), torch.randn(9))
    sharp, smooth = loss(), loss(real_target=0.8)
    assert smooth.critic(meeting).minimised["fake"] == sharp.critic(meeting).minimised["fake"]
    assert smooth.critic(meeting).minimised["real"] != sharp.critic(meeting).minimised["real"]
    assert total(smooth.generator(meeting).minimised) == total(sharp.generator(meeting).minimised)


@pytest.mark.parametrize("target", [0.75, 0.9])
def test_log_ratio_undoes_the_smoothing(target: float) -> None:
    # D* = a r / (1 + r)
    for ratio in (1e-3, 0.1, 1.0, 10.0, 1e3):
        score = torch.logit(torch.tensor([[target * ratio / (1 + ratio)]], dtype=torch.float64))
        assert NonSaturating(real_target=target).log_ratio(score).item() == pytest.approx(log(ratio), abs=1e-6)


def test_scores_that_no_ratio_explains_count_as_the_highest() -> None:
    target = 0.9
    above = torch.tensor([[log(9) + 1e-3], [5.0], [1e4]])  # sigmoid(log 9) = 0.9
    found = NonSaturating(real_target=target).log_ratio(above)
    torch.testing.assert_close(found, torch.full((3,), log(9) - log(1e-7)))


def test_accuracy_goes_by_the_score_of_even_odds() -> None:
    # p = q has D = a / 2 = 0.4, logit log(2 / 3) = -0.405.
    meeting = contest(torch.tensor([-0.3, -0.5]), torch.tensor([-0.3, -0.5]))
    assert NonSaturating(real_target=0.8).critic(meeting).diagnostics["accuracy"] == 0.5
    assert NonSaturating().critic(meeting).diagnostics["accuracy"] == 0.5
    meeting = contest(torch.tensor([-0.3, -0.3]), torch.tensor([-0.5, -0.5]))
    assert NonSaturating(real_target=0.8).critic(meeting).diagnostics["accuracy"] == 1
    assert NonSaturating().critic(meeting).diagnostics["accuracy"] == 0.5


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("target", [-1.0, 0.0, 0.5, 1.01])
def test_other_targets_are_refused(loss: Any, target: float) -> None:
    with pytest.raises(ValueError, match=r"real_target is .* and must be a number above 0\.5, at most 1"):
        loss(real_target=target)


def test_an_option_of_the_configuration(build_model: BuildModel) -> None:
    model = build_model("model=gan_minimax", "model.loss.real_target=0.75", "data=ring")
    assert (type(model.loss), model.loss.real_target) == (Minimax, 0.75)
    assert build_model("model=gan", "data=ring").loss.real_target == 1
    with pytest.raises(GanLabError, match=r"model\.loss\.real_target is 0.5"):
        build_model("model=gan", "model.loss.real_target=0.5", "data=ring")
