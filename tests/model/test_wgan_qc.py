"""The generator answers the fakes that were transported."""

from itertools import pairwise
from typing import Any

import pytest
import torch

from gan_lab.errors import GanLabError
from gan_lab.types import Batch, Contest, Latent
from tests.short_runs import fit


def contests(model: Any) -> list[tuple[str, Contest]]:
    """Every contest of a training of this model, in order, as it goes."""
    found: list[tuple[str, Contest]] = []
    critic, generator = model.critic_contest, model.generator_contest

    def critics(batch: Batch) -> Contest:
        found.append(("critic", critic(batch)))
        return found[-1][1]

    def generators(batch: Batch, latent: Latent | None = None) -> Contest:
        found.append(("generator", generator(batch, latent)))
        return found[-1][1]

    model.critic_contest, model.generator_contest = critics, generators
    return found


@pytest.mark.parametrize("n_critic", [1, 2])
def test_both_turns_meet_the_same_fakes(build_model: Any, n_critic: int) -> None:
    model = build_model("model=wgan_qc", "data=ring", f"model.n_critic={n_critic}")
    found = contests(model)
    fit(model, rounds=3)
    codes = set()
    for (before, critics), (player, generators) in pairwise(found):
        if player == "generator":
            assert before == "critic"
            assert torch.equal(critics.latent.z, generators.latent.z)
            assert torch.equal(critics.fake, generators.fake)
            assert generators.fake.requires_grad
            assert not critics.fake.requires_grad
            codes.add(critics.latent.z.sum().item())
    assert len(codes) == 3
    assert [player for player, _ in found] == (["critic"] * n_critic + ["generator"]) * 3


def test_the_plan_is_solved_once_a_turn_for_all_terms(build_model: Any) -> None:
    model = build_model("model=wgan_qc", "data=ring")
    found = contests(model)
    fit(model, rounds=1)
    terms = model.played[0].terms
    assert terms.minimised.keys() == {"real", "fake", "transport_gradient"}
    critics, generators = found[0][1], found[1][1]
    plan = critics.shared
    assert not generators.shared
    assert terms.diagnostics["transport_cost"].item() == pytest.approx(plan["quadratic_value"].item() / 2, rel=1e-5)
    assert critics.real is not None
    carried = (critics.real[plan["quadratic_match"]] - critics.fake).norm(dim=1)
    assert terms.diagnostics["transport_slope_target"].item() == pytest.approx(carried.mean().item() / 2, rel=1e-5)


def test_loss_and_penalty_share_their_strength(build_model: Any) -> None:
    model = build_model("model=wgan_qc", "data=ring", "model.loss.strength=0.3")
    assert model.penalties["transport_gradient"].strength == model.loss.strength == 0.3


def test_a_trained_prior_learns_although_its_codes_are_drawn_in_the_critics_turn(build_model: Any) -> None:
    model = build_model("model=wgan_qc", "data=ring", "prior=gaussian_mixture", "model.prior.trainable=true")
    before = [value.clone() for value in model.prior.parameters()]
    fit(model, rounds=1)
    assert before
    assert all(not torch.equal(old, new) for old, new in zip(before, model.prior.parameters(), strict=True))


def test_batch_norm_in_the_critic_is_refused(build_model: Any) -> None:
    with pytest.raises(GanLabError, match="batch norm"):
        build_model("model=wgan_qc", "data=ring", "model.critic.norm=batch")
