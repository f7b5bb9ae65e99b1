from pathlib import Path

import pytest
from omegaconf import OmegaConf

from gan_lab.build import build
from gan_lab.conf_dir import CONF_DIR, register_resolvers
from gan_lab.data.base import DataModule

FILES = sorted((CONF_DIR / "data").glob("*.yaml"))
NEEDS_NO_FILE = ("digits", "grid", "ring", "swiss_roll")


def built(path: Path, **overrides) -> DataModule:
    register_resolvers()
    config = OmegaConf.merge(OmegaConf.load(path), {"seed": 5, "data": overrides})
    return build(OmegaConf.to_container(config.data, resolve=True), "data")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_fits_its_constructor(path):
    data = built(path)
    assert isinstance(data, DataModule)
    assert data.seed == 5
    assert data.batch_size == 64
    assert OmegaConf.load(path).epochs > 0


@pytest.mark.parametrize("name", NEEDS_NO_FILE)
def test_data_without_files_are_what_their_config_says(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    data = built(CONF_DIR / "data" / f"{name}.yaml")
    data.prepare_data()
    data.setup()
    assert data.train.values.shape[1:] == data.shape
    found = 0 if data.train.labels is None else len(data.train.labels.unique())
    assert found == data.num_classes
    assert not list(tmp_path.iterdir())


def test_the_folder_config_counts_classes_and_follows_its_size(tmp_path):
    for name in "ab":
        (tmp_path / name).mkdir()
        (tmp_path / name / "0.png").touch()
    data = built(CONF_DIR / "data" / "folder.yaml", root=str(tmp_path), channels=3, image_size=64)
    assert data.shape == (3, 64, 64)
    assert data.num_classes == 2


def test_the_data_root_comes_from_the_environment_or_the_working_directory(tmp_path, monkeypatch):
    path = CONF_DIR / "data" / "kmnist.yaml"
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GAN_LAB_DATA", raising=False)
    assert built(path).raw == tmp_path / "data" / "KMNIST" / "raw"
    monkeypatch.setenv("GAN_LAB_DATA", "elsewhere")
    assert built(path).raw == tmp_path / "elsewhere" / "KMNIST" / "raw"
