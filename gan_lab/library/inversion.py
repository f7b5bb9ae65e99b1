"""The codes of images as a program and a notebook have them."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from jaxtyping import Float, Int
from torch import Tensor

from gan_lab.invert.pairs import pairs
from gan_lab.invert.run import Inverted, write
from gan_lab.runs.atomic import refuse_taken
from gan_lab.runs.picture_file import png_of
from gan_lab.trust.home import expanded

if TYPE_CHECKING:
    from PIL import Image


class Inversion:
    """The codes that `Model.invert` found for n images. A notebook shows the images beside their reconstructions.

    `z` are the codes [n d], `component` the mixture component, or the class, of each [n], or None; `x` are the images
    that were given and `made` those of the codes, float32 [n channel height width] in [-1, 1]; `error` is the mean
    squared difference of their pixels [n], and `loss` what was minimised [n]. `paths` are the images on the way from
    each image to the next [n-1 steps channel height width], or None. All lie on the CPU. `record` is what
    inversion.json of `python -m gan_lab.invert` says.

    Example:

        inversion = digits.invert(digits.sample(3).x, "descent.steps=20", interpolation_steps=4)
        assert len(inversion) == 3 and inversion.paths.shape == (2, 4, 1, 28, 28)
        assert inversion.error.max() < 0.1
    """

    def __init__(self, done: Inverted) -> None:
        self._done = done
        found, component = done.found, done.found.latent.component
        self.x: Float[Tensor, "n c h w"] = done.wanted.x.cpu()
        self.made: Float[Tensor, "n c h w"] = found.x.cpu()
        self.z: Float[Tensor, "n d"] = found.latent.z.cpu()
        self.component: Int[Tensor, " n"] | None = None if component is None else component.cpu()
        self.error: Float[Tensor, " n"] = found.error.cpu()
        self.loss: Float[Tensor, " n"] = found.loss.cpu()
        self.paths: Float[Tensor, "rows steps c h w"] | None = None if done.paths is None else done.paths.cpu()
        self.record: dict[str, Any] = done.record

    def __len__(self) -> int:
        return len(self.z)

    def picture(self) -> "Image.Image":
        """Returns a PIL image of the first 40 images, their reconstructions and the differences, with the errors.

        Example:

            inversion.picture().save("pairs.png")
        """
        return pairs(self.x, self.made, self.error, self._done.wanted.names)

    def save(self, folder: str | Path) -> Path:
        """Writes the files of `python -m gan_lab.invert` to a new folder and returns it.

        Raises GanLabError for a folder that is not empty.

        Example:

            assert (inversion.save("codes") / "codes.npy").is_file()
        """
        path = expanded(folder).absolute()
        refuse_taken(path)
        write(self._done, path)
        return path

    def _repr_png_(self) -> bytes:
        return png_of(self.picture())

    def __repr__(self) -> str:
        variant = self.record["checkpoint"]["variant"]
        return f"codes of {len(self)} images from {variant}, mean squared error {self.record['error']['mean']:.4g}"
