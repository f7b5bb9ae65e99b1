"""Samples as a program and a notebook have them."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from jaxtyping import Float, Int
from torch import Tensor

from gan_lab.errors import GanLabError
from gan_lab.images import to_uint8
from gan_lab.runs.atomic import refuse_taken
from gan_lab.runs.picture_file import png_of
from gan_lab.sample.files import sheet
from gan_lab.sample.run import Drawing, write
from gan_lab.trust.home import expanded

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from PIL import Image


class Samples:
    """The n samples that `Model.sample` drew. A notebook shows them as a picture.

    `x` are the samples as float32 tensor on the CPU: images [n channel height width] in [-1, 1], or points [n 2] in the
    units of the data. `z` are their codes [n d]; `component` the mixture component, or the class, of each [n], or None.
    `record` is what samples.json of `python -m gan_lab.sample` says: checkpoint with its sha256, sampler, seed, cost.

    Example:

        samples = model.sample(9, seed=1)
        assert len(samples) == 9 and samples.x.shape == (9, 2)
        samples.picture()                        # what a notebook shows
        samples.save("drawn")                    # the files of python -m gan_lab.sample
    """

    def __init__(self, drawing: Drawing) -> None:
        self._drawing = drawing
        self.x: Float[Tensor, " n *shape"] = drawing.drawn.x.cpu()
        self.z: Float[Tensor, "n d"] = drawing.drawn.latent.z.cpu()
        component = drawing.drawn.latent.component
        self.component: Int[Tensor, " n"] | None = None if component is None else component.cpu()
        self.record: dict[str, Any] = drawing.record

    def __len__(self) -> int:
        return len(self.x)

    def numpy(self) -> np.ndarray:
        """Returns images as uint8 [n height width] of 0 to 255, with a last axis for channels where there are several;
        points as float32 [n 2].

        Example:

            assert model.sample(4).numpy().shape == (4, 2)
        """
        if self.x.ndim != 4:
            return self.x.numpy()
        images = to_uint8(self.x).permute(0, 2, 3, 1).numpy()
        return images[..., 0] if images.shape[-1] == 1 else images

    def picture(self) -> "Image.Image | Figure":
        """Returns a PIL image with the first 100 images, or for points a matplotlib figure with real ones below them.

        Example:

            model.sample(200).picture().savefig("points.png")
        """
        return sheet(self.x, self._drawing.real)

    def save(self, folder: str | Path, format: Literal["png", "npz"] | None = None) -> Path:
        """Writes the files of `python -m gan_lab.sample` to a new folder and returns it.

        `format` is png, a file for each image, or npz, one file of arrays; None is png for images and npz for points.
        Raises GanLabError for a folder that is not empty, and for points as png.

        Example:

            assert (model.sample(4).save("four") / "samples.npz").is_file()
        """
        chosen = format or ("png" if self.x.ndim == 4 else "npz")
        if chosen == "png" and self.x.ndim != 4:
            raise GanLabError("format='png' is for images, but these are points: use format='npz'")
        path = expanded(folder).absolute()
        refuse_taken(path)
        write(self._drawing, path, chosen)
        return path

    def _repr_png_(self) -> bytes:
        return png_of(self.picture())

    def __repr__(self) -> str:
        record = self.record
        shape = " x ".join(map(str, self.x.shape[1:]))
        return f"{len(self)} samples of {shape} from {record['checkpoint']['variant']}, seed {record['seed']}"
