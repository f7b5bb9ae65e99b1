"""A composed configuration is that of the command line as it is now, and belongs to whom it is given."""

from pathlib import Path

import pytest
from hydra.core.hydra_config import HydraConfig
from omegaconf import OmegaConf

from gan_lab.config.compose import compose_config, composition
from gan_lab.config.resolvers import register_resolvers


def test_it_says_what_the_command_line_does() -> None:
    config = compose_config("model=gan", "data=ring", "model.n_critic=3")
    assert (config["variant"], config["dataset"], config["model"]["n_critic"]) == ("gan", "ring", 3)
    assert config["overrides"] == ["model=gan", "data=ring", "model.n_critic=3"]
    assert "hydra" not in config
    assert compose_config("checkpoint=x", "sampler=sir", root="evaluate", keys=["checkpoint"]) == {"checkpoint": "x"}


def test_nobody_changes_what_others_get() -> None:
    compose_config("model=gan")["model"]["n_critic"] = 7
    assert compose_config("model=gan")["model"]["n_critic"] == 1


def test_the_environment_and_the_disk_are_looked_at_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    line = ("data=folder", f"data.root='{tmp_path}'", "logger=wandb")
    for count in (2, 3):
        for number in range(count):
            (tmp_path / str(number)).mkdir(exist_ok=True)
            (tmp_path / str(number) / "image.png").touch()
        monkeypatch.setenv("GAN_LAB_CACHE", f"/cache{count}")
        monkeypatch.setenv("WANDB_API_KEY", "" if count == 2 else "key")
        monkeypatch.setenv("HOME", "/nonexistent")
        config = compose_config(*line)
        assert config["metric"]["cache_dir"] == f"/cache{count}"
        assert config["loggers"]["wandb"]["offline"] == (count == 2)
        assert config["data"]["num_classes"] == count


def test_it_needs_nothing_that_a_command_has_set_up() -> None:
    OmegaConf.clear_resolvers()
    try:
        composition.cache_clear()
        assert compose_config("model=gan", "data=ring")["name"] == "gan"
    finally:
        register_resolvers()


def test_hydras_own_state_stays_as_it_was() -> None:
    before = HydraConfig.instance().cfg
    compose_config("model=gan")
    assert HydraConfig.instance().cfg is before
