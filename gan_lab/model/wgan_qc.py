"""The generator answers the very fakes whose transport was just solved."""

from collections.abc import Iterator
from typing import final

from gan_lab.model.base import AdversarialModule
from gan_lab.model.turn import Turn
from gan_lab.network.modes import frozen
from gan_lab.types import Batch


@final
class WGANQC(AdversarialModule):
    """As `GAN`, but the generator's turn takes the latent codes of the critic's last turn instead of fresh ones.

    The critic is fitted to the potentials of the exact transport between the batch of reals and the batch of fakes, and
    what it knows is where *these* fakes should go. With several processes each solves its own share of the batch, a
    smaller problem: two processes do not train what one does.
    Serves `wgan_qc` (Liu, Gu & Samaras 2019, ICCV, "Wasserstein GAN with quadratic transport cost"), one critic turn a
    round. Deviation: the averaged generator follows from the start, not in the last steps only.
    """

    def turns(self, batches: list[Batch]) -> Iterator[Turn]:
        for batch in batches[: self.n_critic]:
            contest = self.critic_contest(batch)
            yield self.critic_turn(contest)
        with frozen(self.critic):
            yield self.generator_turn(self.generator_contest(batches[-1], contest.latent))
