"""Consensus optimisation: both players also want that neither of them wants to move."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, final

import torch
from jaxtyping import Float
from torch import Tensor

from gan_lab.domains import NonNegative
from gan_lab.model.simultaneous import SimultaneousModule
from gan_lab.model.turn import Turn
from gan_lab.network.convolution import differentiate_weight_gradients
from gan_lab.types import Batch, Terms


@final
class Consensus(SimultaneousModule):
    """Critic: L_D + gamma R,  generator: L_G + gamma R,  R = |v|^2 / 2,  v = (grad L_D by the critic, grad L_G by the
    generator): both players minimise R, the one that they have in common, besides their own losses.

    R is 0 where v is, and its gradient pulls the game to such points; without it, v may turn about them for ever. It is
    differentiated through v, by the weights of both players. Penalties are part of the losses; the fakes at which they
    look are constants in them. All gradients are taken at the same weights, on one batch of reals and one of fakes, and
    both players step together.

    v is that of the batch, so R is E|v|^2 / 2 and has the variance of batches in it: with large gamma, players avoid
    weights where gradients are noisy. For the same reason it is for one process, since the ranks' mean of R is not R of
    the whole batch. Diagnostic `field_norm`, of the critic's turn: |v|.
    Source: Mescheder, Nowozin & Geiger 2017, arXiv 1705.10461, algorithm 2.
    """

    on_the_whole_batch = "model=consensus squares the gradient of"

    def __init__(self, *, gamma: NonNegative, **base: Any) -> None:
        super().__init__(**base)
        self.gamma = gamma
        for network in (self.generator, self.critic):
            differentiate_weight_gradients(network)

    def turns(self, batches: list[Batch]) -> Iterator[Turn]:
        (batch,) = batches
        contest = self.critic_contest(batch, attached=True)
        critic, generator = self.critic_turn(contest), self.generator_turn(contest)
        squares = self.squared_gradient(critic) + self.squared_gradient(generator)
        shared = Terms({"consensus": self.gamma / 2 * squares})
        norm = Terms(diagnostics={"field_norm": squares.detach().sqrt()})
        yield replace(critic, terms=critic.terms | shared | norm, waits=True)
        yield replace(generator, terms=generator.terms | shared)

    def squared_gradient(self, turn: Turn) -> Float[Tensor, ""]:
        """Returns the sum of the squares of the gradient of a turn's terms by its player's weights, to be
        differentiated."""
        total = torch.stack(list(turn.terms.minimised.values())).sum()
        weights = self.parameters_of(turn.player)
        found = torch.autograd.grad(total, weights, create_graph=True, allow_unused=True)
        return torch.stack([gradient.square().sum() for gradient in found if gradient is not None]).sum()
