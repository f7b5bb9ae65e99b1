"""Features of an untrained network."""

import hashlib
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor

from gan_lab.errors import GanLabError
from gan_lab.metric.extractor.base import Extractor
from gan_lab.metric.extractor.convnet import ConvBlocks


@final
class RandomFeatures(Extractor):
    """384 features of `ConvBlocks` with random weights, for images of any size and any number of channels.

    The network is not fitted to data, so it ignores nothing that a classifier is trained to ignore. Use it to check a
    trained extractor, or if there is none. It is too sensitive to noise. Random embeddings for data that differ much
    from ImageNet: Naeem et al. 2020 (arXiv 2002.09797).

    Weights are drawn from N(0, 2 / fan-in) (He et al. 2015, arXiv 1502.01852) with `seed`, and biases are 0.
    """

    has_head = False

    def __init__(self, *, name: str, seed: int) -> None:
        super().__init__(name=name)
        self.seed = seed

    @property
    def described(self) -> str:
        return f"an untrained network ({self.name})"

    @property
    def digest(self) -> str:
        weights = b"".join(tensor.cpu().numpy().tobytes() for tensor in self.blocks.state_dict().values())
        return hashlib.sha256(weights).hexdigest()

    def adapt(self, channels: int, height: int, width: int) -> None:
        if min(height, width) < 4:
            raise GanLabError(f"extractor {self.name} takes images of 4x4 pixels or more, not {height}x{width}")
        self.blocks = random_blocks(channels, self.seed)
        self.requires_grad_(False).eval().to(memory_format=torch.channels_last)

    def _extract(self, images: Float[Tensor, "b c h w"]) -> tuple[Float[Tensor, "b 384"], None]:
        return self.blocks.pooled(images), None


def random_blocks(channels: int, seed: int) -> ConvBlocks:
    """Returns the blocks with the weights of a seed; the global random state is neither read nor changed."""
    generator = torch.Generator().manual_seed(seed)
    with torch.device("meta"):  # the default initialisation would draw from the global random state
        blocks = ConvBlocks(channels)
    weights = {}
    for name, meta in blocks.named_parameters():
        is_bias = meta.ndim == 1
        drawn = torch.zeros(meta.shape) if is_bias else torch.randn(meta.shape, generator=generator)
        weights[name] = drawn * (2.0 / meta[0].numel()) ** 0.5
    blocks.load_state_dict(weights, assign=True)
    return blocks
