"""Fixtures of all tests. Everything runs on the CPU with one thread, so that values repeat."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from hydra import compose, initialize_config_dir
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf, open_dict

from gan_lab.cli.build import build
from gan_lab.cli.conf_dir import CONF_DIR, register_resolvers
from tests.commands import gan_lab

torch.set_num_threads(1)
register_resolvers()


@pytest.fixture(scope="session")
def mnist_root() -> Path:
    """The folder with MNIST's files, or a skipped test."""
    root = Path(os.environ.get("GAN_LAB_DATA", "data"))
    if not (root / "MNIST" / "raw" / "train-images-idx3-ubyte").is_file():
        pytest.skip("needs GAN_LAB_DATA to point to MNIST")
    return root


@pytest.fixture
def composed() -> Iterator[Any]:
    """compose_config("model=gan", "data=ring"): the resolved configuration of a command line."""

    def compose_config(*overrides: str, name: str = "config") -> dict[str, Any]:
        config: DictConfig = compose(
            name, overrides=[*overrides, "hydra.runtime.output_dir=unused"], return_hydra_config=True
        )
        HydraConfig.instance().set_config(config)
        with open_dict(config):
            del config["hydra"]
        return OmegaConf.to_container(config, resolve=True)  # type: ignore[return-value]

    with initialize_config_dir(str(CONF_DIR), version_base="1.3"):
        yield compose_config
    HydraConfig.instance().cfg = None


@pytest.fixture
def build_model(composed: Any) -> Any:
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
        *("generator_steps=10", "metric=pixels", "callbacks.evaluation.n=50", "callbacks.evaluation.times=3"),
        *("callbacks.terms.every=2", "callbacks.image_samples.times=4"),
        cwd=folder.parents[2],
    )
    return folder


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow tests last: a mistake shows early. Groups before the rest, so that no worker is left with one at the end."""
    items.sort(key=lambda item: (bool(item.get_closest_marker("slow")), not item.get_closest_marker("xdist_group")))
