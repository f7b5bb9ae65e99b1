"""Caches what samplers prepare, by hashes of the checkpoint, the data, the settings and the code."""

from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path

import torch
from torch import nn

from gan_lab.data.base import DataModule
from gan_lab.data.samples import Samples
from gan_lab.loss.base import AdversarialLoss
from gan_lab.maths.float64 import with_float64
from gan_lab.network.base import Critic, Generator
from gan_lab.prior.base import LatentPrior
from gan_lab.runs.cache import TensorCache, Tensors, digest_of
from gan_lab.runs.provenance import code_digest


class Prepared:
    """Caches results in `folder` by settings, data, weights and code; None caches nothing."""

    def __init__(
        self,
        folder: Path | None,
        data: DataModule,
        *,
        generator: Generator,
        prior: LatentPrior,
        critic: Critic | None,
        loss: AdversarialLoss | None,
        seed: int | None = None,
    ) -> None:
        self.cache = None if folder is None else TensorCache(folder)
        self.data, self.seed = data, seed
        self.generator, self.prior, self.critic, self.loss = generator, prior, critic, loss

    def get(self, key: Mapping[str, str], compute: Callable[[], Tensors], *, of_model: bool = True) -> Tensors:
        """Returns the result of `compute` from the cache, or computes and caches it; on the generator's device,
        float64 where that is to be had.

        The cache is indexed by `key`, the data and the code, and with `of_model` also by the model's weights and the
        seed. The code is all of gan_lab, because a preparation depends on losses, priors and random numbers as much as
        on its own file, and computing it again costs a minute at most.
        """
        if self.cache is None:
            found = compute()
        else:
            whole = dict(key) | {"code": code_digest()} | self.data_identity
            whole |= self.model_identity if of_model else {}
            found = self.cache.get(whole, compute)
        device = next(self.generator.parameters()).device
        places = {torch.float64: with_float64(device)}
        return {name: value.to(places.get(value.dtype, device)) for name, value in found.items()}

    @cached_property
    def data_identity(self) -> dict[str, str]:
        """Returns hashes of the data."""
        return {
            "train": digest_of_samples(self.data.train),
            "validation": digest_of_samples(self.data.validation),
            "classes": str(self.data.num_classes),
        }

    @cached_property
    def model_identity(self) -> dict[str, str]:
        """Returns the hash of the weights and the name of the loss."""
        networks: Mapping[str, nn.Module | None] = {
            "generator": self.generator,
            "prior": self.prior,
            "critic": self.critic,
            "loss": self.loss,
        }
        there = {name: network for name, network in networks.items() if network is not None}
        weights = {f"{name}.{key}": value for name, net in there.items() for key, value in net.state_dict().items()}
        own = {} if self.loss is None else vars(self.loss)
        settings = {key: value for key, value in own.items() if isinstance(value, bool | int | float | str)}
        settings.pop("training", None)
        again = {} if self.seed is None else {"seed": str(self.seed)}
        return again | {"weights": digest_of(weights), "loss": f"{type(self.loss).__name__} {sorted(settings.items())}"}


def digest_of_samples(samples: Samples) -> str:
    """Returns the sha256 of the samples and their labels."""
    return digest_of({"values": samples.values} | ({} if samples.labels is None else {"labels": samples.labels}))
