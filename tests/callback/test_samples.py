"""Pictures of samples during training: which codes, how they are laid out, which files."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from gan_lab.callback.image_samples import ImageSamples
from gan_lab.callback.point_samples import PointSamples
from gan_lab.images import to_uint8
from gan_lab.noise import seed_of
from gan_lab.types import Latent
from tests.callback.runs import played
from tests.fixtures import BuildModel


def images(rows: int, columns: int) -> ImageSamples:
    return ImageSamples(run_dir="unused", times=1, rows=rows, columns=columns)


@pytest.mark.parametrize(("rows", "columns"), [(0, 1), (1, 0), (-1, 2)])
def test_a_grid_without_rows_or_columns_is_refused(rows: int, columns: int) -> None:
    with pytest.raises(ValueError, match=r"is .* and must be a whole number of 1 or more"):
        images(rows, columns)
    assert images(1, 1).arrange(Latent(torch.zeros(5, 2))).tolist() == [0]


def test_the_first_codes_are_shown_or_a_component_in_each_column() -> None:
    codes = torch.zeros(12, 2)
    grid = images(2, 3)
    assert grid.arrange(Latent(codes)).tolist() == [0, 1, 2, 3, 4, 5]
    mixed = torch.tensor([2, 2, 0, 1, 0, 1, 1, 0, 2, 2, 2, 2])
    assert grid.arrange(Latent(codes, mixed)).tolist() == [2, 3, 0, 4, 5, 1]
    two = torch.tensor([1, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1])
    assert grid.arrange(Latent(codes, two)).tolist() == [1, 0, 1, 2, 3, 2], "the components begin again"
    rare = torch.tensor([0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1])
    assert grid.arrange(Latent(codes, rare)).tolist() == [0, 1, 2, 3, 4, 5], "one component has too few"


def test_the_grid_shows_the_averaged_generators_images_of_the_same_codes(build_model: BuildModel) -> None:
    model = build_model("model=gan", "data=digits", "network=mlp")
    picture = images(2, 3).picture(model)
    assert picture.size == (2 * (3 * 29 + 1), 2 * (2 * 29 + 1))
    random = torch.Generator().manual_seed(seed_of("sample grid", model.seed))
    latent = model.averaged_prior.sample(20 * 6, random)
    with torch.no_grad():
        expected = to_uint8(model.averaged_generator.eval()(latent.z[:6], None))[:, 0]
    model.averaged_generator.train()
    shown = np.asarray(picture)[::2, ::2]
    for number, image in enumerate(expected):
        row, column = divmod(number, 3)
        found = shown[1 + 29 * row : 29 + 29 * row, 1 + 29 * column : 29 + 29 * column]
        assert np.array_equal(found, image.numpy())


def pixels(path: Path) -> bytes:
    return Image.open(path).convert("RGB").tobytes()


def test_a_run_on_points_leaves_its_pictures(build_model: BuildModel, tmp_path: Path) -> None:
    callback = PointSamples(run_dir=str(tmp_path), times=2, points=50)
    played(build_model("model=gan", "data=ring", "optimizer.lr=0.1"), 4, callback)
    assert len(callback.real) == 50
    assert callback.edge == pytest.approx(1.3 * float(callback.real.abs().max()))
    folder = tmp_path / "samples"
    steps = [f"step_{step:06d}.png" for step in (0, 2, 4)]
    assert sorted(path.name for path in folder.iterdir()) == ["latest.png", *steps, "training.gif"]
    assert pixels(folder / "latest.png") == pixels(folder / steps[-1]) != pixels(folder / steps[0])
    gif: Any = Image.open(folder / "training.gif")
    assert gif.n_frames == 3


def test_the_score_is_drawn_where_one_point_has_one(build_model: BuildModel, tmp_path: Path) -> None:
    """Colour behind the points: contours of the critic, and none for packs of points."""
    coloured = []
    for packing in (1, 2):
        model = build_model("model=gan", "data=ring", f"model.packing={packing}")
        callback = PointSamples(run_dir=str(tmp_path / str(packing)), times=1, points=2)
        played(model, 1, callback)
        with torch.no_grad():
            picture = np.asarray(callback.picture(model)).astype(int)
        coloured.append(((picture.max(-1) - picture.min(-1)) > 10).mean())
    assert coloured[0] > 0.2
    assert coloured[1] < 0.01
