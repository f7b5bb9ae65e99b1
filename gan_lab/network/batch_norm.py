"""The statistics of batch norm for weights that were never trained with any: those of an average."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from gan_lab.maths.float64 import double, with_float64
from gan_lab.network.base import Generator
from gan_lab.network.modes import evaluation_mode
from gan_lab.types import Latent


class ReachedError(Exception):
    """Ends a forward pass at the layer whose inputs were wanted."""


def normalised(network: nn.Module) -> list[nn.modules.batchnorm._BatchNorm]:
    """Returns the layers of batch norm that keep running statistics, in the order in which they are registered."""
    return [
        layer
        for layer in network.modules()
        if isinstance(layer, nn.modules.batchnorm._BatchNorm) and layer.track_running_stats
    ]


@torch.no_grad()
def set_statistics(generator: Generator, batches: Sequence[Latent]) -> None:
    """Sets the running mean and the unbiased variance of each layer of batch norm to those of its inputs over all codes
    of the `batches`, in which they are as in evaluation: every layer before it normalises by its own, already set.

    So there is one pass up to each layer, in the order in which they are registered, which must be that of their use.
    How the codes are divided into batches changes nothing but rounding errors. Moments are summed in float64.
    """
    with evaluation_mode(generator), torch.autocast(next(generator.parameters()).device.type, enabled=False):
        for layer in normalised(generator):
            moments = Moments(layer)
            handle = layer.register_forward_pre_hook(moments.add)
            try:
                for latent in batches:
                    try:
                        generator(latent.z, latent.component)
                    except ReachedError:
                        continue
            finally:
                handle.remove()
            moments.set()


class Moments:
    """The mean and the variance of a layer's inputs, channel by channel, over all batches and pixels."""

    def __init__(self, layer: nn.modules.batchnorm._BatchNorm) -> None:
        self.layer = layer
        self.count = 0
        shape, device = (layer.num_features,), with_float64(layer.running_mean.device)  # type: ignore[union-attr]
        self.mean = torch.zeros(shape, dtype=torch.float64, device=device)
        self.squares = torch.zeros(shape, dtype=torch.float64, device=device)  # summed, about the mean

    def add(self, layer: nn.Module, inputs: tuple[Tensor]) -> None:
        """Adds a batch (Chan et al. 1979, Updating formulae and a pairwise algorithm) and ends the pass."""
        (x,) = inputs
        var, mean = torch.var_mean(x, [0, *range(2, x.ndim)], correction=0)
        n = x.numel() // x.shape[1]
        total = self.count + n
        apart = double(mean) - self.mean
        self.mean += apart * (n / total)
        self.squares += n * double(var) + apart.square() * (self.count * n / total)
        self.count = total
        raise ReachedError

    def set(self) -> None:
        if self.count > 1:
            self.layer.running_mean.copy_(self.mean)  # type: ignore[union-attr]
            self.layer.running_var.copy_(self.squares / (self.count - 1))  # type: ignore[union-attr]
