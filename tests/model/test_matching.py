"""Critics per class: whom they meet, and how many processes it takes."""

from typing import Any

import pytest
import torch

from gan_lab.errors import GanLabError
from gan_lab.noise import IndexedNoise
from gan_lab.types import Batch, Contest
from tests.present import present

CPU = torch.device("cpu")
MATCHED = [
    ["model=gmgan_supervised_wgan_gp"],
    ["model=gmgan_supervised_wgan_gp", "model.prior.components=21"],
    ["model=cgan_wgan_gp"],
]


def batch(n: int = 64) -> Batch:
    return Batch(torch.randn(n, 2), torch.randint(8, (n,)))


def contest_of(model: Any, batch: Batch, rank: int = 0, world_size: int = 1) -> Contest:
    """The critic's contest as this rank of so many holds it."""
    model.noise = lambda: IndexedNoise(("test",), CPU, rank, world_size)
    return model.critic_contest(batch)


@pytest.mark.parametrize("overrides", MATCHED)
def test_each_real_sample_meets_a_fake_of_its_own_class(build_model: Any, overrides: list[str]) -> None:
    """Interpolates between a real sample of one class and a fake of another would be judged by the wrong score."""
    model, reals = build_model(*overrides, "data=ring"), batch()
    contest = contest_of(model, reals)
    assert contest.latent.component is not None
    assert reals.labels is not None
    assert torch.equal(contest.latent.component % 8, reals.labels)
    torch.testing.assert_close(contest.fake, model.generator(contest.latent.z, contest.latent.component))


def test_the_codes_are_those_of_the_components_that_they_name(build_model: Any) -> None:
    model = build_model("model=gmgan_supervised_wgan_gp", "data=ring", "model.prior.std=0.01", "model.prior.spread=9")
    latent = contest_of(model, batch()).latent
    nearest = torch.cdist(latent.z, model.prior.means).argmin(1)
    assert torch.equal(nearest, present(latent.component))


def test_without_matching_the_prior_chooses(build_model: Any) -> None:
    model, reals = build_model("model=gmgan_static", "data=ring"), batch()
    contest = contest_of(model, reals)
    assert not torch.equal(present(contest.latent.component), present(reals.labels))


@pytest.mark.parametrize("overrides", MATCHED)
def test_two_processes_meet_whom_one_meets(build_model: Any, overrides: list[str]) -> None:
    model, reals = build_model(*overrides, "data=ring"), batch()
    assert reals.labels is not None
    whole = contest_of(model, reals)
    halves = [
        contest_of(model, Batch(reals.images[rank * 32 :][:32], reals.labels[rank * 32 :][:32]), rank, 2)
        for rank in range(2)
    ]
    for read in (lambda c: c.latent.z, lambda c: c.latent.component):
        one, two = read(whole), torch.cat([read(half) for half in halves])
        assert torch.equal(one, two)


@pytest.mark.parametrize(
    ("overrides", "sentence"),
    [
        (["model=gmgan_static", "loss=class_softmax", "penalty=[gradient]"], "one score per sample"),
        (["model=gmgan_static", "penalty=[gradient]"], "one score per sample"),
        (["model=cgan_wgan_gp", "prior=normal"], "components"),
        (["model=gmgan_supervised_wgan_gp", "model.prior.components=7"], "at least 8"),
        (["model=cgan_wgan_gp", "model.generator.classes=3"], "model.generator.classes=8"),
        (["model=cgan_wgan_gp", "prior=gaussian_mixture", "+model.generator.classes=-1"], "classes"),
        (["model=gmgan_dynamic", "loss=class_softmax", "model.critic.outputs=8"], "model.critic.outputs=9"),
    ],
)
def test_refused(build_model: Any, overrides: list[str], sentence: str) -> None:
    with pytest.raises(GanLabError, match=sentence):
        build_model(*overrides, "data=ring")


@pytest.mark.parametrize(
    "overrides",
    [
        ["model=gmgan_static_r1"],
        ["model=gmgan_static", "loss=class_softmax", "penalty=[r1]"],
        ["model=gmgan_supervised_wgan_gp", "penalty=[gradient,r1]"],
        ["model=cgan_wgan_gp", "loss=class_auxiliary"],
        ["model=cgan_wgan_gp", "model.critic.projection=false"],
        ["model=cgan_wgan_gp", "model.critic.norm=spectral"],
    ],
)
def test_allowed(build_model: Any, overrides: list[str]) -> None:
    model = build_model(*overrides, "data=ring")
    assert model.critic(torch.randn(2, 2)).score.shape == (2, model.loss.outputs)
