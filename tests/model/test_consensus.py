"""Consensus optimisation: its joint term against finite differences, and the game that it solves."""

from collections.abc import Iterator
from typing import Any

import pytest
import torch
from torch import Tensor

from gan_lab.errors import GanLabError
from gan_lab.model.consensus import Consensus
from gan_lab.noise import IndexedNoise
from gan_lab.types import Batch
from tests.dirac import BILINEAR, RATE, played, powers
from tests.golden.record import double
from tests.short_runs import fit

ROUNDS, GAMMA = 30, 0.5
SMALL = ("model.generator.width=4", "model.critic.width=4", "data=digits", "model.generator.norm=none")
SMOOTH = ("model.generator.activation=silu", "model.critic.activation=silu")
CASES = {
    "mlp with batch norm": ("data=ring", "model.generator.norm=batch"),
    "smooth and layer norm": ("data=ring", "model.critic.norm=layer", "model.critic.activation=tanh"),
    "R1": ("data=ring", "penalty=[r1]", "model.critic.activation=silu"),
    "relativistic pairs": ("data=ring", "loss=relativistic"),
    "convolutions": ("network=dcgan", *SMALL, *SMOOTH),
}


@pytest.mark.parametrize("gamma", [0.0, GAMMA])
def test_on_the_bilinear_game_it_shrinks_both_weights(build_model: Any, gamma: float) -> None:
    """R = (theta^2 + psi^2) / 2: a step multiplies both by 1 - lr gamma and turns them. With gamma 0 it spirals out."""
    path = played(build_model(*BILINEAR, "model=consensus", f"model.gamma={gamma}"), ROUNDS)
    kept = 1 - RATE * gamma
    torch.testing.assert_close(path, powers([[kept, RATE], [-RATE, kept]], ROUNDS), rtol=1e-4, atol=1e-6)
    assert (path[-1].norm() < 0.2) == (gamma > 0)


def on_one_batch(model: Consensus, shape: tuple[int, ...]) -> Iterator[Any]:
    """Turns on the same reals and random numbers each time."""
    random = torch.Generator().manual_seed(1)
    batch = Batch(torch.randn(8, *shape, generator=random, dtype=torch.float64).clamp(-1, 1))
    while True:
        model.given_noises, model.draws = [IndexedNoise(("test", 1), torch.device("cpu"))], 0
        yield [*model.turns([batch])]


@pytest.mark.parametrize("case", CASES)
def test_the_gradient_of_the_joint_term_is_its_slope(build_model: Any, case: str) -> None:
    """By the weights of both players, along a random direction of each, in float64."""
    with double():
        model = build_model("model=consensus", *CASES[case])
        turns = on_one_batch(model, model.generator.shape)
        for player in ("critic", "generator"):
            weights = model.parameters_of(player)
            random = torch.Generator().manual_seed(2)
            directions = [torch.randn(w.shape, generator=random) for w in weights]

            def moved(by: float, weights: Any = weights, directions: Any = directions) -> None:
                with torch.no_grad():
                    for weight, direction in zip(weights, directions, strict=True):
                        weight += by * direction

            def joint() -> Tensor:
                return next(turns)[0].terms.minimised["consensus"]

            found = torch.autograd.grad(joint(), weights, allow_unused=True)
            slope = sum((g * d).sum() for g, d in zip(found, directions, strict=True) if g is not None)
            values, step = [], 1e-7
            for by in (step, -2 * step, step):
                moved(by)
                values.append(joint().item())
            assert (values[0] - values[1]) / (2 * step) == pytest.approx(float(slope), rel=1e-4, abs=1e-6), player


def test_each_player_minimises_its_own_loss_and_the_joint_term(build_model: Any) -> None:
    with double():
        model = build_model("model=consensus", "data=ring", "model.gamma=3")
        critic, generator = next(on_one_batch(model, (2,)))
        assert critic.waits
        assert not generator.waits
        assert critic.terms.minimised["consensus"] is generator.terms.minimised["consensus"]
        norms = []
        for turn, name in ((critic, "critic"), (generator, "generator")):
            own = sum(value for key, value in turn.terms.minimised.items() if key != "consensus")
            found = torch.autograd.grad(own, model.parameters_of(name), retain_graph=True)
            norms.append(sum(g.square().sum().item() for g in found))
        assert critic.terms.minimised["consensus"].item() == pytest.approx(3 / 2 * sum(norms))
        assert critic.terms.diagnostics["field_norm"].item() == pytest.approx(sum(norms) ** 0.5)


def test_both_players_step_from_the_same_weights(build_model: Any) -> None:
    model = build_model("model=consensus", "data=ring")
    fit(model, 2)
    assert (model.generator_steps, model.critic_steps, model.images_seen) == (2, 2, 2 * 64)
    assert [turn.player for turn in model.played] == ["critic", "generator"]
    assert not model.waiting


def test_what_cannot_be_is_refused(build_model: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(GanLabError, match="both players of Consensus step together, so n_critic must be 1, not 2"):
        build_model("model=consensus", "model.n_critic=2", "data=ring")
    model = build_model("model=consensus", "data=ring")
    monkeypatch.setattr(type(model), "world_size", 2)
    with pytest.raises(
        GanLabError, match=r"model=consensus squares the gradient of the whole batch.*trainer.devices=1"
    ):
        fit(model, 1)
