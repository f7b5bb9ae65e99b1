"""Feature matching, alone and beside another loss."""

from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from gan_lab.loss.feature_matching import FeatureMatching
from gan_lab.loss.non_saturating import NonSaturating
from gan_lab.penalty.feature_matching import FeatureMatchingPenalty
from gan_lab.types import Contest, CriticOutput
from tests.contests import contest
from tests.fixtures import BuildModel
from tests.short_runs import fit

PENALTY = FeatureMatchingPenalty(weight=1.0)


def meeting(real: Tensor, fake: Tensor) -> Contest:
    """A contest whose critic gave these features, and scores that nobody should look at."""
    found = contest(torch.full((len(real),), torch.nan), torch.full((len(fake),), torch.nan))
    found.on_real, found.on_fake = CriticOutput(found.on_real.score, real), CriticOutput(found.on_fake.score, fake)  # type: ignore[union-attr]
    return found


def alone(real: Tensor, fake: Tensor) -> Tensor:
    (term,) = FeatureMatching().generator(meeting(real, fake)).minimised.values()
    return term


def beside(real: Tensor, fake: Tensor, penalty: FeatureMatchingPenalty = PENALTY) -> Tensor:
    found = meeting(real, fake)
    (term,) = penalty(lambda x: found.on_fake, found).minimised.values()
    return term


FORMS = pytest.mark.parametrize("form", [alone, beside])


@FORMS
def test_equal_batches_are_matched_in_any_order(form: Any) -> None:
    features = torch.randn(6, 5)
    assert form(features, features) == 0
    assert form(features, features.flip(0)).item() == pytest.approx(0, abs=1e-12)
    assert form(features, features.mean(0).repeat(6, 1)).item() == pytest.approx(0, abs=1e-12)  # only means count


@FORMS
def test_a_shift_costs_the_mean_of_its_square(form: Any) -> None:
    features, shift = torch.randn(6, 5), torch.tensor([1.0, -2.0, 0.0, 0.0, 3.0])
    assert form(features, features + shift).item() == pytest.approx((1 + 4 + 9) / 5, rel=1e-5)


@FORMS
def test_against_loops(form: Any) -> None:
    real, fake = torch.randn(7, 3), torch.randn(7, 3)
    total = 0.0
    for j in range(3):
        total += (sum(real[:, j].tolist()) / 7 - sum(fake[:, j].tolist()) / 7) ** 2
    assert form(real, fake).item() == pytest.approx(total / 3, rel=1e-5)


@FORMS
def test_fakes_get_the_gradient_and_reals_none(form: Any) -> None:
    real, fake = (torch.randn(6, 5, requires_grad=True) for _ in range(2))
    by_real, by_fake = torch.autograd.grad(form(real, fake), [real, fake], allow_unused=True)
    assert by_real is None
    torch.testing.assert_close(by_fake, (2 / (5 * 6) * (fake.mean(0) - real.mean(0))).expand(6, 5))


@FORMS
def test_a_turn_without_reals_is_a_mistake(form: Any) -> None:
    found = meeting(torch.zeros(2, 1), torch.zeros(2, 1))
    found.on_real = None
    with pytest.raises(ValueError, match="real samples"):
        FeatureMatching().generator(found) if form is alone else PENALTY(lambda x: found.on_fake, found)


def test_the_weight_scales_the_penalty() -> None:
    real, fake = torch.randn(6, 5), torch.randn(6, 5)
    torch.testing.assert_close(beside(real, fake, FeatureMatchingPenalty(weight=2.5)), 2.5 * beside(real, fake))


def test_the_critic_is_that_of_the_original_gan() -> None:
    scores = contest(torch.randn(6), torch.randn(6))
    for target in (1.0, 0.9):
        ours, theirs = FeatureMatching(real_target=target), NonSaturating(real_target=target)
        assert ours.critic(scores).minimised == theirs.critic(scores).minimised
        assert ours.log_ratio(scores.on_fake.score).equal(theirs.log_ratio(scores.on_fake.score))


def test_alone_it_trains_the_generator_on_fresh_reals(build_model: BuildModel) -> None:
    model = build_model("model=gan", "loss=feature_matching", "data=ring")
    assert model.batches_per_round == 2
    fit(model, rounds=3)
    critic, generator = (turn.terms for turn in model.played)
    assert critic.minimised.keys() == {"real", "fake"}
    assert generator.minimised.keys() == {"features"}
    assert generator.minimised["features"] > 0
    assert all(p.isfinite().all() for p in model.parameters())


def test_beside_another_loss_its_turn_has_reals_and_both_terms(build_model: BuildModel) -> None:
    model = build_model("model=gan", "penalty=[feature_matching]", "data=ring")
    assert model.batches_per_round == 2
    seen: list[Contest] = []
    model.penalties["feature_matching"].register_forward_hook(lambda _, given, terms: seen.append(given[1]))
    fit(model, rounds=3)
    assert len(seen) == 3
    assert all(found.on_real is not None and found.real is not None for found in seen)
    critic, generator = (turn.terms for turn in model.played)
    assert "feature_matching" not in critic.minimised
    assert generator.minimised.keys() == {"fake", "feature_matching"}
    expected = F.mse_loss(seen[-1].on_fake.features.mean(0), seen[-1].on_real.features.mean(0))  # type: ignore[union-attr]
    torch.testing.assert_close(generator.minimised["feature_matching"], expected.detach())
    assert model.played[1].terms.diagnostics["loss"].isfinite()


def test_both_forms_at_once_have_names_of_their_own(build_model: BuildModel) -> None:
    model = build_model("model=gan", "loss=feature_matching", "penalty=[feature_matching]", "data=ring")
    fit(model, rounds=1)
    terms = model.played[1].terms.minimised
    torch.testing.assert_close(terms["features"], terms["feature_matching"])
