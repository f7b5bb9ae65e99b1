"""What samplers that filter by a classifier have in common."""

from abc import ABC

import torch
from jaxtyping import Float
from torch import Tensor

from gan_lab.sampler.base import Sampler
from gan_lab.sampler.budget import check_budget
from gan_lab.sampler.filter_classifier import filter_classifier
from gan_lab.sampler.stage import Stage, finite


class Filtering(Sampler, ABC):
    """Keeps of the samples of `proposal` what a classifier of its own likes, never the one of the measure."""

    def __init__(self, *, batch_size: int, proposal: Sampler, min_efficiency: float) -> None:
        super().__init__(batch_size=batch_size)
        check_budget(min_efficiency)
        self.proposal = proposal
        self.min_efficiency = min_efficiency

    def prepare_on(self, stage: Stage) -> None:
        super().prepare_on(stage)
        self.proposal.prepare_on(stage)
        self.classifier, self.accuracy = filter_classifier(stage)
        self.classifier.to(stage.dtype)

    def logits(self, x: Float[Tensor, " n *shape"]) -> Float[Tensor, "n k"]:
        """Of the classifier, in batches."""
        self.stage.passes["classifier"] += len(x)
        parts = x.to(self.stage.dtype).split(self.stage.batch_size)
        found = torch.cat([self.classifier(part) for part in parts])
        finite(found.sum(1), "classifier's logits")
        return found
