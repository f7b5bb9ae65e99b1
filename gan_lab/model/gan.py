"""Two players in turn: the training procedure of most variants."""

from collections.abc import Iterator
from typing import final

from gan_lab.model.base import AdversarialModule
from gan_lab.model.turn import Turn
from gan_lab.network.modes import frozen
from gan_lab.penalty.lazy import Lazy
from gan_lab.types import Batch


@final
class GAN(AdversarialModule):
    """The critic has `n_critic` turns, each on fresh reals and fresh fakes; then the generator has one.

    Serves `gan` (Goodfellow et al. 2014, arXiv 1406.2661), `wgan` (Arjovsky et al. 2017, arXiv 1701.07875), `wgan_gp`
    (Gulrajani et al. 2017, arXiv 1704.00028), `gmgan_static` and `gmgan_dynamic` (Ben-Yosef & Weinshall 2018, arXiv
    1808.10356) and every other yaml of conf/model that names no other class: they differ in loss, penalty, prior and
    network only. The generator's turn also trains the prior, if it has parameters.
    """

    @property
    def same_every_round(self) -> bool:
        lazy = any(isinstance(penalty, Lazy) for penalty in self.penalties.values())
        every_fake = self.top_k is None or self.top_k.share == 1
        return not (lazy or self.instance_noise or self.schedules) and every_fake

    def turns(self, batches: list[Batch]) -> Iterator[Turn]:
        for batch in batches[: self.n_critic]:
            yield self.critic_turn(self.critic_contest(batch))
        with frozen(self.critic):
            yield self.generator_turn(self.generator_contest(batches[-1]))
