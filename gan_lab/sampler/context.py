"""The context of samplers: a trained model, its data and its cache."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import torch
from jaxtyping import Float, Int
from torch import Tensor

from gan_lab.data.base import DataModule
from gan_lab.errors import GanLabError, NoCriticError, SamplingNumericsError
from gan_lab.loss.base import AdversarialLoss
from gan_lab.maths.float32 import full_float32
from gan_lab.model.generative import GenerativeModule
from gan_lab.network.base import Critic
from gan_lab.network.minibatch import BatchStatistics
from gan_lab.network.modes import evaluation_mode, frozen
from gan_lab.noise import seed_of
from gan_lab.sampler.prepared import Prepared
from gan_lab.types import CriticOutput, Latent

Function = Callable[[Latent], Float[Tensor, " b"]]


class SamplingContext:
    """The averaged (EMA) generator and prior, the critic and its loss, real data, and cached preparations.

    Networks are evaluated `batch_size` samples at a time. `passes` counts the samples that went through each network; a
    gradient with respect to the code counts as one more pass, since it costs as much. `warnings` are those of samplers
    inside another one. Everything must be called inside `evaluating()`.
    """

    def __init__(
        self,
        model: GenerativeModule,
        data: DataModule,
        folder: Path | None,
        batch_size: int = 500,
        seed: int | None = None,
    ) -> None:
        """`folder` caches preparations; None caches nothing. Each `seed` has preparations of its own, from other codes
        and other validation samples; None is the usual one."""
        if batch_size < 1:
            raise GanLabError(f"sampler.batch_size must be 1 or more, not {batch_size}")
        self.generator, self.prior = model.averaged_generator, model.averaged_prior
        self.given_critic, self.given_loss, self.packing = model.critic, model.loss, model.packing
        self.data = data
        self.seed = seed
        self.prepared = Prepared(
            folder, data, generator=self.generator, prior=self.prior, critic=model.critic, loss=model.loss, seed=seed
        )
        self.batch_size = batch_size
        self.passes: Counter[str] = Counter()
        self.warnings: dict[tuple[str, str], str] = {}
        self.passes_each = 1

    @property
    def device(self) -> torch.device:
        return next(self.generator.parameters()).device

    @property
    def critic(self) -> Critic:
        """The critic, of which a sampler has made sure by `need_critic`."""
        assert self.given_critic is not None
        return self.given_critic

    @property
    def loss(self) -> AdversarialLoss:
        """The loss, which is there where a critic is."""
        assert self.given_loss is not None
        return self.given_loss

    @property
    def dtype(self) -> torch.dtype:
        """The type of the weights, to which codes are converted."""
        return next(self.generator.parameters()).dtype

    def seed_of(self, *key: str) -> int:
        """Returns the seed of what is random in a preparation."""
        return seed_of(*key) if self.seed is None else seed_of(*key, self.seed)

    @contextmanager
    def evaluating(self) -> Iterator[None]:
        """Sets evaluation mode, full precision and no gradients for weights, and restores everything afterwards."""
        networks = filter(None, (self.generator, self.prior, self.given_critic))
        with ExitStack() as stack:
            for network in networks:
                stack.enter_context(evaluation_mode(network))
                stack.enter_context(frozen(network))
            stack.enter_context(torch.autocast(self.device.type, enabled=False))
            stack.enter_context(full_float32())
            stack.enter_context(torch.no_grad())
            yield

    def warn(self, sampler: str, warning: str) -> None:
        """Keeps a warning of an inner sampler; of those that differ in their numbers only, the first one."""
        self.warnings.setdefault((sampler, re.sub(r"\d+", "", warning)), f"sampler={sampler} inside: {warning}")

    def settle(self) -> None:
        """Waits for the GPU to finish, so that times include the computation."""
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)

    def need_critic(self, sampler: str) -> None:
        """Raises GanLabError where no critic is there, and for one that cannot score a single sample."""
        if self.given_critic is None:
            raise NoCriticError(f"sampler={sampler}")
        packs = f"scores packs of {self.packing}" if self.packing > 1 else ""
        coupled = any(isinstance(layer, BatchStatistics) for layer in self.critic.modules())
        compares = "compares batches" if self.loss.compares_batches else ""
        if found := packs or compares or ("uses statistics of the batch" if coupled else ""):
            raise GanLabError(
                f"sampler={sampler} needs scores of single samples, but this critic {found}: choose a sampler without "
                "a critic, such as sampler=direct or sampler=truncated"
            )

    def generate(self, latent: Latent) -> Float[Tensor, " b *shape"]:
        """Returns x = G(z), computed in one batch."""
        self.passes["generator"] += len(latent.z) * self.passes_each * self.generator.passes
        return self.generator(latent.z.to(self.dtype), latent.component)

    def judge(self, x: Float[Tensor, " b *shape"]) -> CriticOutput:
        """Returns the critic's output for the samples, computed in one batch."""
        self.passes["critic"] += len(x) * self.passes_each
        return self.critic(x.to(self.dtype))

    def images(self, latent: Latent) -> Float[Tensor, " n *shape"]:
        """Returns x = G(z), computed in batches."""
        return torch.cat([self.generate(part) for part in self.parts(latent)])

    def values(self, function: Function, latent: Latent) -> Float[Tensor, " n"]:
        """Returns the function of each code, computed in batches. Raises SamplingNumericsError if one is not finite."""
        return require_finite(torch.cat([function(part) for part in self.parts(latent)]))

    def gradients(self, function: Function, latent: Latent) -> tuple[Float[Tensor, " n"], Float[Tensor, "n d"]]:
        """Returns the function of each code and its gradient, in batches; a value must depend on its own code only."""
        values, gradients = [], []
        for part in self.parts(latent):
            with self.differentiating():
                z = part.z.detach().requires_grad_(True)
                value = function(Latent(z, part.component))
                gradients.append(torch.autograd.grad(value.sum(), z)[0])
            values.append(value.detach())
        return torch.cat(values), torch.cat(gradients)

    @contextmanager
    def differentiating(self) -> Iterator[None]:
        """Enables gradients, and counts each pass twice."""
        self.passes_each = 2
        try:
            with torch.enable_grad():
                yield
        finally:
            self.passes_each = 1

    def parts(self, latent: Latent) -> Iterator[Latent]:
        """Yields the codes, `batch_size` at a time; one empty part if there are no codes."""
        return latent.split(self.batch_size)

    def spread(self, latent: Latent) -> float:
        """Returns the mean of ||e||^2 per dimension, which is 1 for codes of the prior, or 1/3 if that is uniform."""
        return mean_square(self.prior.standard(latent))

    def reals(self, n: int) -> tuple[Tensor, Int[Tensor, " n"] | None]:
        """Returns n validation samples (or all), on which the critic was not trained, and their labels: the first ones,
        or with a `seed` any."""
        samples = self.data.validation
        order = torch.arange(len(samples))
        if self.seed is not None:
            order = torch.randperm(len(samples), generator=torch.Generator().manual_seed(self.seed_of("reals")))
        batch = samples.batch(order[:n])
        labels = None if batch.labels is None else batch.labels.to(self.device)
        return batch.images.to(self.device, self.dtype), labels


def require_finite(values: Float[Tensor, " n"], what: str = "critic's scores", when: str = "") -> Float[Tensor, " n"]:
    """Returns the values. Raises SamplingNumericsError if one is not finite."""
    if broken := int((~values.isfinite()).sum()):
        raise SamplingNumericsError(f"{broken / len(values):.1%} of the samples have {what} that are not finite{when}")
    return values


def mean_square(values: Tensor) -> float:
    """Returns the mean of the squares, 0 for no values."""
    return values.square().mean().item() if values.numel() else 0.0
