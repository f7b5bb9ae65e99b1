"""Short trainings inside this process, without callbacks, files or configuration."""

import logging
from typing import Any

import torch
from lightning import Trainer

from gan_lab.data.ring import Ring
from gan_lab.data.stream import RoundStream
from gan_lab.model.alternating import AlternatingModule

logging.getLogger("lightning.pytorch.utilities.rank_zero").setLevel(logging.ERROR)


def trainer(**more: Any) -> Trainer:
    """Lightning's Trainer, bare; on the CPU where nothing else is said."""
    return Trainer(
        **{"accelerator": "cpu"} | more,
        max_epochs=-1,
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        use_distributed_sampler=False,
    )


def ring() -> Ring:
    data = Ring(shape=(2,), num_classes=8, batch_size=64, seed=1, split_seed=0)
    data.setup()
    return data


def fit(model: AlternatingModule, rounds: int) -> RoundStream:
    """Plays so many rounds, of one step of the clock each, on the ring and returns a stream from the first round."""
    data = ring()
    model.run_length = rounds
    trainer().fit(model, datamodule=data)
    return RoundStream(
        data.train,
        batch_size=64,
        batches_per_round=model.batches_per_round,
        seed=1,
        first_round=lambda: 0,
        device=torch.device("cpu"),
    )
