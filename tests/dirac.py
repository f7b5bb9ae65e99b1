"""Rounds of the Dirac-GAN: one number each, so that every step can be worked out by hand."""

from typing import Any

import torch
from lightning import Callback
from torch import Tensor

from gan_lab.data.point_mass import PointMass
from gan_lab.model.base import AdversarialModule
from tests.short_runs import trainer

RATE = 0.2
BILINEAR = ("data=dirac", "optimizer=sgd", f"optimizer.lr={RATE}", "loss=wasserstein", "penalty=[]", "prior=normal")
"""L_D = psi theta, L_G = -psi theta."""


class Path(Callback):
    """(theta, psi) at the start and after every round."""

    def __init__(self) -> None:
        self.points: list[Tensor] = []

    def note(self, model: Any) -> None:
        self.points.append(torch.stack([model.generator.theta.squeeze(), model.critic.psi.squeeze()]).detach())

    def on_train_start(self, trainer: Any, pl_module: Any) -> None:
        self.note(pl_module)

    def on_train_batch_end(self, trainer: Any, pl_module: Any, *_: Any) -> None:
        self.note(pl_module)


def played(model: AdversarialModule, rounds: int) -> Tensor:
    """(theta, psi) of so many rounds, with the first values, of shape (rounds + 1, 2)."""
    data = PointMass(shape=(1,), num_classes=0, batch_size=8, seed=1, split_seed=0)
    data.setup()
    path = Path()
    model.run_length = rounds
    trainer(callbacks=[path]).fit(model, datamodule=data)
    return torch.stack(path.points)


def powers(matrix: list[list[float]], rounds: int) -> Tensor:
    """The same for rounds that multiply (theta, psi), which begin at (1, 1), with a matrix."""
    points = [torch.ones(2, dtype=torch.float64)]
    for _ in range(rounds):
        points.append(torch.tensor(matrix, dtype=torch.float64) @ points[-1])
    return torch.stack(points).float()
