"""Fixtures of all tests. They run on the CPU, but for those of `pytest -m gpu`; with one thread, unless
GAN_LAB_TEST_THREADS says otherwise."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from gan_lab.build import build
from gan_lab.config.compose import compose_config
from gan_lab.config.resolvers import register_resolvers
from gan_lab.data.digits import Digits
from tests.commands import gan_lab
from tests.fixtures import Compose

os.environ.setdefault("GAN_LAB_TRUST", "tests")  # tests build objects of their own
torch.set_num_threads(int(os.environ.get("GAN_LAB_TEST_THREADS", "1")))
register_resolvers()


def pytest_configure(config: pytest.Config) -> None:
    if config.option.markexpr != "gpu":
        os.environ["CUDA_VISIBLE_DEVICES"] = ""  # CUDA reads it when it is first used


@pytest.fixture(scope="session")
def mnist_root() -> Path:
    """The folder with MNIST's files, or a skipped test."""
    root = Path(os.environ.get("GAN_LAB_DATA", "data"))
    if not (root / "MNIST" / "raw" / "train-images-idx3-ubyte").is_file():
        pytest.skip("needs GAN_LAB_DATA to point to MNIST")
    return root


@pytest.fixture(scope="session")
def digits() -> Digits:
    """997 / 400 / 400 digits of 28x28."""
    data = Digits(shape=(1, 28, 28), num_classes=10, batch_size=64, seed=0, split_seed=0)
    data.setup()
    return data


@pytest.fixture
def composed() -> Callable[..., dict[str, Any]]:
    """composed("model=gan", "data=ring"): the resolved configuration of a command line."""
    return compose_config


@pytest.fixture
def build_model(composed: Compose) -> Any:
    """build_model("model=wgan_gp", ...): the LightningModule of a command line, with repeatable weights."""

    def make(*overrides: str) -> Any:
        torch.manual_seed(0)
        return build(composed(*overrides)["model"], "model")

    return make


@pytest.fixture(scope="session")
def wandb_sweep(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a sweep of two short runs on images, which W&B was told of."""
    folder = tmp_path_factory.mktemp("wandb") / "outputs" / "multirun" / "two_n_critics"
    gan_lab(
        *("-m", "model=gan", "model.n_critic=1,2", "logger=wandb", f"hydra.sweep.dir={folder}"),
        *(
            "generator_steps=10",
            "metric=pixels",
            "callbacks.evaluation.n=50",
            "callbacks.evaluation.times=3",
            "callbacks.evaluation.steps_apart=1",
        ),
        *("callbacks.terms.every=2", "callbacks.image_samples.times=4"),
        cwd=folder.parents[2],
    )
    return folder


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow tests last: a mistake shows early. Groups before the rest, so that no worker is left with one at the end."""
    items.sort(key=lambda item: (bool(item.get_closest_marker("slow")), not item.get_closest_marker("xdist_group")))
