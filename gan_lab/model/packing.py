"""Several samples judged as one."""

from jaxtyping import Shaped
from torch import Tensor

from gan_lab.data.samples import Samples


def packed(samples: Shaped[Tensor, "b first *rest"], size: int) -> Shaped[Tensor, "packs stacked *rest"]:
    """Returns packs of `size` consecutive samples, stacked along their first axis (channels, or coordinates of points).

    A critic of packs can tell when the fakes in a pack are too similar. Source: PacGAN, Lin et al. 2018, arXiv
    1712.04086.
    """
    return samples if size == 1 else samples.unflatten(0, (-1, size)).flatten(1, 2)


def packed_data(train: Samples, size: int) -> Samples:
    """Returns the training data in packs, without labels, since a pack has no class. An incomplete pack is left out."""
    return train if size == 1 else Samples(packed(train.values[: len(train) // size * size], size))
