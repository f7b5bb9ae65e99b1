"""Samples judged in packs."""

from typing import Any

import pytest
import torch

from gan_lab.errors import GanLabError
from gan_lab.model.packing import packed, packed_data
from gan_lab.types import Batch, CriticOutput
from tests.config.test_conf import options
from tests.short_runs import fit, ring

PACKS = ("data=ring", "model.packing=4")


def test_neighbours_are_stacked_along_channels() -> None:
    images = torch.arange(6 * 2 * 3 * 3).reshape(6, 2, 3, 3)
    packs = packed(images, 3)
    assert packs.shape == (2, 6, 3, 3)
    assert torch.equal(packs[1], torch.cat([images[3], images[4], images[5]]))
    points = torch.arange(8).reshape(4, 2)
    assert packed(points, 2).tolist() == [[0, 1, 2, 3], [4, 5, 6, 7]]
    assert packed(points, 1) is points


def test_the_data_in_packs_leave_out_what_makes_none() -> None:
    train = ring().train
    assert len(packed_data(train, 3)) == len(train) // 3
    assert torch.equal(packed_data(train, 3).values[1], train.values[3:6].flatten())


def test_reals_meet_reals_and_fakes_meet_fakes(build_model: Any) -> None:
    model = build_model("model=gan", *PACKS)
    reals = Batch(torch.randn(64, 2))
    contest = model.critic_contest(reals)
    assert contest.on_real.score.shape == contest.on_fake.score.shape == (16, 1)
    assert torch.equal(contest.real, reals.images.reshape(16, 8))
    torch.testing.assert_close(contest.fake, model.generator(contest.latent.z).reshape(16, 8))
    torch.testing.assert_close(contest.on_real.score, model.critic(reals.images.reshape(16, 8)).score)


def test_the_gradient_penalty_is_that_of_whole_packs(build_model: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A linear critic w . pack has gradient w at each pack: not at each sample."""
    model = build_model("model=wgan_gp", *PACKS)
    w = torch.linspace(-1, 2, 8)
    monkeypatch.setattr(type(model.critic), "gives_slopes", False)
    model.critic.forward = lambda packs: CriticOutput((packs @ w)[:, None], packs)
    terms = model.penalise("critic", model.critic_contest(Batch(torch.randn(64, 2))))
    torch.testing.assert_close(terms.minimised["gradient_penalty"], 10 * (w.norm() - 1) ** 2)


def test_constants_of_the_data_are_those_of_packs(build_model: Any) -> None:
    model = build_model("model=bwgan", *PACKS)
    fit(model, rounds=1)
    packs = ring().train.values.reshape(-1, 8)
    assert model.penalties["sobolev"].weight.item() == pytest.approx(packs.norm(dim=1).mean().item(), rel=0.02)


@pytest.mark.slow
@pytest.mark.parametrize("variant", sorted({*options("model")} - {"flow_matching"}))  # which has no critic
def test_every_variant_without_classes_trains_in_packs(build_model: Any, variant: str) -> None:
    given: tuple[str, ...] = (f"model={variant}", *PACKS)
    if variant == "ebgan":
        given += ("model.pretraining_epochs=0.002",)
    supervised = variant in (
        "gmgan_static",
        "gmgan_dynamic",
        "gmgan_static_r1",
        "gmgan_supervised_wgan_gp",
        "cgan_wgan_gp",
    )
    if supervised:
        with pytest.raises(GanLabError, match="a pack of samples has no class"):
            build_model(*given)
        return
    model = build_model(*given)
    fit(model, rounds=3)
    assert all(value.isfinite() for turn in model.played for value in turn.terms.minimised.values())


def test_a_batch_that_makes_no_whole_packs_is_refused(build_model: Any) -> None:
    with pytest.raises(GanLabError, match="a batch of 64 cannot be divided into packs of 3"):
        fit(build_model("model=gan", "data=ring", "model.packing=3"), rounds=1)


@pytest.mark.parametrize(
    ("overrides", "sentence"),
    [
        (["model.packing=0"], "packing is 0 and must be a whole"),
        (["model.packing=2", "model.critic.shape=[2]"], r"or \(4,\) in packs of 2"),
    ],
)
def test_refused(build_model: Any, overrides: list[str], sentence: str) -> None:
    with pytest.raises(GanLabError, match=sentence):
        build_model("model=gan", "data=ring", *overrides)
