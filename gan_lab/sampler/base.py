"""The base class of samplers, which draw samples from a trained model."""

import time
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor

from gan_lab.data.base import DataModule
from gan_lab.domains import PositiveInt
from gan_lab.errors import GanLabError
from gan_lab.model.generative import GenerativeModule
from gan_lab.sampler.context import SamplingContext
from gan_lab.sampler.draws import Draws
from gan_lab.sampler.stated import Stated
from gan_lab.types import Latent, SampleResult


@dataclass(frozen=True, slots=True)
class Drawn:
    """Codes, their images if they were already generated, and what goes into the `SampleResult`."""

    latent: Latent
    x: Float[Tensor, " n *shape"] | None = None
    stats: dict[str, float] = field(default_factory=dict)
    report: dict[str, Any] = field(default_factory=dict)
    path: tuple[Latent, ...] = ()


class Sampler(Stated, ABC):
    """Draws samples from a trained model: call `prepare` once per model, then `sample` as often as needed.

    Random numbers are indexed by sample: the n samples of one seed are the same for every batch size and number of
    processes. Only the given generator is used; the global one is not changed. A sampler that starts from codes or
    chooses among them gets them from another sampler, with which it shares networks and counts.
    """

    follows_training: bool = False
    """Whether `prepare` remains valid while weights change; only such samplers can be used during training."""
    context: SamplingContext

    def __init__(self, *, batch_size: PositiveInt) -> None:
        self.batch_size = batch_size

    def prepare(
        self, model: GenerativeModule, data: DataModule, folder: Path | None = None, seed: int | None = None
    ) -> None:
        """Computes what sampling needs from the model and from validation samples, on which no critic was trained.

        Expensive results are cached in `folder` under the hash of weights, data and settings. With a `seed`, codes and
        validation samples are drawn anew, so that results over several seeds vary as the preparation does. Raises
        GanLabError for a model that this sampler cannot draw from.
        """
        context = SamplingContext(model, data, folder, self.batch_size, seed)
        with context.evaluating():
            self.prepare_on(context)

    def prepare_on(self, context: SamplingContext) -> None:
        """Does the work of `prepare` in a context that several samplers can share."""
        self.context = context

    def sample(
        self,
        n: int,
        generator: torch.Generator,
        *,
        rank: int = 0,
        world_size: int = 1,
        component: Int[Tensor, " n"] | None = None,
    ) -> SampleResult:
        """Returns this rank's part of the n samples that the state of the generator determines.

        `component` chooses the mixture component, or the class, of each sample. Raises GanLabError if the prior has
        none, SamplingBudgetError if too few proposals are accepted, and SamplingNumericsError if chains become NaN or
        infinite.
        """
        start = time.perf_counter()
        if component is not None and not self.context.prior.components:
            raise GanLabError("this model has no components or classes to choose from")
        self.context.passes.clear()
        self.context.warnings.clear()
        with self.context.evaluating():
            whole = self.whole(n)
            if component is not None:
                component = component.repeat(-(-whole // max(1, n)))[:whole]
            mine = torch.arange(n, device=generator.device).tensor_split(world_size)[rank]
            drawn = self.draw(Draws.of(self.context.prior, whole, generator, mine, component))
            x = self.context.images(drawn.latent) if drawn.x is None else drawn.x
            self.context.settle()
        stats = {f"{network}_evaluations": float(count) for network, count in self.context.passes.items()}
        stats |= drawn.stats | {"seconds": time.perf_counter() - start}
        report = drawn.report
        if inner := [*self.context.warnings.values()]:
            report = report | {"warnings": [*dict.fromkeys([*report.get("warnings", []), *inner])]}
        return SampleResult(x, drawn.latent, stats, report, drawn.path)

    def whole(self, n: int) -> int:
        """Returns how many samples must be drawn together to get n, counting the needs of inner samplers."""
        return max([n, *(value.whole(n) for value in vars(self).values() if isinstance(value, Sampler))])

    def trial(self, n: int, what: str) -> Latent:
        """Returns n codes for calibration, the same ones for each seed of the context."""
        own = torch.Generator(self.context.device).manual_seed(self.context.seed_of("trial", what))
        return self.codes(Draws.of(self.context.prior, self.whole(n), own, torch.arange(n, device=self.context.device)))

    @abstractmethod
    def draw(self, draws: Draws) -> Drawn:
        """Draws the chosen samples."""

    def inside(self, draws: Draws) -> Drawn:
        """Draws the chosen samples for another sampler, in whose report the warnings stand too."""
        drawn = self.draw(draws)
        for warning in drawn.report.get("warnings", []):
            self.context.warn(self.name, warning)
        return drawn

    def codes(self, draws: Draws) -> Latent:
        """Draws only the codes of the chosen samples, for another sampler."""
        return self.inside(draws).latent
