"""The procedure of InfoGAN: a network finds the codes of fakes, and the generator makes them easy to find."""

from collections.abc import Iterator, Mapping
from math import e, log, pi
from typing import Any, final

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from gan_lab.domains import NonNegative
from gan_lab.maths.float32 import at_least_single
from gan_lab.model.encoding import EncodingModule
from gan_lab.model.turn import Turn
from gan_lab.network.base import Critic
from gan_lab.network.modes import frozen
from gan_lab.prior.info_codes import InfoCodes
from gan_lab.types import Batch, Latent, Terms

LEAST_STD = 0.01
"""The least deviation with which a continuous code is found; without it, a code that is found exactly would be worth
infinitely much."""


@final
class InfoGAN(EncodingModule):
    """The game of `GAN`, in which generator and encoder Q also maximise the information of codes about fakes.

        critic:            loss_D(x, G(k, c, z))
        generator and Q:   loss_G(G(k, c, z)) - lambda_k I_k - lambda_c I_c
        I_k = log K + E log Q(k | G(k, c, z)),   I_c = H(c) + E log Q(c | G(k, c, z))

    k is the categorical code of K values, c are the continuous codes and z is noise, see `InfoCodes`. I_k and I_c are
    lower bounds, in nats, of the mutual information between a code and the fakes, and reach it where Q is the
    posterior. Q(k | x) is a softmax, and Q(c | x) independent Gaussians of mean m(x) and deviation softplus(r(x)) +
    0.01, so that I_c is at most 5.1 nats for each code. Q sees single fakes, without instance noise, and no labels.

    Diagnostics: `categorical_information` I_k, at most log K; `continuous_information` I_c; `code_accuracy`, the share
    of fakes whose categorical code is Q's most probable one; `encoder_gradient_norm`. Whether the categories are those
    of the data, `cluster_nmi`, `cluster_purity` and `measure=[clusters]` say, as for any mixture.

    Source: Chen et al. 2016, arXiv 1606.03657. Deviations: Q is a network of its own, as in `MMGAN`, where the paper's
    shares all layers but the last with the critic, whose scores then depend on what Q needs; continuous codes are
    normal; the two lambdas are ours, since the paper only says 1 for categorical codes and less for continuous ones.
    From the authors' code for MNIST: there the deviation of continuous codes is fixed at 1, where here it is learnt;
    both lambdas are 1, where ours for continuous codes is .1; and the information is subtracted from the losses of both
    players, where here Q learns in the generator's turn alone.
    """

    made_for: Mapping[str, type[nn.Module]] = {"prior": InfoCodes}

    prior: InfoCodes

    def __init__(
        self, *, encoder: Critic, categorical_weight: NonNegative, continuous_weight: NonNegative, **base: Any
    ) -> None:
        super().__init__(**base)
        asked = self.prior.components + 2 * self.prior.continuous
        if encoder.outputs != asked:
            raise ValueError(f"the encoder gives {encoder.outputs} scores, and these codes need {asked}")
        if not self.generator.classes:
            raise ValueError(
                "InfoGAN's generator must get the categorical code: leave model.generator.classes as it is"
            )
        self.encoder = encoder
        self.categorical_weight = categorical_weight
        self.continuous_weight = continuous_weight

    def turns(self, batches: list[Batch]) -> Iterator[Turn]:
        for batch in batches[: self.n_critic]:
            yield self.critic_turn(self.critic_contest(batch))
        with frozen(self.critic):
            noise, batch = self.noise(), batches[-1]
            latent = self.codes(len(batch.images), noise)
            fake = self.generated(latent)
            contest = self.meet(fake, latent, noise, batch if self.generator_needs_real else None)
            yield self.generator_turn(contest, self.recognise(fake, latent))

    def recognise(self, fake: Float[Tensor, " b *shape"], latent: Latent) -> Terms:
        """Returns the terms that maximise the information of the codes about these fakes, and their diagnostics."""
        assert latent.component is not None
        logits, mean, spread = self.found(fake)
        codes, std = self.prior.continuous_codes(latent.z), F.softplus(spread) + LEAST_STD
        categorical = log(self.prior.components) - F.cross_entropy(logits, latent.component)
        surprise = 0.5 * ((codes - mean) / std).square() + std.log() + 0.5 * log(2 * pi)
        continuous = self.prior.continuous * 0.5 * log(2 * pi * e) - surprise.sum(1).mean()
        diagnostics = {
            "categorical_information": categorical.detach(),
            "continuous_information": continuous.detach(),
            "code_accuracy": (logits.argmax(1) == latent.component).float().mean(),
        }
        minimised = {
            "categorical": -self.categorical_weight * categorical,
            "continuous": -self.continuous_weight * continuous,
        }
        return Terms(minimised, diagnostics)

    def found(self, samples: Float[Tensor, " b *shape"]) -> tuple[Tensor, Tensor, Tensor]:
        """Returns what Q says of samples: logits of the categorical code, means of the continuous codes, and r."""
        said = at_least_single(self.encoder(samples).score)
        logits, mean, spread = said.split([self.prior.components, self.prior.continuous, self.prior.continuous], 1)
        return logits, mean, spread
