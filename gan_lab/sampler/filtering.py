"""What samplers that filter by a classifier have in common."""

from abc import ABC

import torch
from jaxtyping import Float
from torch import Tensor

from gan_lab.noise import seed_of
from gan_lab.sampler.base import Sampler
from gan_lab.sampler.classifier import filter_classifier
from gan_lab.sampler.draws import Draws
from gan_lab.sampler.stage import Stage, finite
from gan_lab.types import Latent


class Filtering(Sampler, ABC):
    """Keeps of the samples of `proposal` what a classifier of its own likes, never the one of the measure."""

    def __init__(self, *, batch_size: int, proposal: Sampler, min_efficiency: float) -> None:
        super().__init__(batch_size=batch_size)
        if not 0 < min_efficiency <= 1:
            raise ValueError(f"min_efficiency must be a share above 0, not {min_efficiency}")
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
        finite(found.sum(1))
        return found

    def pilot(self, n: int) -> Latent:
        """n codes of the proposal to learn thresholds from, always the same ones."""
        own = torch.Generator(self.stage.device).manual_seed(seed_of("pilot"))
        every = torch.arange(n, device=self.stage.device)
        return self.proposal.codes(Draws.of(self.stage.prior, self.proposal.whole(n), own, every))
