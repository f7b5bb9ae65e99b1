"""The procedure of WGAN-QC: the generator's turn uses the fakes whose transport was just computed."""

from collections.abc import Iterator
from typing import final

from gan_lab.model.base import AdversarialModule
from gan_lab.model.turn import Turn
from gan_lab.network.modes import frozen
from gan_lab.types import Batch


@final
class WGANQC(AdversarialModule):
    """The procedure of `GAN`, but the generator's turn uses the latent codes of the critic's last turn, not fresh ones.

    The critic is fitted to the potentials of the exact transport between the batch of reals and the batch of fakes. So
    it knows only where these fakes should move. With several processes, each solves the smaller problem of its own
    share of the batch, so two processes do not train the same model as one.
    Serves `wgan_qc` (Liu, Gu & Samaras 2019, ICCV, "Wasserstein GAN with quadratic transport cost"), with one critic
    turn per round. Deviation: the generator is averaged from the start, not only in the last steps.
    """

    def turns(self, batches: list[Batch]) -> Iterator[Turn]:
        for batch in batches[: self.n_critic]:
            contest = self.critic_contest(batch)
            yield self.critic_turn(contest)
        with frozen(self.critic):
            yield self.generator_turn(self.generator_contest(batches[-1], contest.latent))
