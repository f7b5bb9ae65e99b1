from pathlib import Path
from typing import Protocol

import pytest

from gan_lab.build import build
from gan_lab.data.base import DataModule
from gan_lab.data.mnist import MNIST
from gan_lab.trust.targets import CONF_DIR
from tests.fixtures import Compose

NAMES = sorted(path.stem for path in (CONF_DIR / "data").glob("*.yaml"))
NEEDS_NO_FILE = ("digits", "dirac", "grid", "patches", "ring", "swiss_roll")


class Built(Protocol):
    def __call__(self, name: str, *overrides: str) -> DataModule: ...


@pytest.fixture
def built(composed: Compose) -> Built:
    """built("mnist", "data.root=..."): the data module of a command line."""

    def make(name: str, *overrides: str) -> DataModule:
        return build(composed(f"data={name}", "seed=5", *overrides)["data"], "data")

    return make


@pytest.mark.parametrize("name", NAMES)
def test_every_file_fits_its_constructor(built: Built, composed: Compose, name: str) -> None:
    data = built(name)
    assert isinstance(data, DataModule)
    assert data.seed == 5
    assert data.batch_size == 64
    assert composed(f"data={name}")["epochs"] > 0


@pytest.mark.parametrize("name", NEEDS_NO_FILE)
def test_data_without_files_are_what_their_config_says(
    built: Built, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    data = built(name)
    data.prepare_data()
    data.setup()
    assert data.train.values.shape[1:] == data.shape
    found = 0 if data.train.labels is None else len(data.train.labels.unique())
    assert found == data.num_classes
    assert not list(tmp_path.iterdir())


def test_the_folder_config_counts_classes_and_follows_its_size(built: Built, tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).mkdir()
        (tmp_path / name / "0.png").touch()
    data = built("folder", f"data.root='{tmp_path}'", "data.channels=3", "data.image_size=64")
    assert data.shape == (3, 64, 64)
    assert data.num_classes == 2


def test_the_data_root_comes_from_the_environment_or_the_working_directory(
    built: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def raw() -> Path:
        data = built("kmnist")
        assert isinstance(data, MNIST)
        return data.raw

    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GAN_LAB_DATA", raising=False)
    assert raw() == tmp_path / "data" / "KMNIST" / "raw"
    monkeypatch.setenv("GAN_LAB_DATA", "elsewhere")
    assert raw() == tmp_path / "elsewhere" / "KMNIST" / "raw"
