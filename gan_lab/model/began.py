"""A controller keeps the two players of an energy game in balance."""

from collections.abc import Iterator, Mapping
from typing import final

import torch
from torch import nn

from gan_lab.distributed.ranks import average
from gan_lab.loss.base import judged_real
from gan_lab.loss.boundary_equilibrium import BoundaryEquilibrium
from gan_lab.model.base import AdversarialModule
from gan_lab.model.turn import Turn
from gan_lab.network.autoencoder import Autoencoder
from gan_lab.network.modes import frozen
from gan_lab.types import Batch


@final
class BEGAN(AdversarialModule):
    """The procedure of `GAN` with an autoencoder as critic; after both turns, the loss updates k by their energies.

    The mean energy of reals is from the critic's last turn and that of fakes from the generator's, over all processes.
    Serves `began` (Berthelot, Schumm & Metz 2017, arXiv 1703.10717). Deviation: the paper computes both steps from the
    same weights; here the generator's step comes after the critic's, as in all models.
    """

    made_for: Mapping[str, type[nn.Module]] = {"critic": Autoencoder, "loss": BoundaryEquilibrium}
    loss: BoundaryEquilibrium

    def turns(self, batches: list[Batch]) -> Iterator[Turn]:
        for batch in batches[: self.n_critic]:
            contest = self.critic_contest(batch)
            yield self.critic_turn(contest)
        real = judged_real(contest)
        with frozen(self.critic):
            contest = self.generator_contest(batches[-1])
            yield self.generator_turn(contest)
        energies = average(-torch.stack([real.detach().mean(), contest.on_fake.score.detach().mean()]))
        self.loss.balance(*energies)
