"""python -m gan_lab.sample, as a user calls it."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PIL.GifImagePlugin import GifImageFile

from tests.commands import QUICK, many

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("sample")]

DIGITS = (
    *("model=gmgan_static", "data=digits", "generator_steps=12", "hydra.run.dir=run"),
    "callbacks.image_samples.times=1",
)
POINTS = (*QUICK, "generator_steps=12", "hydra.run.dir=run")
TRAINED = {"digits": DIGITS, "normal": ("model=gan", *POINTS), "mixture": ("model=gmgan_unsupervised", *POINTS)}
"""Trained on digits with classes; on points with a normal prior; on points with a mixture and no classes."""
PLACED = {"hydra.run.dir=out", "hydra.sweep.dir=out"}
CHAINS = ("sampler=ddls", "sampler.n_steps=3", "sampler.calibration=none")
HOPELESS = (
    *("sampler=drs", "sampler.calibration=none", "sampler.burn_in=100"),
    *("sampler.min_efficiency=0.99", "sampler.probe=10"),
)

COMMANDS: dict[str, tuple[str, ...]] = {
    "png": ("sample", "CHECKPOINT/digits", "n=60"),
    "npz": ("sample", "CHECKPOINT/digits", "n=60", "format=npz"),
    "evaluate": ("evaluate", "CHECKPOINT/digits", "n=60", "metric=pixels", "hydra.run.dir=out"),
    "one by one": ("sample", "CHECKPOINT/digits", "n=60", "format=npz", "sampler.batch_size=1"),
    "in batches": ("sample", "CHECKPOINT/digits", "n=60", "format=npz", "sampler.batch_size=16"),
    "all at once": ("sample", "CHECKPOINT/digits", "n=60", "format=npz", "sampler.batch_size=1000"),
    "again": ("sample", "CHECKPOINT/digits", "n=60"),
    "two seeds": ("sample", "-m", "CHECKPOINT/digits", "n=60", "format=npz", "seed=1,2", "hydra.sweep.dir=out"),
    "another seed": ("sample", "CHECKPOINT/digits", "n=60", "seed=2", "format=npz"),
    "label": ("sample", "CHECKPOINT/digits", "n=5", "label=3", "format=npz"),
    "component": (
        "sample",
        "CHECKPOINT/mixture",
        "n=5",
        "component=7",
        "format=npz",
        "trajectory=traversal",
        "trajectory_rows=2",
    ),
    "chains": ("sample", "CHECKPOINT/digits", "n=12", *CHAINS, "format=npz"),
    "chains of points": ("sample", "CHECKPOINT/normal", "n=12", *CHAINS, "format=npz"),
    "interpolation": (
        "sample",
        "CHECKPOINT/digits",
        "n=5",
        "trajectory=interpolation",
        "trajectory_rows=4",
        "trajectory_steps=3",
    ),
    "traversal": ("sample", "CHECKPOINT/digits", "n=1", "trajectory=traversal", "sampler=sigma_scaled"),
}

REFUSED: list[tuple[tuple[str, ...], str]] = [
    ((), "sample needs checkpoint=PATH"),
    (("checkpoint=nowhere",), "there is no checkpoint at"),
    (("CHECKPOINT/digits", "data=ring", "format=npz"), "the two cannot be compared"),
    (("CHECKPOINT/digits", "n=0"), "n is 0 and must be a whole number of 1 or more"),
    (("CHECKPOINT/digits", "n=2.5"), "n is 2.5"),
    (("CHECKPOINT/digits", "format=jpg"), "format is 'jpg'"),
    (("CHECKPOINT/digits", "device=abacus"), "device is 'abacus' and must be cpu, cuda"),
    (("CHECKPOINT/digits", "out=TAKEN"), "taken exists and is not empty"),
    (("CHECKPOINT/digits", "out=TAKEN/file"), "file exists and is not empty"),
    (("CHECKPOINT/digits", "label=3", "component=3"), "label=3 and component=3 both choose"),
    (("CHECKPOINT/digits", "label=10"), "label=10 must be one of 0 to 9"),
    (("CHECKPOINT/digits", "component=-1"), "component is -1 and must be a whole number of 0 or more"),
    (
        ("CHECKPOINT/normal", "component=0", "format=npz"),
        "component=0 cannot be used, since this model has no components",
    ),
    (("CHECKPOINT/mixture", "label=0", "format=npz"), "label=0 cannot be used, since this model has no classes"),
    (("CHECKPOINT/normal",), "format=png is for images"),
    (("CHECKPOINT/digits", "trajectory=walk"), "trajectory is 'walk'"),
    (("CHECKPOINT/digits", "trajectory_steps=1"), "trajectory_steps=1 does nothing here"),
    (("CHECKPOINT/digits", "trajectory=interpolation", "n=8"), "goes through 9 samples: n=8"),
    (("CHECKPOINT/digits", "trajectory=traversal", *CHAINS), "needs codes of the prior"),
    (("CHECKPOINT/normal", "trajectory=traversal", "format=npz"), "codes have 2 of them"),
    (("CHECKPOINT/digits", "n=20", *HOPELESS), "cannot draw 20 samples"),
]


@pytest.fixture(scope="module")
def answers(tmp_path_factory: Any) -> dict[str, dict[str, Any]]:
    """What each command said, all of them run in one process after the training of three models."""
    root = tmp_path_factory.mktemp("sample")
    trained = many([*TRAINED.values()], root)
    assert [answer["status"] for answer in trained] == [0] * len(TRAINED), trained
    runs = {name: answer["folder"] + "/run" for name, answer in zip(TRAINED, trained, strict=True)}
    (root / "taken").mkdir()
    (root / "taken" / "file").write_text("mine")

    def line(*arguments: str) -> list[str]:
        text = "\n".join(arguments).replace("TAKEN", str(root / "taken"))
        for name, run in runs.items():
            text = text.replace(f"CHECKPOINT/{name}", f"checkpoint={run}\nwhich=last")
        return text.split("\n")

    lines = [line(*arguments, *(() if PLACED & {*arguments} else ("out=out",))) for arguments in COMMANDS.values()]
    for arguments, _ in REFUSED:
        out = () if any(argument.startswith("out=") for argument in arguments) else ("out=out",)
        lines.append(line("sample", *arguments, *out))
    results = many(lines, root / "0", GAN_LAB_CACHE=str(root / "cache"))
    return dict(zip([*COMMANDS, *(sentence for _, sentence in REFUSED)], results, strict=True))


def folder(answers: dict[str, dict[str, Any]], name: str) -> Path:
    """Where a command wrote its files."""
    assert answers[name]["status"] == 0, answers[name]["said"]
    return Path(answers[name]["folder"]) / "out"


def record(answers: dict[str, dict[str, Any]], name: str) -> dict[str, Any]:
    return json.loads((folder(answers, name) / "samples.json").read_text())


def arrays(answers: dict[str, dict[str, Any]], name: str) -> dict[str, np.ndarray]:
    with np.load(folder(answers, name) / "samples.npz") as file:
        return dict(file)


def pixels(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path))


def test_png_and_npz_hold_the_same_images(answers: Any) -> None:
    png, npz = folder(answers, "png"), arrays(answers, "npz")
    assert sorted(path.name for path in png.iterdir()) == ["images", "samples.json", "sheet.png"]
    names = sorted(path.name for path in (png / "images").iterdir())
    assert names == [f"{number:06d}.png" for number in range(60)]
    assert {key: (value.shape, value.dtype.name) for key, value in npz.items()} == {
        "images": ((60, 1, 28, 28), "uint8"),
        "z": ((60, 200), "float32"),
        "component": ((60,), "int64"),
    }
    read = np.stack([pixels(png / "images" / name) for name in names])
    assert np.array_equal(read, npz["images"][:, 0])
    assert sorted(path.name for path in folder(answers, "npz").iterdir()) == [
        "samples.json",
        "samples.npz",
        "sheet.png",
    ]


def test_they_are_those_that_evaluate_measures(answers: Any) -> None:
    measured = folder(answers, "evaluate") / "samples.png"
    assert np.array_equal(pixels(measured), pixels(folder(answers, "png") / "sheet.png"))


def test_a_seed_gives_the_same_files(answers: Any) -> None:
    first, again = (
        {path.name: path.read_bytes() for path in folder(answers, name).glob("**/*.png")} for name in ("png", "again")
    )
    assert first == again
    assert not np.array_equal(arrays(answers, "npz")["z"], arrays(answers, "another seed")["z"])


def test_several_seeds_are_drawn_into_a_folder_each(answers: dict[str, dict[str, Any]]) -> None:
    for number, alone in enumerate(("npz", "another seed")):
        with np.load(folder(answers, "two seeds") / str(number) / "samples.npz") as file:
            assert np.array_equal(file["z"], arrays(answers, alone)["z"])


@pytest.mark.parametrize("name", ["one by one", "in batches", "all at once"])
def test_whatever_the_batch_size(answers: Any, name: str) -> None:
    """The same codes; of their images a pixel in ten thousand is rounded to the next grey level, for products of other
    sizes add in another order."""
    found, whole = arrays(answers, name), arrays(answers, "npz")
    assert np.array_equal(found["z"], whole["z"])
    assert np.array_equal(found["component"], whole["component"])
    apart = np.abs(found["images"].astype(int) - whole["images"])
    assert apart.max() <= 1
    assert (apart > 0).mean() < 1e-3


def test_label_and_component_choose(answers: Any) -> None:
    found = arrays(answers, "label")
    assert found["component"].tolist() == [3] * 5
    assert len(np.unique(found["z"], axis=0)) == 5
    assert record(answers, "label")["label"] == 3
    found = arrays(answers, "component")
    assert found["component"].tolist() == [7] * 5
    assert (found["points"].shape, found["points"].dtype.name) == ((5, 2), "float32")


def test_the_record_says_what_was_done_and_what_it_cost(answers: Any) -> None:
    found = record(answers, "chains")
    assert found["command"].startswith("python -m gan_lab.sample checkpoint=")
    assert (found["checkpoint"]["variant"], found["checkpoint"]["generator_steps"]) == ("gmgan_static", 12)
    assert len(found["checkpoint"]["sha256"]) == 64
    assert (found["sampler"]["name"], found["sampler"]["n_steps"], found["sampler"]["eps"]) == ("ddls", 3, 0.01)
    assert (found["seed"], found["n"]) == (1, 12)
    # A gradient is two passes; there is one before the first step and one for each step; then the images.
    assert found["cost"]["generator_passes"] == 2 * 4 + 1
    assert found["cost"]["critic_passes"] == 2 * 4
    assert found["cost"]["milliseconds"] == pytest.approx(1000 * found["stats"]["seconds"] / 12)
    (warning,) = found["report"]["warnings"]
    assert warning.startswith("the chains are too short for their law: 3 steps are")
    assert found["seconds"].keys() == {"preparing", "sampling"}
    assert {"machine", "versions", "acceptance"} <= found.keys()
    assert "cost of a sample: 17 network passes" in answers["chains"]["said"]


def test_samplers_that_move_codes_show_how(answers: Any) -> None:
    width, height = Image.open(folder(answers, "chains") / "chains.png").size
    assert height == 2 * (10 * 29 + 1)
    assert width in [2 * (steps * 29 + 1) for steps in (3, 4)]  # the start, steps between, the end
    assert Image.open(folder(answers, "chains of points") / "chains.png").size == (500, 500)
    assert not (folder(answers, "png") / "chains.png").exists()


def test_an_interpolation_goes_from_sample_to_sample(answers: Any) -> None:
    out = folder(answers, "interpolation")
    picture = pixels(out / "trajectory.png")
    assert picture.shape == (2 * (4 * 29 + 1), 2 * (3 * 29 + 1))
    for row in range(4):
        for column, number in ((0, row), (2, row + 1)):
            shown = picture[2 + 58 * row : 58 * (row + 1), 2 + 58 * column : 58 * (column + 1)][::2, ::2]
            assert np.abs(shown.astype(int) - pixels(out / "images" / f"{number:06d}.png")).max() <= 1
    with Image.open(out / "trajectory.gif") as gif:
        assert isinstance(gif, GifImageFile)
        assert gif.n_frames == 5  # there and back
        assert gif.size == (4 * (4 * 29 + 1), 4 * 30)


def test_a_traversal_has_a_row_for_each_coordinate(answers: Any) -> None:
    assert Image.open(folder(answers, "traversal") / "trajectory.png").size == (2 * (10 * 29 + 1), 2 * (8 * 29 + 1))
    assert Image.open(folder(answers, "component") / "trajectory.png").size == (500, 500)
    assert (folder(answers, "component") / "trajectory.gif").is_file()


@pytest.mark.parametrize("sentence", [sentence for _, sentence in REFUSED])
def test_what_cannot_be_drawn_is_refused_and_leaves_nothing(answers: Any, sentence: str) -> None:
    answer = answers[sentence]
    assert answer["status"] == 1, answer["said"]
    assert answer["said"].startswith("gan_lab: ")
    assert sentence in answer["said"]
    assert len(answer["said"].splitlines()) == 1, answer["said"]
    left = Path(answer["folder"])
    assert not (left / "out").exists()
    assert [path for path in left.rglob("*") if path.is_file() or path.name.startswith(".")] == []
    taken = left.parent.parent / "taken"
    assert [path.name for path in taken.iterdir()] == ["file"]
