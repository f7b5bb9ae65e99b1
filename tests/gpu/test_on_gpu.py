"""What only a GPU can show: its numbers are the CPU's, its graphs repeat its bits, and nothing waits for it."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
import torch
from lightning import Callback
from torch import Tensor
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_map

from gan_lab.data.digits import Digits
from gan_lab.model.base import AdversarialModule
from gan_lab.model.captured import WARM_UP, CapturedRound
from gan_lab.types import Batch
from tests.commands import QUICK, checkpoint, differences, many
from tests.fixtures import BuildModel
from tests.golden.record import recorded
from tests.golden.test_golden import GOLDEN
from tests.present import present
from tests.short_runs import ring, trainer

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="needs an NVIDIA GPU, and pytest -m gpu"),
]
os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # before the first product of matrices: the same bits again

POINTS = ("data=ring", "network=mlp_2d")
CONVOLUTIONS = ("data=digits", "network=dcgan", "model.generator.width=8", "model.critic.width=8")


class DrawnOnTheCPU(TorchFunctionMode):
    """Draws from a GPU's generator come from a generator of the CPU with the same seed."""

    def __init__(self) -> None:
        super().__init__()
        self.twins: dict[int, tuple[torch.Generator, torch.Generator]] = {}  # the first one: so that its id stays taken

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        generator = kwargs.get("generator")
        if generator is None or generator.device.type == "cpu":
            return func(*args, **kwargs)
        if id(generator) not in self.twins:
            self.twins[id(generator)] = generator, torch.Generator().manual_seed(generator.initial_seed())
        here = {name: tree_map(on_the_cpu, value) for name, value in kwargs.items()}
        drawn = func(*tree_map(on_the_cpu, args), **here | {"generator": self.twins[id(generator)][1]})
        if func.__name__.endswith("_"):
            return args[0].copy_(drawn)
        return drawn.to(generator.device)


def on_the_cpu(value: Any) -> Any:
    if isinstance(value, torch.device):
        return torch.device("cpu")
    return value.cpu() if isinstance(value, Tensor) else value


@pytest.mark.parametrize(
    "variant",
    ["gan", "wgan", "wgan_gp", "gmgan_dynamic", "sngan", "ct_gan", "r3gan", "began", "ebgan", "mmgan", "wgan_qc"],
)
def test_terms_of_ten_rounds_are_those_of_the_cpu(build_model: BuildModel, variant: str) -> None:
    """In float64, with the random numbers of the CPU."""
    with DrawnOnTheCPU() as draws:
        found = recorded(lambda: build_model(f"model={variant}", "data=ring"), "gpu")
    assert draws.twins
    for name, values in GOLDEN[variant].items():
        assert found[name] == pytest.approx(values, rel=1e-6, abs=1e-9), name


class Single(CapturedRound):
    """Plays single operations with the optimizers of a graph."""

    def play_round(self, batches: list[Batch]) -> None:
        self.model.play_round(batches)


def fit(model: AdversarialModule, data: Any, rounds: int, *callbacks: Callback) -> dict[str, Tensor]:
    model.run_length = rounds
    trainer(accelerator="gpu", devices=1, deterministic=True, callbacks=[*callbacks]).fit(model, datamodule=data)
    return {name: value.cpu() for name, value in model.state_dict().items()}


@pytest.mark.parametrize("choice", [["model=gan"], ["model=wgan_gp"], ["model=gmgan_dynamic"], ["model=ct_gan"]])
def test_a_graph_repeats_the_bits_of_single_operations(build_model: BuildModel, choice: list[str]) -> None:
    states: list[dict[str, Tensor]] = []
    for player in (Single, CapturedRound):
        model = build_model(*POINTS, *choice)
        model.round_player = player(model)
        states.append(fit(model, ring(), WARM_UP + 20))
    assert present(model.round_player.graph)
    assert differences(states[0], states[1]) == []


@pytest.mark.parametrize("model", ["wgan_gp", "gan_r1"])
def test_convolutions_give_the_same_bits_again(build_model: BuildModel, digits: Digits, model: str) -> None:
    first, second = (fit(build_model(f"model={model}", *CONVOLUTIONS), digits, 5) for _ in range(2))
    assert differences(first, second) == []


class NoWaits(Callback):
    """Lets torch refuse whatever waits for the GPU in a round, once all has been allocated."""

    def on_train_batch_start(self, trainer: Any, pl_module: Any, batch: Any, batch_idx: int) -> None:
        torch.cuda.set_sync_debug_mode("error" if batch_idx > 1 else "default")

    def on_train_batch_end(self, *rest: Any) -> None:
        torch.cuda.set_sync_debug_mode("default")

    def on_exception(self, *rest: Any) -> None:
        torch.cuda.set_sync_debug_mode("default")


@pytest.mark.parametrize("model", ["gan", "wgan_gp", "sngan", "gmgan_dynamic"])
def test_the_host_never_waits_in_a_round(build_model: BuildModel, model: str) -> None:
    fit(build_model(f"model={model}", *POINTS), ring(), 6, NoWaits())


def test_a_run_goes_on_and_is_measured_as_on_the_cpu(tmp_path: Path) -> None:
    """A resumed run has the bits of one that was not stopped; a CPU measures the GPU's samples as the GPU does, and
    trains the GPU's run longer."""
    digits = (
        "model=gmgan_static",
        "data=digits",
        "metric=mnistcnn",
        "callbacks.evaluation.n=60",
        "~callbacks.figures",
        "~callbacks.report",
    )
    measure = ("evaluate", "images=drawn/samples.npz", "data=digits", "n=200")
    said = many(
        [
            ("model=gan", *QUICK, "generator_steps=4", "hydra.run.dir=whole"),
            ("model=gan", *QUICK, "generator_steps=2", "hydra.run.dir=halves"),
            ("resume=halves", "generator_steps=4"),
            (*digits, "generator_steps=20", "hydra.run.dir=images"),
            ("evaluate", "images", "n=60", "hydra.run.dir=measured"),
            ("sample", "images", "n=200", "out=drawn", "format=npz"),
            (*measure, "hydra.run.dir=gpu"),
            (*measure, "hydra.run.dir=cpu", "device=cpu"),
            ("resume=images", "generator_steps=22", "trainer.accelerator=cpu"),
        ],
        tmp_path,
        apart=False,
    )
    assert [each["said"] for each in said if each["status"] != 0] == []
    states = [checkpoint(tmp_path / run)["state_dict"] for run in ("whole", "halves")]
    assert differences(*states) == []
    on_gpu, on_cpu = (json.loads((tmp_path / name / "evaluation.json").read_text()) for name in ("gpu", "cpu"))
    assert (on_gpu["machine"]["device"], on_cpu["machine"]["device"]) == (torch.cuda.get_device_name(), "cpu")
    for name, value in on_cpu["measures"]["generated"].items():
        assert on_gpu["measures"]["generated"][name] == pytest.approx(value, rel=1e-2, abs=1e-2), name
