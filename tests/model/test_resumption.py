"""Every training procedure goes on from a checkpoint as if it had never stopped."""

from pathlib import Path
from typing import Any

import pytest
import torch
from lightning import Callback, LightningModule, Trainer

from gan_lab.model.generative import GenerativeModule
from tests.commands import differences
from tests.short_runs import ring, trainer

STEPS = 6
PROCEDURES = {
    "GAN with all that couples or drops": (
        *("model=gan", "model.generator.norm=batch", "model.critic.norm=batch", "model.critic.dropout=0.3"),
        *("model.top_k.share=0.2", "model.top_k.decay=1e-9", "model.packing=2"),
    ),
    "GAN with spectral norms": ("model=sngan", "model.n_critic=2"),
    "GAN with constants of the data": ("model=bwgan", "model.n_critic=2"),
    "GAN with a trained mixture": ("model=gmgan_dynamic",),
    "EBGAN amid pre-training": ("model=ebgan", "model.pretraining_epochs=0.007"),
    "BEGAN": ("model=began",),
    "MMGAN": ("model=mmgan",),
    "InfoGAN": ("model=infogan",),
    "WGANQC": ("model=wgan_qc",),
    "optimistic Adam": ("model=optimistic",),
    "extragradient": ("model=extragradient",),
    "consensus": ("model=consensus",),
    "unrolled": ("model=unrolled", "model.steps_ahead=2"),
    "flow matching": ("model=flow_matching",),
}


class StopAfter(Callback):
    """Ends the run after so many rounds."""

    def __init__(self, rounds: int | None) -> None:
        self.rounds = rounds

    def on_train_batch_end(self, trainer: Trainer, pl_module: LightningModule, *_: Any) -> None:
        assert isinstance(pl_module, GenerativeModule)
        if pl_module.rounds == self.rounds:
            trainer.should_stop = True


def play(model: GenerativeModule, stop_after: int | None, checkpoint: Path | None = None) -> Trainer:
    model.run_length = STEPS
    running = trainer(callbacks=[StopAfter(stop_after)])
    running.fit(model, datamodule=ring(), ckpt_path=checkpoint, weights_only=True)
    return running


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_resumed_equals_uninterrupted(build_model: Any, tmp_path: Path, procedure: str) -> None:
    given = (*PROCEDURES[procedure], "data=ring")
    whole, part, resumed = (build_model(*given) for _ in range(3))
    finished = play(whole, None)
    play(part, 3).save_checkpoint(tmp_path / "last.ckpt")
    assert (part.rounds, whole.generator_steps) == (3, STEPS)
    if procedure.startswith("EBGAN"):
        assert part.generator_steps == 0
    ended = play(resumed, None, tmp_path / "last.ckpt")
    assert differences(whole.state_dict(), resumed.state_dict()) == []
    for ours, theirs in zip(finished.optimizers, ended.optimizers, strict=True):
        assert differences(ours.state_dict(), theirs.state_dict()) == []
    assert whole.player_steps == resumed.player_steps
    for name in ("rounds", "images_seen"):
        assert getattr(whole, name) == getattr(resumed, name)
    assert torch.equal(*(model.played[-1].terms.diagnostics["loss"] for model in (whole, resumed)))
