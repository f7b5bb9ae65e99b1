"""What the command finds and writes: of a model that nobody trained, and of images of every kind."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from gan_lab.build import build
from gan_lab.config.compose import compose_config, composition
from gan_lab.config.plain_values import as_hydra_config
from gan_lab.data.digits import Digits
from gan_lab.errors import GanLabError
from gan_lab.images import to_pil, to_uint8
from gan_lab.invert.__main__ import USED, check
from gan_lab.invert.run import invert
from gan_lab.model.base import AdversarialModule
from gan_lab.trust.foreign import read_yaml
from gan_lab.trust.targets import CONF_DIR
from tests.commands import as_program

QUICK = ("descent.candidates=30", "descent.steps=8", "descent.starts=2")
MODEL = ("model=gmgan_static", "data=digits", "model.generator.hidden=[8]", "model.critic.hidden=[8]")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, AdversarialModule]:
    """A model and its checkpoint."""
    config = compose_config(*MODEL)
    torch.manual_seed(0)
    model: AdversarialModule = build(config["model"], "model")
    path = tmp_path_factory.mktemp("made") / "digits.ckpt"
    torch.save({"config": config, "state_dict": model.state_dict(), "counters": {"generator_steps": 7}}, path)
    return path, model.eval()


@pytest.fixture
def inverted(made: tuple[Path, AdversarialModule], tmp_path: Path) -> Callable[..., Path]:
    """inverted(n=5): the folder that the command writes."""

    def run(*overrides: str, **changed: Any) -> Path:
        config = compose_config("data=digits", *QUICK, *overrides, root="invert", keys=[*USED])
        given = {"checkpoint": str(made[0]), "out": str(tmp_path / "out"), "device": "cpu"} | changed
        return invert(config | given, [*overrides], "digits")

    return run


def record(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "inversion.json").read_text())


def test_test_images_have_codes_whose_errors_are_those_of_the_files(
    inverted: Callable[..., Path],
    made: tuple[Path, AdversarialModule],
    digits: Digits,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = inverted(n=30)
    batch = digits.test.batch(torch.arange(30))
    assert batch.labels is not None
    generator, _ = made[1].averaged_networks
    found, z = record(folder), torch.from_numpy(np.load(folder / "codes.npy"))
    component = torch.tensor([image["component"] for image in found["images"]])
    with torch.no_grad():
        x = generator(z, component)
    error = (x - batch.images).square().mean((1, 2, 3))
    assert [image["error"] for image in found["images"]] == pytest.approx(error.tolist(), rel=1e-4)
    assert found["error"]["mean"] == pytest.approx(error.mean().item(), rel=1e-4)
    assert np.abs(np.load(folder / "reconstructions.npy").astype(int) - to_uint8(x).numpy()).max() <= 1
    for label, values in found["by_class"].items():
        of_class = error[batch.labels == int(label)]
        assert (values["images"], values["error"]) == (len(of_class), pytest.approx(of_class.mean().item(), rel=1e-4))
    with (folder / "codes.csv").open(newline="") as file:
        lines = [*csv.DictReader(file)]
    assert [int(line["label"]) for line in lines] == batch.labels.tolist()
    assert [float(line["error"]) for line in lines] == [image["error"] for image in found["images"]]
    assert min(found["images"][0]["losses"]) == found["images"][0]["loss"]
    assert (found["descent"]["steps"], found["checkpoint"]["ema"], found["source"]["split"]) == (8, True, "test")
    with Image.open(folder / "reconstructions.png") as picture:
        assert picture.size == (4 * (2 * 88 + 8), 20 + 8 * (2 * 30 + 20))
    assert not (folder / "trajectory.png").exists()
    said = capsys.readouterr().out
    assert "codes of 30 images, found for gmgan_static" in said
    assert "class 3" in said


def test_a_folder_has_its_names_and_paths_lead_from_image_to_image(
    inverted: Callable[..., Path], digits: Digits, tmp_path: Path
) -> None:
    (tmp_path / "photos").mkdir()
    images = digits.test.values[:3]
    for name, image in zip(("10", "9", "=1"), images, strict=True):
        to_pil(image).save(tmp_path / "photos" / f"{name}.png")
    folder = inverted(images=str(tmp_path / "photos"), interpolation_steps=5)
    found = record(folder)
    assert [image["image"] for image in found["images"]] == ["9.png", "10.png", "=1.png"]
    assert "'=1.png" in (folder / "codes.csv").read_text(), "no spreadsheet calculates a name"
    assert found["by_class"] == {}
    assert found["source"]["found"] == 3
    shown = np.asarray(Image.open(folder / "trajectory.png"))[2::2, 2::2]
    assert shown.shape[1] // 29 == 5
    made = np.load(folder / "reconstructions.npy")[:, 0].astype(int)
    for row in range(2):
        for column, number in ((0, row), (4, row + 1)):
            image = shown[29 * row : 29 * row + 28, 29 * column : 29 * column + 28].astype(int)
            assert np.abs(image - made[number]).max() <= 1
    assert (folder / "trajectory.gif").is_file()


def test_one_picture_is_enough(inverted: Callable[..., Path], digits: Digits, tmp_path: Path) -> None:
    to_pil(digits.test.values[0]).save(tmp_path / "one.png")
    folder = inverted(images=str(tmp_path / "one.png"))
    assert [image["image"] for image in record(folder)["images"]] == ["one.png"]
    assert np.load(folder / "codes.npy").shape[0] == 1


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"n": 401}, "n=401 is more than there are: data=digits has 400 test images"),
        ({"n": 1, "interpolation_steps": 4}, "of 2 to 101 images, not of 1"),
        ({"device": "abacus"}, "device=abacus is not available"),
        ({"checkpoint": None}, "invert needs checkpoint=PATH"),
    ],
)
def test_what_cannot_be_found_leaves_nothing(
    inverted: Callable[..., Path], tmp_path: Path, changed: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(GanLabError, match=sentence):
        inverted(**changed)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("words", "model", "sentence"),
    [
        (["links=true"], ["model=gan"], r"links=true does nothing here"),
        (["n=1", "interpolation_steps=4"], ["model=gan"], "two images or more: n=1 is too small"),
        (["interpolation_steps=1"], ["model=gan"], "interpolation_steps is 1 and must be"),
        (["descent.starts=2000"], ["model=gan"], "descent has more starts than candidates"),
        (["descent.weight=1"], ["model=gan", "prior=uniform"], "descent.weight=1 does nothing here: codes of this"),
        (["data=ring"], ["model=gan", "data=ring"], "codes of images, and data=ring has points"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything_is_opened(
    tmp_path: Path, words: list[str], model: list[str], sentence: str
) -> None:
    data = [] if "data=ring" in model else ["data=digits"]
    (tmp_path / "config.yaml").write_text(json.dumps(compose_config(*data, *model)))
    overrides = (*data, f"checkpoint={tmp_path}", *words, f"hydra.runtime.output_dir={tmp_path / 'out'}")
    config = composition("invert", overrides)
    with as_hydra_config(config), pytest.raises(GanLabError, match=sentence):
        check(config, overrides[:-1])


def test_the_command_and_the_measure_seek_alike() -> None:
    ours, theirs = (read_yaml(CONF_DIR / name)["descent"] for name in ("invert.yaml", "measure/reconstruction.yaml"))
    assert ours == theirs


def test_the_command_as_it_is_typed(
    made: tuple[Path, AdversarialModule], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, digits: Digits
) -> None:
    monkeypatch.chdir(tmp_path)
    np.save("images.npy", digits.test.values[:2, 0].numpy())
    words = [f"checkpoint={made[0]}", "images=images.npy", *QUICK, "out=found", "device=cpu"]
    monkeypatch.setattr("sys.argv", ["gan_lab.invert", *words])
    as_program("invert")
    assert record(tmp_path / "found")["command"] == "python -m gan_lab.invert " + " ".join([*words, "data=digits"])
