"""The latent distribution of InfoGAN: codes that shall mean something, and noise."""

from typing import final

from jaxtyping import Float
from torch import Tensor

from gan_lab.domains import NonNegativeInt, PositiveInt
from gan_lab.prior.with_component import NormalWithComponent


@final
class InfoCodes(NormalWithComponent):
    """A categorical code k, uniform on `components` values, and z ~ N(0, I): the first `continuous` numbers of z are
    continuous codes, the others are noise. A conditional generator gets all of it, k as a one-hot vector.

    `log_prob` is the density of z only. Source: Chen et al. 2016, arXiv 1606.03657. Deviation: the paper's continuous
    codes are uniform on [-1, 1]. Normal ones are those of any Gaussian prior for samplers, searches of codes and
    `trajectory=traversal`, whose first rows vary them.
    """

    def __init__(self, *, dim: PositiveInt, components: PositiveInt, continuous: NonNegativeInt) -> None:
        super().__init__(dim=dim, components=components)
        if continuous > dim:
            raise ValueError(f"continuous={continuous} must be at most dim={dim}, the length of a code")
        self.continuous = continuous

    def continuous_codes(self, z: Float[Tensor, "b d"]) -> Float[Tensor, "b c"]:
        """Returns the continuous codes in z."""
        return z[:, : self.continuous]
