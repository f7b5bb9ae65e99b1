"""Games in which the generator has an encoder at its side."""

from abc import ABC

from jaxtyping import Float
from torch import Tensor, nn

from gan_lab.model.base import AdversarialModule
from gan_lab.model.diagnostics import gradient_norm
from gan_lab.network.base import Critic


class EncodingModule(AdversarialModule, ABC):
    """The base of procedures in which an encoder tells the codes of samples, and is trained in the generator's turn.

    Diagnostic of logged rounds: `encoder_gradient_norm`.
    """

    encoder: Critic

    def players(self) -> dict[str, list[nn.Module]]:
        return {"critic": [self.critic], "generator": [self.generator, self.prior, self.encoder]}

    def watch(self, player: str) -> dict[str, Float[Tensor, ""]]:
        found = super().watch(player)
        return found | {"encoder_gradient_norm": gradient_norm(self.encoder)} if player == "generator" else found
