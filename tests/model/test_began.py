"""k moves once a round, by the energies of that round, and survives a checkpoint."""

from pathlib import Path
from typing import Any

import pytest
import torch

from gan_lab.errors import GanLabError
from gan_lab.model.began import BEGAN
from gan_lab.types import Batch, Contest
from tests.present import present
from tests.short_runs import fit, ring, trainer


def began(build_model: Any, *more: str) -> BEGAN:
    return build_model("model=began", "data=ring", "model.loss.gain=0.5", "model.loss.diversity=1", *more)


class Noted:
    """Keeps the mean energies that each round's k should move by."""

    def __init__(self, model: BEGAN) -> None:
        self.model, self.k = model, [0.0]
        self.contest: dict[str, Contest] = {}
        critic, generator, balance = model.critic_contest, model.generator_contest, model.loss.balance

        def critics(batch: Batch) -> Contest:
            self.contest["critic"] = critic(batch)
            return self.contest["critic"]

        def generators(batch: Batch) -> Contest:
            self.contest["generator"] = generator(batch)
            return self.contest["generator"]

        def balanced(*energies: torch.Tensor) -> None:
            balance(*energies)
            on_real = present(self.contest["critic"].on_real)
            real, fake = -on_real.score.mean(), -self.contest["generator"].on_fake.score.mean()
            self.k.append(min(max(self.k[-1] + 0.5 * (real - fake).item(), 0), 1))
            self.found.append(model.loss.k.item())

        self.found = [0.0]
        model.critic_contest, model.generator_contest = critics, generators  # type: ignore[method-assign,assignment]
        model.loss.balance = balanced  # type: ignore[method-assign,assignment]


@pytest.mark.parametrize("n_critic", [1, 2])
def test_k_follows_the_last_critic_turn_and_the_generators(build_model: Any, n_critic: int) -> None:
    model = began(build_model, f"model.n_critic={n_critic}")
    noted = Noted(model)
    fit(model, rounds=6)
    assert len(noted.found) == 7
    assert noted.found == pytest.approx(noted.k, abs=1e-6)
    assert len({round(k, 6) for k in noted.found}) > 3
    assert model.played[0].terms.diagnostics["k"].item() == pytest.approx(noted.k[-2], abs=1e-6)


def test_k_survives_a_resumption(build_model: Any, tmp_path: Path) -> None:
    def play(rounds: int, checkpoint: Path | None = None) -> tuple[BEGAN, Any]:
        model = began(build_model)
        model.run_length, running = rounds, trainer()
        running.fit(model, datamodule=ring(), ckpt_path=checkpoint, weights_only=True)
        return model, running

    whole, _ = play(6)
    part, running = play(3)
    running.save_checkpoint(tmp_path / "last.ckpt")
    resumed, _ = play(6, tmp_path / "last.ckpt")
    assert part.loss.k > 0
    for name, value in whole.state_dict().items():
        assert torch.equal(value, resumed.state_dict()[name]), name


def test_another_loss_has_no_k(build_model: Any) -> None:
    with pytest.raises(GanLabError, match="the loss of BEGAN must be of BoundaryEquilibrium"):
        build_model("model=began", "data=ring", "loss=wasserstein")
