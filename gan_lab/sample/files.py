"""Writes samples, contact sheets and trajectories to files."""

from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from jaxtyping import Float
from matplotlib.figure import Figure
from PIL import Image
from torch import Tensor

from gan_lab.images import enlarge, grid, save_gif, to_pil, to_uint8
from gan_lab.point_pictures import points, ways
from gan_lab.runs.picture_file import save_picture
from gan_lab.sampler.chains import sequence_picture
from gan_lab.types import SampleResult

Format = Literal["png", "npz"]

SHOWN = 100
"""The number of images of the contact sheet."""
PER_ROW = 4
"""The number of rows of a trajectory side by side in its GIF."""


def write_samples(folder: Path, drawn: SampleResult, kind: Format) -> None:
    """Writes the samples as PNG files or as one NumPy file.

    `png`: images/000000.png and so on, numbered in the order of the samples; the folder holds nothing else, so that any
    reader of image folders can read it. `npz`: samples.npz with `images` (uint8) or `points` (float32), their codes
    `z`, and `component` where there is one.
    """
    if kind == "png":
        images = to_uint8(drawn.x).cpu()
        (folder / "images").mkdir()
        for number, image in enumerate(images):
            to_pil(image).save(folder / "images" / f"{number:0{digits(len(images))}d}.png")
        return
    name, values = ("images", to_uint8(drawn.x)) if drawn.x.ndim == 4 else ("points", drawn.x.float())
    arrays = {name: values, "z": drawn.latent.z}
    if drawn.latent.component is not None:
        arrays["component"] = drawn.latent.component
    found: dict[str, Any] = {key: value.cpu().numpy() for key, value in arrays.items()}
    np.savez(folder / "samples.npz", **found)


def digits(n: int) -> int:
    """Returns how many digits each of n numbers has that count from 0: six, or more where there are more numbers."""
    return max(6, len(str(n - 1)))


def write_sheet(folder: Path, x: Float[Tensor, " n *shape"], real: Tensor) -> None:
    """Writes sheet.png: the first images, or generated points over the real ones."""
    save_picture(sheet(x, real), folder / "sheet.png", **({} if x.ndim == 4 else {"dpi": 100}))


def sheet(x: Float[Tensor, " n *shape"], real: Tensor) -> Image.Image | Figure:
    """Returns the picture of the first images, or of generated points over the real ones."""
    return enlarge(to_pil(grid(x[:SHOWN]))) if x.ndim == 4 else points(x, real)


def write_trajectory(folder: Path, x: Float[Tensor, " rows steps *shape"]) -> None:
    """Writes trajectory.png, with a row for each path and a column for each step, and trajectory.gif, forth and
    back."""
    by_step = x.transpose(0, 1)
    save_picture(sequence_picture(by_step), folder / "trajectory.png")
    frames = [frame(by_step, step) for step in range(len(by_step))]
    save_gif([*frames, *frames[-2::-1]], folder / "trajectory.gif", seconds=3.0)


def frame(by_step: Float[Tensor, " steps rows *shape"], step: int) -> Image.Image:
    """Returns the picture of all paths at one step."""
    if by_step.ndim == 3:
        return ways(by_step, step)
    return enlarge(to_pil(grid(by_step[step], columns=min(PER_ROW, by_step.shape[1]))), 4)


def in_rows(x: Float[Tensor, " n *shape"], rows: int) -> Float[Tensor, " rows steps *shape"]:
    """Returns samples that are stored row after row with an axis for the rows."""
    return torch.stack(x.chunk(rows))
