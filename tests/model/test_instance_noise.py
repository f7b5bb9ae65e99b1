"""Instance noise: its size over a run, on reals and fakes, in both players' turns."""

from typing import Any

import pytest
import torch

from gan_lab.noise import IndexedNoise
from gan_lab.types import Batch, Contest

N = 4000


def contest(model: Any, steps: int, length: int | None) -> Contest:
    """Of zeros, after so many of `length` steps."""
    model.player_steps["generator"], model.run_length = steps, length
    zeros, noise = torch.zeros(N, 2), IndexedNoise(("test", steps), torch.device("cpu"))
    latent = model.codes(N, IndexedNoise(("codes",), torch.device("cpu")))
    return model.meet(zeros, latent, noise, Batch(zeros))


@pytest.mark.parametrize(("steps", "length", "std"), [(0, 10, 0.5), (5, 10, 0.25), (9, 10, 0.05), (7, None, 0.5)])
def test_it_falls_along_a_line(build_model: Any, steps: int, length: int | None, std: float) -> None:
    given = contest(build_model("model=gan", "data=ring", "model.instance_noise=0.5"), steps, length)
    assert given.real is not None
    for samples in (given.real, given.fake):
        assert samples.std().item() == pytest.approx(std, rel=0.03)
        assert samples.mean().item() == pytest.approx(0, abs=4 * std / (2 * N) ** 0.5)
    assert torch.corrcoef(torch.stack([given.real.flatten(), given.fake.flatten()]))[0, 1].abs() < 0.05


def test_the_critic_judges_what_the_penalties_see_and_the_generator_gets_its_gradient(build_model: Any) -> None:
    model = build_model("model=gan", "data=ring", "model.instance_noise=0.5", "model.critic.dropout=0")
    model.run_length = 10
    given = model.generator_contest(Batch(torch.zeros(8, 2)))
    torch.testing.assert_close(given.on_fake.score, model.critic(given.fake).score)
    assert given.fake.requires_grad
    assert not torch.equal(given.fake, model.generated(given.latent))


def test_rounds_with_it_are_not_recorded(build_model: Any) -> None:
    assert build_model("model=gan", "data=ring").same_every_round
    assert not build_model("model=gan", "data=ring", "model.instance_noise=0.5").same_every_round
