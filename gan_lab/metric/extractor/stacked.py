"""Features of images with a digit in each of three channels, by an extractor for single digits."""

import hashlib
from typing import final

import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from gan_lab.errors import GanLabError
from gan_lab.metric.extractor.base import Extractor

CHANNELS = 3


@final
class StackedFeatures(Extractor):
    """Applies the extractor `digit` to each of three channels.

    The features are those of the channels, concatenated. If `digit` is a classifier of k classes, the logits are the
    sums log p_a + log p_b + log p_c for all k³ triples of classes (a, b, c), at index k² a + k b + c; so the channels
    are treated as independent given the image. For Stacked MNIST (Lin et al. 2018, arXiv 1712.04086) the highest logit
    is the mode 100 a + 10 b + c. If `digit` has accuracy p, a mode is right with probability p³.

    A head that belongs to `digit` is applied to each channel; the mean variance of features remains 1.
    """

    def __init__(self, *, digit: Extractor) -> None:
        super().__init__(name=f"stacked-{digit.name}")
        self.digit = digit
        self.made_for = None if digit.made_for is None else f"stacked {digit.made_for}"
        self.classes = digit.classes**CHANNELS
        self.has_head = digit.has_head
        if digit.has_head:
            # The base class applies it: `_extract` takes what `digit` sees before its own.
            self.set_head(digit.mean.repeat(CHANNELS), digit.scale)

    @property
    def digest(self) -> str:
        return hashlib.sha256(f"{CHANNELS} channels of {self.digit.digest}".encode()).hexdigest()

    def adapt(self, channels: int, height: int, width: int) -> None:
        if channels != CHANNELS:
            raise GanLabError(
                f"extractor {self.name} takes images of {CHANNELS} channels with a digit each, not of {channels}: "
                "use data=stacked_mnist, or another metric"
            )
        self.digit.adapt(1, height, width)

    def _extract(self, images: Float[Tensor, "b c h w"]) -> tuple[Float[Tensor, "b d"], Float[Tensor, "b k"] | None]:
        features, logits = self.digit._extract(images.flatten(0, 1)[:, None])
        features = features.unflatten(0, (-1, CHANNELS)).flatten(1)
        return features, None if logits is None else triples(F.log_softmax(logits, 1))


def triples(channels: Float[Tensor, "b3 k"]) -> Float[Tensor, "b kkk"]:
    """Returns the log-probabilities of all triples of classes, from those of the three channels of each image."""
    a, b, c = channels.unflatten(0, (-1, CHANNELS)).unbind(1)
    return (a[:, :, None, None] + b[:, None, :, None] + c[:, None, None, :]).flatten(1)
