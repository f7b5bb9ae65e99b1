"""Models that nobody trained, in run folders as a training leaves them."""

import json
from pathlib import Path

import torch

from gan_lab.build import build
from gan_lab.config.compose import compose_config
from gan_lab.model.generative import GenerativeModule
from gan_lab.runs.run_folder import RunFolder

SMALL = ("model.generator.hidden=[16]", "model.critic.hidden=[16]", "model.prior.dim=4")
MADE = {
    "digits": ("model=gmgan_dynamic", "data=digits", *SMALL),
    "ring": ("model=gan", "data=ring", "model.prior.dim=4", "network=mlp_2d"),
    "batch_norm": ("model=gan", "data=digits", *SMALL),
}


def made(folder: Path, *words: str) -> Path:
    """A run folder as a training leaves it, but for its weights: random ones, of which the average are others."""
    config = compose_config(*words, "seed=5")
    torch.manual_seed(0)
    model: GenerativeModule = build(config["model"], "model")
    for weights in model.averaged_generator.parameters():
        weights.data.mul_(1.5)
    for weights in [*model.critic.parameters()][-2:] if model.critic is not None else []:
        weights.data.neg_()  # with which it happens to find real images more real
    model.set_statistics()
    path = RunFolder(folder).checkpoint("best")
    path.parent.mkdir(parents=True)
    counters = {"generator_steps": 7, "rounds": 7, "images_seen": 448, "seconds": 2.5}
    torch.save({"config": config, "state_dict": model.state_dict(), "counters": counters}, path)
    summary = {
        **{"variant": "gan", "best_step": 7, "monitor": "fid", "protocol": {"split": "validation"}},
        **{"measures": {"best": {"fid": 3.5}, "floor": {"fid": 1.0}}, "intervals": {"best": {"fid": [3.0, 4.0]}}},
    }
    RunFolder(folder).summary.write_text(json.dumps(summary))
    return folder
