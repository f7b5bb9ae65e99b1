"""The two players of the Dirac-GAN, and the game between them."""

from typing import Any

import pytest
import torch

from gan_lab.network.dirac import DiracCritic, DiracGenerator
from tests.dirac import BILINEAR, RATE, played, powers


def test_every_code_gives_the_same_point() -> None:
    generator = DiracGenerator(latent_dim=3, shape=(2,), start=0.5)
    assert torch.equal(generator(torch.randn(4, 3)), torch.full((4, 2), 0.5))


def test_the_critic_is_a_line_through_0() -> None:
    critic = DiracCritic(shape=(2,), outputs=1, start=3.0)
    said = critic(torch.tensor([[0.0, 0.0], [1.0, 2.0]]))
    assert said.score.tolist() == [[0.0], [9.0]]
    assert said.features.tolist() == [[0.0, 0.0], [1.0, 2.0]]


def test_each_player_has_one_weight(build_model: Any) -> None:
    model = build_model(*BILINEAR, "model=gan")
    assert [sum(p.numel() for p in network.parameters()) for network in (model.generator, model.critic)] == [1, 1]


@pytest.mark.parametrize("n_critic", [1, 2])
def test_alternating_steps_keep_a_quadratic_form(build_model: Any, n_critic: int) -> None:
    """psi <- psi - n lr theta, then theta <- theta + lr psi: determinant 1, so that an ellipse is never left."""
    path = played(build_model(*BILINEAR, "model=gan", f"model.n_critic={n_critic}"), 40)
    turn = n_critic * RATE
    torch.testing.assert_close(path, powers([[1 - RATE * turn, RATE], [-turn, 1.0]], 40), rtol=1e-4, atol=1e-5)
    theta, psi = path.T
    kept = turn * theta.square() + RATE * psi.square() - RATE * turn * theta * psi
    torch.testing.assert_close(kept, kept[:1].expand_as(kept), rtol=1e-4, atol=0)


def test_r1_ends_at_the_solution(build_model: Any) -> None:
    """R1 is gamma/2 psi^2, which shrinks psi by 1 - lr gamma."""
    path = played(build_model(*BILINEAR, "model=gan", "penalty=[r1]", "model.penalties.r1.gamma=1.0"), 60)
    shrunk = 1 - RATE * 1.0
    torch.testing.assert_close(
        path, powers([[1 - RATE * RATE, RATE * shrunk], [-RATE, shrunk]], 60), rtol=1e-4, atol=1e-5
    )
    assert path[-1].norm() < 1e-2
