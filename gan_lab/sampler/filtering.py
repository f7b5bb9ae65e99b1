"""The base class of samplers that filter by a classifier."""

from abc import ABC

import torch
from jaxtyping import Float
from torch import Tensor

from gan_lab.domains import PositiveInt, Share
from gan_lab.sampler.base import Sampler
from gan_lab.sampler.context import SamplingContext, require_finite
from gan_lab.sampler.filter_classifier import filter_classifier


class Filtering(Sampler, ABC):
    """Keeps samples of `proposal` that a classifier accepts, which is never that of a metric."""

    def __init__(self, *, batch_size: PositiveInt, proposal: Sampler, min_efficiency: Share) -> None:
        super().__init__(batch_size=batch_size)
        self.proposal = proposal
        self.min_efficiency = min_efficiency

    def prepare_on(self, context: SamplingContext) -> None:
        super().prepare_on(context)
        self.proposal.prepare_on(context)
        self.classifier, self.accuracy = filter_classifier(context)
        self.classifier.to(context.dtype)

    def logits(self, x: Float[Tensor, " n *shape"]) -> Float[Tensor, "n k"]:
        """Returns the classifier's logits, computed in batches."""
        self.context.passes["classifier"] += len(x)
        parts = x.to(self.context.dtype).split(self.context.batch_size)
        found = torch.cat([self.classifier(part) for part in parts])
        require_finite(found.sum(1), "classifier's logits")
        return found
