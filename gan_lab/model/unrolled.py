"""Unrolled GAN: the generator answers the critic that its samples will lead to."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, TypeVar, final

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.func import functional_call

from gan_lab.domains import NonNegativeInt
from gan_lab.model.simultaneous import SimultaneousModule
from gan_lab.model.turn import Turn
from gan_lab.network.convolution import differentiate_weight_gradients
from gan_lab.optimizer.looking_ahead import LookingAhead, refuse_unknown_steps
from gan_lab.penalty.lecam import LeCam
from gan_lab.types import Batch, Terms

Found = TypeVar("Found")


@final
class Unrolled(SimultaneousModule):
    """Critic: L_D(theta, phi),  generator: L_G(theta, phi_k),  phi_{i+1} = phi_i - s(grad L_D(theta, phi_i)) from
    phi_0 = phi on.

    s is what the critic's optimizer, Adam or SGD, would do next, k = `steps_ahead` times on the same reals and fakes.
    The generator's gradient is the whole one: it goes through phi_k too, which depends on theta by the fakes in L_D. So
    a generator that puts all its samples on one mode sees that the critic will follow it there. The critic itself is
    stepped once, and both players step together; with k = 0 these are simultaneous steps. A round takes the time of
    about 2 k + 2 others, and the memory of k critics.

    Running statistics of batch norm and singular vectors of spectral normalisation go ahead with the critic and are
    taken back. Lazy penalties come in the turns in which they would come. A process would look ahead on its own part of
    the batch, so it is for one process. Weight constraints and the moving averages of LeCam regularisation have no part
    in steps that are not taken, and are refused.
    Diagnostics of the generator's turn: `critic_gain`, by which the critic's loss falls from phi to phi_k, without
    penalties; `ahead_distance`, |phi_k - phi|.
    Source: Metz et al. 2017, arXiv 1611.02163, equations 7 to 10. Deviation: the generator's turn has other codes than
    the critic's.
    """

    on_the_whole_batch = "model=unrolled looks ahead on"

    def __init__(self, *, steps_ahead: NonNegativeInt, **base: Any) -> None:
        super().__init__(**base)
        self.steps_ahead = steps_ahead
        refuse_unknown_steps(self.optimizer_makers["critic"])
        if self.constraints or any(isinstance(part, LeCam) for part in self.penalties.modules()):
            raise ValueError(
                "the critic's next steps are differentiated, in which weight constraints and LeCam regularisation have "
                "no part: leave them out"
            )
        for network in (self.generator, self.critic):
            differentiate_weight_gradients(network)

    def turns(self, batches: list[Batch]) -> Iterator[Turn]:
        (batch,) = batches
        yield replace(self.critic_turn(self.critic_contest(batch)), waits=True)
        yield self.unrolled_turn(batch)

    def unrolled_turn(self, batch: Batch) -> Turn:
        """Returns the generator's turn against the critic after its next k steps."""
        noise = self.noise()
        latent = self.codes_for(batch, noise)
        fake = self.generated(latent)
        losses: list[Float[Tensor, ""]] = []

        def critic_loss() -> Float[Tensor, ""]:
            contest = self.meet(fake, latent, noise, batch)
            contest.critic_turns = self.critic_steps + len(losses)  # which lazy penalties go by
            terms = self.loss.critic(contest)
            losses.append(total(terms).detach())
            return total(terms | self.penalise("critic", contest))

        weights = [*self.critic.parameters()]
        values: list[Tensor] = [*weights]
        state = {name: buffer.clone() for name, buffer in self.critic.named_buffers()}  # moves in steps not taken
        ahead = LookingAhead(self.optimizer_of("critic").optimizer, weights)
        for _ in range(self.steps_ahead):
            loss = self.with_critic(values, state, critic_loss)
            gradients = torch.autograd.grad(loss, values, create_graph=True, allow_unused=True)
            values = ahead.step(values, gradients)

        def answer() -> Turn:
            contest = self.meet(fake, latent, noise, batch)
            losses.append(total(self.loss.critic(contest)).detach())
            return self.generator_turn(contest)

        turn = self.with_critic(values, state, answer)
        squares = [(value - weight).detach().square().sum() for value, weight in zip(values, weights, strict=True)]
        found = {"critic_gain": losses[0] - losses[-1], "ahead_distance": torch.stack(squares).sum().sqrt()}
        return replace(turn, terms=turn.terms | Terms(diagnostics=found))

    def with_critic(self, values: list[Tensor], state: dict[str, Tensor], work: Callable[[], Found]) -> Found:
        """Returns what the work gives while the critic has these values for weights, through which gradients flow, and
        this state for buffers, which the work may change."""
        names = [name for name, _ in self.critic.named_parameters()]
        parts = dict(zip(names, values, strict=True)) | state
        given = {f"critic.{name}": value for name, value in parts.items()}
        found: Found = functional_call(Playing(self.critic), given, (work,))
        return found


class Playing(nn.Module):
    """Does any work while its critic has other weights."""

    def __init__(self, critic: nn.Module) -> None:
        super().__init__()
        self.critic = critic

    def forward(self, work: Callable[[], Found]) -> Found:
        return work()


def total(terms: Terms) -> Float[Tensor, ""]:
    """Returns the sum of what is minimised."""
    return torch.stack(list(terms.minimised.values())).sum()
