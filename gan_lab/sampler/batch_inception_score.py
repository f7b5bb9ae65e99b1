"""Rejection of whole batches by their Inception score."""

from math import ceil, inf
from typing import Annotated, Any, final

import torch
from jaxtyping import Float
from torch import Tensor

from gan_lab.domains import BelowOne, NonNegative, PositiveInt, Share, at_least
from gan_lab.errors import GanLabError, SamplingBudgetError
from gan_lab.metric.inception_score import inception_score
from gan_lab.sampler.base import Drawn, Sampler
from gan_lab.sampler.budget import Budget
from gan_lab.sampler.context import SamplingContext
from gan_lab.sampler.draws import Draws
from gan_lab.sampler.filtering import Filtering
from gan_lab.terminal.bar import bar
from gan_lab.types import Latent

PROBE = 200
"""The smallest number of batches before sampling may be given up."""


@final
class BatchInceptionScore(Filtering):
    """Generates batches of `images_per_batch` and keeps a whole batch if its Inception score exceeds `threshold`.

    IS = exp(mean KL(p(y | x) || p(y))) over the batch, in float64 and one split. With `quantile` the threshold is that
    quantile of the scores of `pilot_batches` batches, so that this share of batches is rejected. A threshold is valid
    for one classifier and one batch size only: the bias of the score depends on the size, and its spread falls with the
    square root of the size. The score mainly depends on how sure the classifier is, and partly on how balanced the
    classes in the batch happen to be. The last batch is cut to the number of samples that is needed.
    Source: source document 003, section 4.3. Raises GanLabError if the threshold is above the number of classes, which
    no score exceeds.
    """

    def __init__(
        self,
        *,
        batch_size: PositiveInt,
        proposal: Sampler,
        min_efficiency: Share,
        images_per_batch: Annotated[int, at_least(2)],
        threshold: NonNegative | None,
        quantile: BelowOne | None,
        pilot_batches: Annotated[int, at_least(2)],
    ) -> None:
        super().__init__(batch_size=batch_size, proposal=proposal, min_efficiency=min_efficiency)
        if (threshold is None) == (quantile is None):
            raise ValueError("set either threshold or quantile, and the other to null")
        self.images_per_batch = images_per_batch
        self.threshold, self.quantile, self.pilot_batches = threshold, quantile, pilot_batches

    def prepare_on(self, context: SamplingContext) -> None:
        if self.threshold is not None and context.data.num_classes and self.threshold >= context.data.num_classes:
            raise GanLabError(
                f"sampler.threshold is {self.threshold}, and an Inception score is at most the number of classes, "
                f"{context.data.num_classes}"
            )
        super().prepare_on(context)
        key = {"what": "batch_inception_score", "settings": str(self.stated())}
        scores = context.prepared.get(key, lambda: {"scores": self.pilot_scores()})["scores"]
        self.pilot_mean, self.pilot_std = scores.mean().item(), scores.std().item()
        self.used = -inf if self.threshold is None else self.threshold
        if self.quantile is not None:
            self.used = scores.quantile(self.quantile).item()

    def pilot_scores(self) -> Float[Tensor, " n"]:
        """Returns the scores of `pilot_batches` batches."""
        latent = self.proposal.trial(self.pilot_batches * self.images_per_batch, "pilot")
        logits = self.logits(self.context.images(latent))
        return torch.tensor([inception_score(part) for part in logits.split(self.images_per_batch)]).double()

    def whole(self, n: int) -> int:
        return self.proposal.whole(ceil(n / self.images_per_batch) * self.images_per_batch)

    def draw(self, draws: Draws) -> Drawn:
        size = self.images_per_batch
        batches = (draws.chosen // size).unique()
        budget = Budget(
            self.name,
            wanted=len(batches),
            least=self.min_efficiency,
            probe=PROBE,
            unit="batches",
            hint=f"the pilot's batches score {self.pilot_mean:.3f} ± {self.pilot_std:.3f}; lower sampler.threshold or "
            "sampler.quantile",
        )
        found: list[Latent] = []
        images, scores = [], []
        for batch in bar(batches.tolist(), self.name):
            every = draws.at(torch.arange(batch * size, (batch + 1) * size, device=draws.chosen.device))
            attempt, accepted = 0, False
            while not accepted:
                latent = self.proposal.codes(every.attempt(attempt))
                x = self.context.images(latent)
                score = inception_score(self.logits(x))
                accepted = score > self.used
                try:
                    budget.spend(1, int(accepted))
                except SamplingBudgetError as error:
                    error.z = Latent.joined(found).z if found else latent.z[:0]
                    raise
                attempt += 1
            own = draws.chosen[draws.chosen // size == batch] - batch * size
            found.append(latent.map(lambda value, own=own: value[own]))  # type: ignore[misc]
            images.append(x[own])
            scores.append(score)
        report: dict[str, Any] = {
            "classifier_accuracy": self.accuracy,
            "threshold": self.used,
            "score_unfiltered": self.pilot_mean,
            "score_unfiltered_std": self.pilot_std,
            "score": sum(scores) / max(1, len(scores)),
            "warnings": [],
        }
        if not found:
            return Drawn(self.proposal.codes(draws), None, budget.stats, report)
        return Drawn(Latent.joined(found), torch.cat(images), budget.stats, report)
