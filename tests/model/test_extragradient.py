"""The extragradient method on a game that can be solved by hand, and its two halves."""

from math import sqrt
from typing import Any

import pytest
import torch

from gan_lab.build import build
from gan_lab.errors import GanLabError
from gan_lab.model.extragradient import Extragradient
from tests.dirac import BILINEAR, RATE, played, powers
from tests.short_runs import fit

ROUNDS = 40


def test_a_round_on_the_bilinear_game_is_a_turn_and_a_shrinkage(build_model: Any) -> None:
    """theta' = theta + lr psi, psi' = psi - lr theta, and the gradients are those at (theta', psi')."""
    path = played(build_model(*BILINEAR, "model=extragradient"), ROUNDS)
    kept = 1 - RATE**2
    torch.testing.assert_close(path, powers([[kept, RATE], [-RATE, kept]], ROUNDS), rtol=1e-4, atol=1e-6)
    shrinkage = path.norm(dim=1)[1:] / path.norm(dim=1)[:-1]
    torch.testing.assert_close(shrinkage, torch.full((ROUNDS,), sqrt(1 - RATE**2 + RATE**4)), rtol=1e-4, atol=0)


def test_with_adam_it_is_extra_adam(build_model: Any) -> None:
    """Adam's means are updated in both halves, the weights by the second one alone."""
    rate, betas, eps = 0.05, (0.5, 0.9), 1e-8
    adam = ("optimizer=adam", f"optimizer.lr={rate}", "optimizer.betas=[0.5,0.9]")
    path = played(build_model(*BILINEAR, "model=extragradient", *adam), 10)
    w, m, v, t = torch.ones(2, dtype=torch.float64), torch.zeros(2), torch.zeros(2), 0
    for point in path[1:]:
        at = w
        for _ in range(2):
            g = torch.stack([-at[1], at[0]])
            t += 1
            m, v = betas[0] * m + (1 - betas[0]) * g, betas[1] * v + (1 - betas[1]) * g * g
            at = w - rate * (m / (1 - betas[0] ** t)) / ((v / (1 - betas[1] ** t)).sqrt() + eps)
        w = at
        torch.testing.assert_close(point, w.float(), rtol=1e-4, atol=1e-6)


def test_only_second_halves_are_steps(build_model: Any) -> None:
    model = build_model("model=extragradient", "data=ring")
    stream = fit(model, 3)
    assert (model.rounds, model.generator_steps, model.critic_steps) == (3, 3, 3)
    assert model.images_seen == 3 * 2 * 64 == 3 * sum(len(batch.images) for batch in stream.round(0))
    assert [turn.player for turn in model.played] == ["critic", "generator"]
    assert not model.left
    assert not model.waiting


def test_logged_rounds_say_how_far_the_gradients_turn(build_model: Any) -> None:
    """On the bilinear game v(w') is v(w) turned by arctan(lr), whatever w is: each player's gradient is a number, and
    its cosine 1 until it changes its sign."""
    model = build_model(*BILINEAR, "model=extragradient")
    model.watching = True
    path = played(model, 3)
    for turn in model.played:
        assert turn.terms.diagnostics["gradient_cosine"].item() == pytest.approx(1)
    assert path[-2].sign().tolist() == [1, 1]
    assert not model.seen


def test_more_steps_of_the_critic_are_refused(composed: Any, build_model: Any) -> None:
    with pytest.raises(GanLabError, match="both players of Extragradient step together, so n_critic must be 1, not 5"):
        build_model("model=extragradient", "model.n_critic=5", "data=ring")
    assert isinstance(build(composed("model=extragradient", "data=ring")["model"], "model"), Extragradient)
