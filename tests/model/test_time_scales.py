"""Two time scales: learning rates and turns of each player are set apart, and compose."""

from typing import Any

import pytest
import torch

from tests.short_runs import fit


@pytest.mark.parametrize("n_critic", [1, 3])
@pytest.mark.parametrize("variant", ["gan", "hinge", "rsgan"])
def test_each_player_steps_by_its_own_rate(build_model: Any, variant: str, n_critic: int) -> None:
    # Adam's first step moves each weight by lr, where its gradient is not tiny; n of them about n times as far.
    model = build_model(
        f"model={variant}",
        "data=ring",
        f"model.n_critic={n_critic}",
        "optimizer.lr=1e-4",
        "model.optimizers.critic.lr=4e-4",
    )
    before = {name: value.detach().clone() for name, value in model.named_parameters()}
    fit(model, rounds=1)
    assert (model.critic_steps, model.generator_steps) == (n_critic, 1)

    def furthest(player: str) -> float:
        moves = [
            (value.detach() - before[n]).abs().max() for n, value in model.named_parameters() if n.startswith(player)
        ]
        return torch.stack(moves).max().item()

    assert furthest("generator.") == pytest.approx(1e-4, rel=1e-3)
    assert furthest("critic.") == pytest.approx(n_critic * 4e-4, rel=1e-3 if n_critic == 1 else 0.1)
