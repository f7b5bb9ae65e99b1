"""Rejection of single samples by a classifier's confidence."""

from typing import final

import torch
from jaxtyping import Float
from torch import Tensor

from gan_lab.domains import BelowOne, PositiveInt, Share
from gan_lab.maths.float64 import double
from gan_lab.sampler.base import Drawn, Sampler
from gan_lab.sampler.budget import Budget
from gan_lab.sampler.context import SamplingContext
from gan_lab.sampler.draws import Draws
from gan_lab.sampler.filtering import Filtering
from gan_lab.sampler.rejection import Verdict, until_accepted
from gan_lab.types import Latent

PILOT = 10_000


@final
class Confidence(Filtering):
    """Accepts x = G(z) if max_y p(y | x) is at least a threshold.

    `threshold` is one number for all samples. Alternatively it is the `quantile` of the confidence of 10,000 proposals,
    so that this share is rejected. With `per_class` the quantile is taken for each predicted class, so that the classes
    keep their shares. The classifier is most confident of prototypes: for a poor generator, the best half of the
    samples has a much better FID than all, but the best tenth has a much worse one. So look at recall too.
    Probabilities are those of the classifier at its fitted temperature.
    Source: the idea of source document 003, section 4.1; the experiment of the document is `batch_inception_score`.
    """

    def __init__(
        self,
        *,
        batch_size: PositiveInt,
        proposal: Sampler,
        min_efficiency: Share,
        probe: PositiveInt,
        threshold: BelowOne | None,
        quantile: BelowOne | None,
        per_class: bool,
    ) -> None:
        super().__init__(batch_size=batch_size, proposal=proposal, min_efficiency=min_efficiency)
        if (threshold is None) == (quantile is None):
            raise ValueError("set either threshold or quantile, and the other to null")
        self.probe = probe
        self.threshold, self.quantile, self.per_class = threshold, quantile, per_class

    def prepare_on(self, context: SamplingContext) -> None:
        super().prepare_on(context)
        key = {"what": "confidence", "settings": str(self.stated())}
        self.thresholds = context.prepared.get(key, lambda: {"thresholds": self.found_thresholds()})["thresholds"]

    def found_thresholds(self) -> Float[Tensor, " k"]:
        """Returns the threshold of each class; a class that no proposal is assigned to gets that of all proposals."""
        classes = self.context.data.num_classes
        if self.threshold is not None:
            return torch.full((classes,), self.threshold, dtype=torch.float64)
        confidence, predicted = self.judged(self.context.images(self.proposal.trial(PILOT, "pilot")))
        assert self.quantile is not None
        every = confidence.quantile(self.quantile)
        of_class = [confidence[predicted == k] for k in range(classes)]
        chosen = [c.quantile(self.quantile) if len(c) and self.per_class else every for c in of_class]
        return torch.stack(chosen)

    def judged(self, x: Float[Tensor, " n *shape"]) -> tuple[Float[Tensor, " n"], Tensor]:
        """Returns the confidence, in float64, and the predicted class of each sample."""
        best = double(self.logits(x)).softmax(1).max(1)
        return best.values, best.indices

    def draw(self, draws: Draws) -> Drawn:
        def accept(latent: Latent, uniform: Float[Tensor, " b"]) -> Verdict:
            x = self.context.images(latent)
            confidence, predicted = self.judged(x)
            return Verdict((confidence >= self.thresholds[predicted]).to(x.device), x)

        budget = Budget(
            self.name,
            wanted=len(draws),
            least=self.min_efficiency,
            probe=self.probe,
            hint="lower sampler.threshold or sampler.quantile",
        )
        latent, x, _ = until_accepted(draws, self.proposal.codes, accept, budget, self.batch_size)
        report = {
            "classifier_accuracy": self.accuracy,
            "thresholds": [round(value, 6) for value in self.thresholds.tolist()],
            "warnings": [],
        }
        return Drawn(latent, x, budget.stats, report)
