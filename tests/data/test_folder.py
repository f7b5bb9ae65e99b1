import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
import torch
from PIL import Image

from gan_lab.build import build
from gan_lab.data.folder import Folder
from gan_lab.data.folder_classes import class_names, count_subfolders, image_files, links_left_out, no_image
from gan_lab.data.folder_shape import folder_shape
from gan_lab.data.opened_picture import opened
from gan_lab.terminal.table import against
from gan_lab.types import GanLabError
from tests.fixtures import Compose
from tests.present import present

RED, GREEN, BLUE = (200, 10, 20), (30, 180, 40), (50, 60, 220)


def folder(
    root: Path,
    channels: Literal[1, 3] = 3,
    num_classes: int | None = None,
    validation: float = 0.2,
    size: int | tuple[int, int] = 6,
    batch_size: int | None = 2,
) -> Folder:
    return Folder(
        root=str(root),
        image_size=size,
        channels=channels,
        validation_fraction=validation,
        test_fraction=0.1,
        shape=(channels, *(size if isinstance(size, tuple) else (size, size))),
        num_classes=count_subfolders(str(root)) if num_classes is None else num_classes,
        batch_size=batch_size,
        seed=0,
        split_seed=0,
    )


def loaded(root: Path, **options: Any) -> Folder:
    data = folder(root, **options)
    data.prepare_data()
    data.setup()
    return data


def save(path: Path, colour: tuple[int, int, int], size: tuple[int, int] = (12, 8)) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, colour).save(path)


@pytest.fixture
def classes(tmp_path: Path) -> Path:
    """Ten blue, ten green and ten red pictures in folders b, g/deep and r."""
    for i in range(10):
        save(tmp_path / "r" / f"{i}.png", RED)
        save(tmp_path / "g" / "deep" / f"{i}.PNG", GREEN, (5, 9))
        save(tmp_path / "b" / f"{i}.bmp", BLUE, (6, 6))
    (tmp_path / "notes.txt").write_text("not an image")
    (tmp_path / "empty").mkdir()
    save(tmp_path / ".cache" / "0.png", RED)
    return tmp_path


def test_colours_and_labels_come_from_the_subfolders(classes: Path) -> None:
    assert count_subfolders(str(classes)) == 3
    data = loaded(classes)
    parts = [data.train, data.validation, data.test]
    assert [len(part) for part in parts] == [21, 6, 3]
    values, labels = torch.cat([p.values for p in parts]), torch.cat([present(p.labels) for p in parts])
    assert labels.bincount().tolist() == [10, 10, 10]
    expected = torch.tensor([BLUE, GREEN, RED], dtype=torch.uint8)[labels].view(-1, 3, 1, 1)
    assert torch.equal(values, expected.expand(-1, 3, 6, 6))


def test_grey_is_the_luma_of_the_colour(classes: Path) -> None:
    data = loaded(classes, channels=1)
    luma = torch.tensor([299, 587, 114.0]) @ torch.tensor([BLUE, GREEN, RED]).float().T / 1000
    expected = luma[data.train.labels].view(-1, 1, 1, 1)
    assert data.train.values.shape == (21, 1, 6, 6)
    assert (data.train.values - expected).abs().max() <= 1


def test_the_split_seed_decides_the_split(classes: Path) -> None:
    one, two, other = folder(classes), folder(classes), folder(classes)
    other.split_seed = 1
    for data in (one, two, other):
        data.setup()
    assert torch.equal(present(one.train.labels), present(two.train.labels))
    assert not torch.equal(present(one.train.labels), present(other.train.labels))


def test_an_image_in_the_folder_itself_takes_the_labels_away(classes: Path) -> None:
    save(classes / "0.jpg", RED)
    assert count_subfolders(str(classes)) == 0
    data = loaded(classes)
    assert data.train.labels is None
    assert sum(map(len, (data.train, data.validation, data.test))) == 31


def test_images_are_cut_to_the_central_square_before_resizing(tmp_path: Path) -> None:
    wide = np.zeros((10, 30), dtype=np.uint8)
    wide[:, 10:20] = 255
    for i in range(10):
        Image.fromarray(wide).save(tmp_path / f"{i}.png")
    # The filter looks a little beyond the cut.
    assert loaded(tmp_path, channels=1).train.values.min() > 200


def test_resizing_is_antialiased(tmp_path: Path) -> None:
    stripes = np.tile(np.array([0, 255], dtype=np.uint8), (64, 32))
    for i in range(10):
        Image.fromarray(stripes).save(tmp_path / f"{i}.png")
    values = loaded(tmp_path, channels=1, size=8).train.values
    assert (values.float() - 127.5).abs().max() < 20


def test_the_protocol_of_measures_says_how_images_were_resized(tmp_path: Path, composed: Compose) -> None:
    for number in range(40):
        Image.effect_noise((20, 20), 60).convert("RGB").save(tmp_path / f"{number}.png")

    def protocol(*options: str) -> dict[str, Any]:
        config = composed("data=folder", f"data.root='{tmp_path}'", "metric=pixels", *options)
        data, measure = build(config["data"], "data"), build(config["metric"], "metric")
        data.setup()
        measure.prepare(data, 4, 0, torch.device("cpu"))
        found: dict[str, Any] = measure.protocol()
        return found

    as_they_are, smaller = protocol(), protocol("data.image_size=8")
    assert "image_preparation" not in as_they_are
    assert smaller["image_preparation"] == "resized to 8 x 8, bicubic and antialiased"
    assert "4 validation samples (resized to 8 x 8, bicubic and antialiased) on features of" in against(smaller)


def test_resized_images_are_those_of_an_antialiasing_filter(tmp_path: Path) -> None:
    """The bicubic kernel (Keys 1981, a = -0.5), stretched over as many pixels as become one, by a matrix product."""
    pixels = np.random.default_rng(0).integers(0, 256, (24, 24), dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "0.png")
    scale = 24 / 6
    away = np.abs((np.arange(24) + 0.5)[None] - (np.arange(6) + 0.5)[:, None] * scale) / scale
    kernel = np.where(away < 1, 1.5 * away**3 - 2.5 * away**2 + 1, -0.5 * away**3 + 2.5 * away**2 - 4 * away + 2)
    weights = np.where(away < 2, kernel, 0)
    weights /= weights.sum(1, keepdims=True)
    expected = (weights @ pixels @ weights.T).clip(0, 255)
    found = opened(tmp_path / "0.png", (1, 6, 6))[0][0].numpy()
    assert np.abs(found - expected).max() < 2, "PIL rounds after each axis"


def test_transparent_parts_are_black_and_grey_files_may_be_shown_in_colour(tmp_path: Path) -> None:
    for i in range(5):
        Image.new("RGBA", (6, 6), (255, 255, 255, 0)).save(tmp_path / f"clear{i}.png")
        Image.new("L", (6, 6), 77).save(tmp_path / f"grey{i}.png")
    data = loaded(tmp_path)
    values = torch.cat([data.train.values, data.validation.values, data.test.values])
    assert sorted(values.flatten(1).float().mean(dim=1).tolist()) == [0.0] * 5 + [77.0] * 5


def test_an_unreadable_file_is_named(classes: Path) -> None:
    whole = (classes / "r" / "3.png").read_bytes()
    (classes / "r" / "3.png").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(GanLabError, match=r"r/3\.png cannot be read as an 8-bit image"):
        loaded(classes)


def test_deep_greys_are_refused_instead_of_cut_off(classes: Path) -> None:
    Image.fromarray(np.full((6, 6), 40_000, dtype=np.uint16)).save(classes / "r" / "deep.png")
    with pytest.raises(GanLabError, match=r"r/deep\.png cannot be read as an 8-bit image"):
        loaded(classes)


@pytest.mark.parametrize("name", ["", "nowhere"])
def test_a_folder_without_images_says_where_it_looked(tmp_path: Path, name: str) -> None:
    assert count_subfolders(str(tmp_path / name)) == 0
    with pytest.raises(GanLabError, match=rf"{tmp_path / name}: set data\.root"):
        loaded(tmp_path / name)


def test_too_few_images_for_three_parts(tmp_path: Path) -> None:
    for i in range(5):
        save(tmp_path / f"{i}.png", RED)
    with pytest.raises(GanLabError, match=r"5 images .* 1 for training, 2 for validation and 2 for test"):
        loaded(tmp_path)
    save(tmp_path / "5.png", RED)
    data = loaded(tmp_path)
    assert [len(part) for part in (data.train, data.validation, data.test)] == [2, 2, 2]
    with pytest.raises(GanLabError, match="0 for validation"):
        loaded(tmp_path, validation=0.0)


@pytest.mark.parametrize(("images", "batch"), [(12, 8), (60, 32), (100, 64)])
def test_a_batch_is_no_larger_than_the_training_images(tmp_path: Path, images: int, batch: int) -> None:
    for i in range(images):
        save(tmp_path / f"{i}.png", RED, (6, 6))
    data = loaded(tmp_path, validation=0.1, batch_size=None)
    assert data.batch_size == batch
    assert loaded(tmp_path, batch_size=3).batch_size == 3


def test_images_may_be_rectangles(tmp_path: Path) -> None:
    tall = np.zeros((30, 10), dtype=np.uint8)
    tall[10:20] = 255  # what a 2:1 cut keeps of it is mostly white
    for i in range(10):
        Image.fromarray(tall).save(tmp_path / f"{i}.png")
    data = loaded(tmp_path, channels=1, size=(4, 8))
    assert data.train.values.shape[1:] == (1, 4, 8)
    assert data.train.values.min() > 200
    assert data.notes == ("10 images of 30 x 10 grey are cut and resized to 4 x 8 grey",)
    assert data.prepared == "cut to their middle, resized to 4 x 8, bicubic and antialiased"


def test_the_data_are_described_with_their_numbers(classes: Path) -> None:
    assert loaded(classes).described == (
        f"30 images of {classes.name} (21 to train, 6 to validate, 3 to test), 6 x 6 pixels (height x width), "
        "3 channels, 3 classes"
    )
    assert loaded(classes, num_classes=0).described.endswith(", without classes")


def test_a_pipe_is_not_waited_for(classes: Path) -> None:
    before = len(loaded(classes).train)
    os.mkfifo(classes / "r" / "pipe.png")
    assert len(loaded(classes).train) == before, "it is no image"


@pytest.mark.parametrize("size", [0, [3], [4, 5, 6], [4, 0], "large", True])
def test_refuses_a_size_that_is_none(size: Any) -> None:
    wanted = r"data\.image_size is .* must be a whole number of 1 or more or a list of 2 values"
    with pytest.raises(GanLabError, match=wanted):
        sized(size, (3, 6, 6))


@pytest.mark.parametrize(("images", "counts"), [(5, None), (10, (6, 2, 2)), (15, (10, 3, 2))])
def test_fractions_are_rounded_and_each_part_needs_two(
    tmp_path: Path, images: int, counts: tuple[int, int, int] | None
) -> None:
    for i in range(images):
        save(tmp_path / f"{i}.png", RED)
    if counts is None:
        with pytest.raises(GanLabError, match=r"1 for training, 2 for validation and 2 for test, but each needs 2"):
            loaded(tmp_path)
    else:
        data = loaded(tmp_path)
        assert (len(data.train), len(data.validation), len(data.test)) == counts


def test_two_images_for_each_part_are_enough(tmp_path: Path) -> None:
    for i in range(6):
        save(tmp_path / f"{i}.png", RED)
    data = folder(tmp_path, validation=0.33)
    data.test_fraction = 0.33
    data.setup()
    assert [len(part) for part in (data.train, data.validation, data.test)] == [2, 2, 2]
    data = folder(tmp_path, validation=0.33)
    data.test_fraction = 0.67
    with pytest.raises(GanLabError, match="give 0 for training, 2 for validation and 4 for test"):
        data.setup()


def test_links_are_followed_if_asked_for_and_hidden_files_are_not_read(tmp_path: Path) -> None:
    root = tmp_path / "root"
    for name in ("a", "z"):
        save(tmp_path / "elsewhere" / name / "0.png", RED)
        save(root / name / ".hidden.png", BLUE)
    (root / "linked").symlink_to(tmp_path / "elsewhere")
    assert image_files(root) == []
    assert links_left_out(root) == 1
    assert "its 1 links are not followed unless data.links=true" in no_image(root, links=False)
    assert image_files(root, links=True) == [root / "linked" / name / "0.png" for name in ("a", "z")]
    assert class_names(root, image_files(root, links=True)) == ["linked"]
    assert (count_subfolders(str(root)), count_subfolders(str(root), True)) == (0, 1)
    assert folder_shape(str(root), None, None, True) == [3, 8, 12]
    (tmp_path / "start").symlink_to(root / "linked")
    assert len(image_files(tmp_path / "start")) == 2, "the folder itself may be a link"
    assert image_files(tmp_path / "nowhere") == []


def test_each_image_comes_once_and_what_is_no_regular_file_not_at_all(tmp_path: Path) -> None:
    save(tmp_path / "a" / "0.png", RED)
    (tmp_path / "a" / "round").symlink_to(tmp_path)
    (tmp_path / "b").symlink_to(tmp_path / "a")
    (tmp_path / "a" / "again.png").symlink_to(tmp_path / "a" / "0.png")
    (tmp_path / "a" / "self.png").symlink_to(tmp_path / "a" / "self.png")
    (tmp_path / "a" / "zero.png").symlink_to("/dev/zero")
    os.mkfifo(tmp_path / "a" / "pipe.png")
    assert image_files(tmp_path) == [tmp_path / "a" / "0.png"]
    assert len(image_files(tmp_path, links=True)) == 1
    assert links_left_out(tmp_path) == 4, "one leads nowhere"


def test_links_that_are_left_out_are_said(tmp_path: Path) -> None:
    for number in range(12):
        save(tmp_path / f"{number}.png", RED)
    (tmp_path / "more.png").symlink_to(tmp_path / "0.png")
    assert loaded(tmp_path).notes[-1] == f"1 link in {tmp_path} left out: data.links=true follows them"


def test_the_home_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(tmp_path / "a" / "0.png", RED)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert count_subfolders("~") == 1
    assert folder(Path("~")).root == tmp_path


def test_two_channels_are_neither_grey_nor_colour() -> None:
    with pytest.raises(GanLabError, match=r"data\.channels is 2 and must be one of 1, 3"):
        sized(6, (2, 6, 6))


def test_photographs_are_turned_upright_and_half_transparent_parts_darken(tmp_path: Path) -> None:
    turned = Image.new("L", (4, 4))
    turned.paste(255, (0, 0, 4, 2))  # the upper half is white
    exif = turned.getexif()
    exif[0x0112] = 6  # to be turned by a quarter to the right
    turned.save(tmp_path / "turned.png", exif=exif)
    Image.new("RGBA", (4, 4), (200, 200, 200, 128)).save(tmp_path / "half.png")
    upright = opened(tmp_path / "turned.png", (1, 4, 4))[0][0]
    assert (upright[:, 2:] == 255).all()
    assert (upright[:, :2] == 0).all()
    assert abs(int(opened(tmp_path / "half.png", (1, 4, 4))[0][0, 0, 0]) - 100) <= 1


def test_refuses_a_shape_that_contradicts_the_size() -> None:
    with pytest.raises(GanLabError, match=r"data\.shape=\[3, 6, 7\] must be .*data\.image_size"):
        sized(6, (3, 6, 7))
    assert sized(None, (3, 6, 7)).shape == sized([6, 7], (3, 6, 7)).shape == (3, 6, 7)


def sized(size: Any, shape: tuple[int, ...]) -> Any:
    """Builds the data of a configuration."""
    config = {
        "_target_": "gan_lab.data.folder.Folder",
        "root": "x",
        "image_size": size,
        "channels": shape[0],
        "validation_fraction": 0.1,
        "test_fraction": 0.1,
        "shape": [*shape],
        **{"num_classes": 0, "batch_size": 2, "seed": 0, "split_seed": 0},
    }
    return build(config, "data")


def test_counting_classes_imports_no_torch() -> None:
    code = "import sys, gan_lab.data.folder_classes; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
