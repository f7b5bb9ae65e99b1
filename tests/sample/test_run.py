"""What the command draws and writes, of models that nobody trained."""

import hashlib
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from gan_lab.build import build
from gan_lab.config.compose import compose_config
from gan_lab.data.digits import Digits
from gan_lab.errors import GanLabError
from gan_lab.images import to_uint8
from gan_lab.model.base import AdversarialModule
from gan_lab.noise import seed_of
from gan_lab.sample.__main__ import USED
from gan_lab.sample.run import sample
from tests.commands import as_program

MODELS = {
    "digits": ("model=gmgan_static", "data=digits", "model.generator.hidden=[8]", "model.critic.hidden=[8]"),
    "ring": ("model=gan", "data=ring"),
}
Made = dict[str, tuple[Path, AdversarialModule]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """For each data set a model and its checkpoint. The averaged weights are others than those in training."""
    found = {}
    for name, overrides in MODELS.items():
        config = compose_config(*overrides)
        torch.manual_seed(0)
        model: AdversarialModule = build(config["model"], "model")
        for weights in model.averaged_generator.parameters():
            weights.data.mul_(2)
        path = tmp_path_factory.mktemp("made") / f"{name}.ckpt"
        torch.save({"config": config, "state_dict": model.state_dict(), "counters": {"generator_steps": 7}}, path)
        found[name] = path, model.eval()
    return found


@pytest.fixture
def draw(made: Made, tmp_path: Path) -> Callable[..., Path]:
    """draw("digits", n=5): the folder that the command writes."""

    def run(dataset: str, *overrides: str, **changed: Any) -> Path:
        config = compose_config(f"data={dataset}", *overrides, root="sample", keys=[*USED])
        given = {"checkpoint": str(made[dataset][0]), "out": str(tmp_path / "out"), "device": "cpu"} | changed
        return sample(config | given, [*overrides, "seed=3"], dataset)

    return run


def record(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "samples.json").read_text())


def arrays(folder: Path) -> dict[str, np.ndarray]:
    with np.load(folder / "samples.npz") as file:
        return dict(file)


def test_images_of_the_averaged_generator_and_where_they_come_from(
    draw: Callable[..., Path], made: Made, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, model = made["digits"]
    start = time.perf_counter()
    folder = draw("digits", n=6, seed=3)
    took = time.perf_counter() - start
    assert folder == tmp_path / "out"
    assert sorted(file.name for file in folder.iterdir()) == ["images", "samples.json", "sheet.png"]
    latent = model.averaged_prior.sample(6, torch.Generator().manual_seed(seed_of("evaluation", "test", 3)))
    with torch.inference_mode():
        expected = to_uint8(model.averaged_generator(latent.z, latent.component))
    files = sorted((folder / "images").iterdir())
    written = np.stack([np.asarray(Image.open(file)) for file in files]).astype(int)
    assert np.abs(written - expected[:, 0].numpy()).max() <= 1

    found = record(folder)
    assert found["command"] == "python -m gan_lab.sample seed=3"
    assert found["overrides"] == ["seed=3"]
    assert found["checkpoint"]["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (found["checkpoint"]["generator_steps"], found["checkpoint"]["ema"]) == (7, True)
    assert (found["n"], found["seed"], found["format"], found["sampler"]["name"]) == (6, 3, "png", "direct")
    assert found["cost"]["passes"] == found["cost"]["generator_passes"] == 1
    assert {"machine", "versions"} <= found.keys()
    seconds = found["seconds"]
    assert seconds.keys() == {"preparing", "sampling"}
    assert min(seconds.values()) >= 0
    assert sum(seconds.values()) <= took + 0.001
    said = capsys.readouterr().out
    assert "cost of a sample: 1 network pass," in said
    assert f"6 samples of gmgan_static: {tmp_path}/out" in said
    assert "written there: images/, samples.json, sheet.png" in said
    assert "warning" not in said


def test_a_class_is_chosen(draw: Callable[..., Path]) -> None:
    folder = draw("digits", n=4, format="npz", label=3)
    found = arrays(folder)
    assert found["component"].tolist() == [3] * 4
    assert (found["images"].shape, len(np.unique(found["z"], axis=0))) == ((4, 1, 28, 28), 4)
    assert (record(folder)["label"], record(folder)["component"]) == (3, None)


def test_a_component_is_chosen(draw: Callable[..., Path]) -> None:
    folder = draw("digits", n=4, format="npz", component=7)
    assert arrays(folder)["component"].tolist() == [7] * 4
    assert (record(folder)["label"], record(folder)["component"]) == (None, 7)


@pytest.mark.parametrize(("trajectory", "rows", "steps"), [("interpolation", 2, 4), ("traversal", 5, 3)])
def test_trajectories_start_from_the_samples(draw: Callable[..., Path], trajectory: str, rows: int, steps: int) -> None:
    folder = draw("digits", n=4, trajectory=trajectory, trajectory_rows=rows, trajectory_steps=steps)
    picture = np.asarray(Image.open(folder / "trajectory.png"))
    assert picture.shape == (2 * (29 * rows + 1), 2 * (29 * steps + 1))
    assert (folder / "trajectory.gif").is_file()
    assert not (folder / "chains.png").exists()
    if trajectory == "interpolation":
        shown = picture[2::2, 2::2]
        for row in range(rows):
            for column, number in ((0, row), (steps - 1, row + 1)):
                image = shown[29 * row : 29 * row + 28, 29 * column : 29 * column + 28].astype(int)
                with Image.open(folder / "images" / f"{number:06d}.png") as saved:
                    assert np.abs(image - np.asarray(saved)).max() <= 1


def test_samplers_that_move_codes_show_how_and_what_it_costs(
    draw: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    chains = ("sampler=ddls", "sampler.n_steps=2", "sampler.calibration=none")
    folder = draw("ring", *chains, n=5, format="npz")
    assert sorted(file.name for file in folder.iterdir()) == ["chains.png", "samples.json", "samples.npz", "sheet.png"]
    found = record(folder)
    assert (found["sampler"]["name"], found["sampler"]["n_steps"]) == ("ddls", 2)
    assert found["acceptance"] == found["stats"].get("acceptance")
    # A gradient is two passes of each network: before the first step and after each; then the points are made.
    assert (found["cost"]["critic_passes"], found["cost"]["generator_passes"]) == (6, 7)
    assert found["cost"]["milliseconds"] == pytest.approx(1000 * found["stats"]["seconds"] / 5)
    assert "cost of a sample: 13 network passes" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("dataset", "overrides", "changed", "sentence"),
    [
        ("ring", (), {}, "format=png is for images"),
        ("ring", (), {"format": "npz", "trajectory": "traversal", "trajectory_rows": 101}, "codes have"),
        ("ring", ("sampler=sir",), {"format": "npz", "trajectory": "traversal"}, "needs codes of the prior"),
        ("ring", (), {"format": "npz", "component": 0}, "component= cannot be used"),
        ("digits", (), {"label": 10}, "label=10 must be one of 0 to 9"),
        ("digits", (), {"device": "abacus"}, "device=abacus is not available"),
    ],
)
def test_what_cannot_be_drawn_leaves_nothing(
    draw: Callable[..., Path],
    tmp_path: Path,
    dataset: str,
    overrides: tuple[str, ...],
    changed: dict[str, Any],
    sentence: str,
) -> None:
    with pytest.raises(GanLabError, match=sentence):
        draw(dataset, *overrides, **changed)
    assert list(tmp_path.iterdir()) == []


def test_the_command_takes_the_data_of_the_checkpoint(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, _ = made["ring"]
    arguments = [f"checkpoint={path}", "n=3", "format=npz", f"out={tmp_path}/out", f"hydra.run.dir={tmp_path}/run"]
    monkeypatch.setattr("sys.argv", ["gan_lab.sample", *arguments])
    as_program("sample")
    assert arrays(tmp_path / "out")["points"].shape == (3, 2)
    said = record(tmp_path / "out")["command"].split()
    assert said == ["python", "-m", "gan_lab.sample", *arguments[:4], "data=ring"]
    assert [file.name for file in tmp_path.iterdir()] == ["out"], "no folder of Hydra's stays"


def test_images_of_codes_of_the_prior_need_no_data(draw: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has a model, and not the files that it was trained on, sees what it generates."""

    def missing(self: Digits) -> None:
        raise GanLabError("these data are not here")

    monkeypatch.setattr(Digits, "setup", missing)
    assert len(list((draw("digits", n=2) / "images").iterdir())) == 2
    with pytest.raises(GanLabError, match="these data are not here"):
        draw("digits", "sampler=sir", n=2, out="elsewhere")
