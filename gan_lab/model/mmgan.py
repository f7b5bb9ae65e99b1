"""The procedure of MMGAN: an encoder assigns real samples to the clusters of the prior."""

from collections.abc import Iterator, Mapping
from typing import Any, final

import torch
from torch import nn
from torch.nn import functional as F

from gan_lab.domains import NonNegative
from gan_lab.maths.float32 import at_least_single
from gan_lab.model.encoding import EncodingModule
from gan_lab.model.turn import Turn
from gan_lab.network.base import Critic
from gan_lab.network.modes import frozen
from gan_lab.prior.gaussian_mixture import GaussianMixture
from gan_lab.types import Batch, Contest, Latent, Terms


@final
class MMGAN(EncodingModule):
    """The critic compares each real sample with a fake of its cluster; generator, encoder and mixture play against it.

        y = softmax(E(x)), soft;  z ~ N(0, I);  x_f = G(y M + (y S) * z), M and S the prior's means and deviations
        y' one-hot, uniform on the K clusters;  x_f' = G(y' M + (y' S) * z), with the same z

        critic:                     loss_D(x, x_f)
        generator, encoder, M, S:   loss_G(x, x_f) + alpha CE(E(x_f'), y')

    With `loss=relativistic`, loss_D is -log sigmoid(C(x) - C(x_f)) and loss_G is -log sigmoid(C(x_f) - C(x)). The
    gradient of loss_G reaches the encoder through y. After training, samples have one-hot y', as `prior.sample` draws
    them. Batch norm normalises soft and one-hot codes by statistics of their own: in training those of the batch, in
    the averaged generator those of one-hot codes. With K = 1 and alpha = 0 it is the relativistic GAN.

    Diagnostics: `clusters_used`, exp of the entropy of the batch's mean y, at most K; `confidence`, the mean of max y;
    `cluster_accuracy`, the share of the x_f' whose cluster the encoder finds; `encoder_gradient_norm`.

    Source: Pandeva & Schubert 2019, arXiv 1911.06663, by algorithm 1 of source document 001, whose lines 10 and 11
    print gradients where losses are meant. Deviations: the players take their steps one after the other, each on fresh
    samples, instead of both from the same weights; alpha, K and the learning rates are ours, since the document gives
    none.
    """

    made_for: Mapping[str, type[nn.Module]] = {"prior": GaussianMixture}

    prior: GaussianMixture
    generator_needs_real = True  # for the encoder

    def __init__(self, *, encoder: Critic, alpha: NonNegative, **base: Any) -> None:
        super().__init__(**base)
        if self.generator.classes:
            raise ValueError(
                "MMGAN's generator cannot be conditioned on a class, since a code can lie between clusters"
            )
        if encoder.outputs != self.prior.components:
            raise ValueError(f"the encoder gives {encoder.outputs} scores for {self.prior.components} components")
        self.encoder = encoder
        self.alpha = alpha

    def turns(self, batches: list[Batch]) -> Iterator[Turn]:
        for batch in batches[: self.n_critic]:
            with frozen(self.encoder), frozen(self.prior), frozen(self.generator):
                contest = self.pair_contest(batch)
            yield self.critic_turn(contest)
        with frozen(self.critic):
            contest = self.pair_contest(batches[-1])
            yield self.generator_turn(contest, self.recognise(contest))

    def pair_contest(self, batch: Batch) -> Contest:
        """Returns the contest of each real sample and a fake of the clusters that the encoder assigns to it."""
        noise = self.noise()
        z = noise.normal(len(batch.images), self.prior.dim)
        clusters = at_least_single(self.encoder(batch.images).score).softmax(1)
        latent = Latent(self.prior.mix(clusters, z))
        return self.meet(self.generated(latent), latent, noise, batch, z=z, clusters=clusters)

    def recognise(self, contest: Contest) -> Terms:
        """Returns the encoder's cross-entropy on samples x_f' of single clusters, generated from the same z."""
        noise, z, clusters = contest.noise, contest.shared["z"], contest.shared["clusters"].detach()
        among = self.prior.components
        drawn = torch.randint(among, (noise.everyones(len(z)),), generator=noise.generator, device=noise.device)
        cluster = noise.mine(drawn)
        fake = self.generator(self.prior.mix(F.one_hot(cluster, among).to(z.dtype), z))
        found = at_least_single(self.encoder(fake).score)
        diagnostics = {
            "clusters_used": torch.special.entr(clusters.mean(0)).sum().exp(),
            "confidence": clusters.amax(1).mean(),
            "cluster_accuracy": (found.argmax(1) == cluster).float().mean(),
        }
        return Terms({"recognition": self.alpha * F.cross_entropy(found, cluster)}, diagnostics)
