"""Several samples judged as one."""

from jaxtyping import Shaped
from torch import Tensor

from gan_lab.data.samples import Samples


def packed(samples: Shaped[Tensor, "b first *rest"], size: int) -> Shaped[Tensor, "packs stacked *rest"]:
    """Each `size` consecutive samples as one, stacked along their first axis: channels of images, numbers of points.

    A critic of such packs sees whether the fakes in one are too much alike. Source: PacGAN, Lin et al. 2018, arXiv
    1712.04086.
    """
    return samples if size == 1 else samples.unflatten(0, (-1, size)).flatten(1, 2)


def packed_data(train: Samples, size: int) -> Samples:
    """Training data in packs, without labels: a pack has no class. What makes no whole pack is left out."""
    return train if size == 1 else Samples(packed(train.values[: len(train) // size * size], size))
