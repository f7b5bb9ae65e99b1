"""Rounds of a procedure that is no game: one player, a linear autoencoder of the ring."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from lightning import Callback, LightningModule, Trainer
from torch import nn

from gan_lab.errors import NonFiniteError
from gan_lab.model.alternating import AlternatingModule
from gan_lab.model.average import Average
from gan_lab.model.turn import Turn
from gan_lab.types import Batch, Terms
from tests.commands import differences
from tests.short_runs import fit, ring, trainer

STEPS = 6


class DenoisingAutoencoder(AlternatingModule):
    """min E ||W (x + e) + b - x||^2, e standard normal, two steps a round."""

    clock = "autoencoder"

    def __init__(self, lr: float = 0.01) -> None:
        adam: Any = partial(torch.optim.Adam, lr=lr)
        super().__init__(optimizers={"autoencoder": adam}, seed=0)
        with torch.random.fork_rng():
            torch.manual_seed(0)
            self.autoencoder = nn.Linear(2, 2)
        self.average = Average(decay=0.5, networks=self.averaged())

    @property
    def batches_per_round(self) -> int:
        return 2

    def players(self) -> dict[str, list[nn.Module]]:
        return {"autoencoder": [self.autoencoder]}

    def averaged(self) -> dict[str, nn.Module]:
        return {"autoencoder": self.autoencoder}

    def turns(self, batches: list[Batch]) -> Iterator[Turn]:
        for batch in batches:
            e = self.noise().normal(*batch.images.shape)
            error = (self.autoencoder(batch.images + e) - batch.images).square().sum(1).mean()
            yield Turn("autoencoder", Terms({"squared_error": error}))


class StopAfter(Callback):
    """Ends the run after so many rounds."""

    def __init__(self, rounds: int) -> None:
        self.rounds = rounds

    def on_train_batch_end(self, trainer: Trainer, pl_module: LightningModule, *_: Any) -> None:
        if pl_module.rounds == self.rounds:
            trainer.should_stop = True


def play(model: AlternatingModule, *callbacks: Callback, checkpoint: Path | None = None) -> Trainer:
    running = trainer(callbacks=list(callbacks))
    running.fit(model, datamodule=ring(), ckpt_path=checkpoint, weights_only=True)
    return running


def test_one_player_learns_saves_and_goes_on_as_if_it_had_never_stopped(tmp_path: Path) -> None:
    whole, part, resumed = (DenoisingAutoencoder() for _ in range(3))
    for model in (whole, part, resumed):
        model.run_length = STEPS
    play(whole)
    play(part, StopAfter(1)).save_checkpoint(tmp_path / "last.ckpt")
    saved = torch.load(tmp_path / "last.ckpt", weights_only=True)
    assert saved["counters"] == part.counters()
    assert [*saved["counters"]] == ["rounds", "autoencoder_steps", "images_seen", "seconds", "cpu_seconds"]
    assert (part.rounds, part.clock_steps, part.images_seen) == (1, 2, 2 * 64)
    play(resumed, checkpoint=tmp_path / "last.ckpt")
    assert (resumed.rounds, resumed.clock_steps, resumed.images_seen) == (STEPS // 2, STEPS, STEPS * 64)
    assert resumed.finished
    assert differences(whole.state_dict(), resumed.state_dict()) == []


def test_its_steps_and_its_average_are_those_of_a_plain_loop() -> None:
    model, plain = DenoisingAutoencoder(), DenoisingAutoencoder()
    stream = fit(model, STEPS)  # in half as many rounds
    optimizer = torch.optim.Adam(plain.autoencoder.parameters(), lr=0.01)
    average = plain.autoencoder.weight.detach().clone()
    for number, steps in ((0, 2), (1, 4), (2, 6)):
        plain.rounds, plain.draws = number, 0
        for batch in stream.round(number):
            e = plain.noise().normal(*batch.images.shape)
            optimizer.zero_grad()
            ((plain.autoencoder(batch.images + e) - batch.images) ** 2).sum(1).mean().backward()
            optimizer.step()
        average = torch.lerp(plain.autoencoder.weight.detach(), average, min(0.5, (1 + steps) / (10 + steps)))
    torch.testing.assert_close(model.autoencoder.state_dict(), plain.autoencoder.state_dict())
    torch.testing.assert_close(model.average.networks["autoencoder"].weight, average)


def test_a_term_that_is_not_finite_is_named_by_its_player() -> None:
    model = DenoisingAutoencoder(lr=1e30)
    with pytest.raises(NonFiniteError, match=r"autoencoder/squared_error is not finite in autoencoder step \d+: .*"):
        fit(model, 50)
    assert model.clock_steps < 50


def test_players_and_optimizers_go_together() -> None:
    model = DenoisingAutoencoder()
    model.optimizer_makers["critic"] = model.optimizer_makers["autoencoder"]
    with pytest.raises(ValueError, match=r"the optimizers are for .*critic.* and the players are .*autoencoder"):
        model.configure_optimizers()
