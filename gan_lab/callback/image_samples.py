"""Grids of images from fixed latent codes, during training."""

from typing import Annotated, final

import torch
from PIL.Image import Image
from torch import Tensor

from gan_lab.callback.sample_pictures import SamplePictures
from gan_lab.domains import NonNegativeInt, at_least
from gan_lab.images import enlarge, grid, to_pil
from gan_lab.model.generative import GenerativeModule
from gan_lab.network.modes import evaluation_mode
from gan_lab.noise import seed_of
from gan_lab.types import Latent

Side = Annotated[int, at_least(1, most=100)]
"""Pictures beside each other."""


@final
class ImageSamples(SamplePictures):
    """Grids of images of the averaged generator.

    The random numbers are the same at each step, so that the pictures show how the same samples change; the codes
    change only if the prior is trained. With a mixture prior, each column is one component.
    """

    def __init__(self, *, run_dir: str, times: NonNegativeInt, rows: Side, columns: Side) -> None:
        super().__init__(run_dir=run_dir, times=times)
        self.rows = rows
        self.columns = columns

    def picture(self, model: GenerativeModule) -> Image:
        random = torch.Generator(model.device).manual_seed(seed_of("sample grid", model.seed))
        latent = model.averaged_prior.sample(20 * self.rows * self.columns, random)
        shown = self.arrange(latent)
        chosen = latent.map(lambda drawn: drawn[shown])
        with evaluation_mode(model.averaged_generator):
            images = model.averaged_generator(chosen.z, chosen.component)
        return enlarge(to_pil(grid(images, columns=self.columns)))

    def arrange(self, latent: Latent) -> Tensor:
        """Returns the indices of the codes to show: the first ones, or for a mixture the same number of each component,
        with one column each."""
        first = torch.arange(self.rows * self.columns, device=latent.z.device)
        if latent.component is None:
            return first
        components = int(latent.component.max()) + 1
        columns = [(latent.component == c % components).nonzero()[: self.rows, 0] for c in range(self.columns)]
        return first if any(len(column) < self.rows for column in columns) else torch.stack(columns, dim=1).flatten()
