"""What is played on the other device, each in a process of its own."""

from collections.abc import Sequence
from typing import Any

import torch
from lightning import Callback
from lightning.pytorch.accelerators import CPUAccelerator
from lightning.pytorch.strategies import SingleDeviceStrategy

import gan_lab.evaluate.run
import gan_lab.sample.run
import gan_lab.training.run
from gan_lab.build import build
from gan_lab.config.compose import compose_config
from gan_lab.maths.float64 import double
from tests.device.other_device import DEVICE, install, waits
from tests.in_one_process import run_all
from tests.short_runs import trainer


class Anywhere(CPUAccelerator):
    """Takes any device for one of its own."""

    def setup_device(self, device: torch.device) -> None: ...


def strategy() -> SingleDeviceStrategy:
    return SingleDeviceStrategy(device=DEVICE, accelerator=Anywhere())


def rounds(*overrides: str, number: int = 2) -> None:
    """Plays so many rounds, all of them watched, and prints a line for each place that waited for the device."""
    install(without_float64=True)  # training needs none on the device

    class Watch(Callback):
        def on_train_batch_start(self, trainer: Any, pl_module: Any, batch: Any, batch_idx: int) -> None:
            pl_module.watching = True
            if batch_idx == 0:
                waits.clear()

        def on_train_batch_end(self, trainer: Any, pl_module: Any, *rest: Any) -> None:
            if pl_module.finished:
                print("\n".join(f"waited {count} times: {what}" for what, count in waits.items()))

    config = compose_config(*overrides)
    torch.manual_seed(0)
    data = build(config["data"], "data")
    data.setup()
    model = build(config["model"], "model")
    model.run_length = number
    trainer(accelerator="auto", strategy=strategy(), callbacks=[Watch()]).fit(model, datamodule=data)
    assert model.generator_steps == number


def commands(lines: Sequence[Sequence[str]], results: str, without_float64: bool) -> None:
    """Runs each command line, as tests/in_one_process.py does, with everything on the device."""
    install(without_float64)
    run: Any = gan_lab.training.run
    run.several_processes, run.TurnByTurn, run.chosen_accelerator = (lambda _: True), strategy, (lambda _: "auto")
    for own in (gan_lab.evaluate.run, gan_lab.sample.run):
        vars(own)["chosen_device"] = lambda name: DEVICE
    run_all(lines, results, apart=False)


def refusals() -> None:
    """What the device without float64 refuses, and what it leaves to the CPU."""
    install(without_float64=True)
    single = torch.ones(3, device=DEVICE)
    for asked in (
        single.double,
        lambda: single.to(torch.float64),
        lambda: single.to("cpu", torch.float64),
        lambda: single.mean(0, dtype=torch.float64),
        lambda: single.new_zeros(3, dtype=torch.float64),
        lambda: torch.zeros(3, dtype=torch.float64, device=DEVICE),
        lambda: torch.tensor([0.5], dtype=torch.float64).to(DEVICE),
        lambda: torch.tensor([0.5], dtype=torch.float64, device=DEVICE),
        lambda: torch.linspace(0, 1, 3, dtype=torch.float64, device=DEVICE),
    ):
        try:
            asked()
        except TypeError:
            continue
        raise AssertionError("it was not refused")
    assert single.cpu().double().sum().item() == 3
    assert double(single).device.type == "cpu"
