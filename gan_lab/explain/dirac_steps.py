"""The steps that training methods take in games of two numbers."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Complex, Float
from torch import Tensor
from torch.func import grad, jacrev
from torch.nn import functional as F

Game = Callable[[Tensor], Tensor]
"""The critic's loss of the score s = psi theta of a fake; the generator's is its negative."""
Step = Callable[[Tensor], Tensor]
"""The state after a step, (theta, psi) first."""

GAMES: dict[str, Game] = {"bilinear": lambda score: score, "logistic": F.softplus}
"""The Dirac-GAN with the loss of WGAN, and with that of the original GAN. Its real score is 0, whatever psi is."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The learning rate, the weights of R1 and of consensus, and the steps that an unrolled critic looks ahead."""

    rate: float
    r1: float
    consensus: float
    unrolled: int


def field(game: Game, w: Float[Tensor, "2"]) -> Float[Tensor, "2"]:
    """Returns v = (dL_G/dtheta, dL_D/dpsi) = c'(psi theta) (-psi, theta) for the critic's loss c."""
    theta, psi = w
    return grad(game)(theta * psi) * torch.stack([-psi, theta])


def simultaneous(game: Game, of: Settings) -> Step:
    """w - lr v(w)."""
    return lambda w: w - of.rate * field(game, w)


def alternating(game: Game, of: Settings) -> Step:
    """psi - lr v_psi(theta, psi), and then theta with the new psi."""

    def step(w: Tensor) -> Tensor:
        theta, psi = w
        psi = psi - of.rate * field(game, w)[1]
        theta = theta - of.rate * field(game, torch.stack([theta, psi]))[0]
        return torch.stack([theta, psi])

    return step


def r1(game: Game, of: Settings) -> Step:
    """Simultaneous steps with gamma/2 psi^2 in the critic's loss, whose slope at the real 0 is psi."""

    def step(w: Tensor) -> Tensor:
        return w - of.rate * (field(game, w) + of.r1 * torch.stack([torch.zeros_like(w[1]), w[1]]))

    return step


def consensus(game: Game, of: Settings) -> Step:
    """w - lr (v + gamma grad |v|^2 / 2)."""
    return lambda w: w - of.rate * (field(game, w) + of.consensus * grad(lambda at: energy(game, at))(w))


def energy(game: Game, w: Float[Tensor, "2"]) -> Float[Tensor, ""]:
    """Returns |v|^2 / 2, which is 0 where no player wants to move."""
    return field(game, w).square().sum() / 2


def extragradient(game: Game, of: Settings) -> Step:
    """w - lr v(w - lr v(w))."""
    return lambda w: w - of.rate * field(game, w - of.rate * field(game, w))


def optimistic(game: Game, of: Settings) -> Step:
    """w - 2 lr v(w) + lr v(the last w), whose state has that v beside w."""

    def step(state: Tensor) -> Tensor:
        w, before = state[:2], state[2:]
        now = field(game, w)
        return torch.cat([w - of.rate * (2 * now - before), now])

    return step


def unrolled(game: Game, of: Settings) -> Step:
    """Simultaneous steps; the generator's gradient is that of its loss against the critic after k steps of its own."""

    def ahead(theta: Tensor, psi: Tensor) -> Tensor:
        for _ in range(of.unrolled):
            psi = psi - of.rate * field(game, torch.stack([theta, psi]))[1]
        return -game(theta * psi)

    def step(w: Tensor) -> Tensor:
        theta, psi = w
        return w - of.rate * torch.stack([grad(ahead)(theta, psi), field(game, w)[1]])

    return step


METHODS: dict[str, Callable[[Game, Settings], Step]] = {
    method.__name__: method
    for method in (simultaneous, alternating, r1, consensus, extragradient, optimistic, unrolled)
}


def start(method: str) -> Float[Tensor, " n"]:
    """Returns the state at (1, 1)."""
    state = torch.ones(2, dtype=torch.float64)
    return torch.cat([state, torch.zeros_like(state)]) if method == "optimistic" else state


def path(step: Step, state: Float[Tensor, " n"], steps: int) -> Float[Tensor, "steps 2"]:
    """Returns (theta, psi) at the start and after each step."""
    points = [state]
    for _ in range(steps):
        points.append(step(points[-1]))
    return torch.stack(points)[:, :2]


def eigenvalues(step: Step, size: int) -> Complex[Tensor, " n"]:
    """Returns the eigenvalues of a step's derivative at the solution, where all numbers are 0, the largest first."""
    found = torch.linalg.eigvals(jacrev(step)(torch.zeros(size, dtype=torch.float64)))
    return found[found.abs().argsort(descending=True, stable=True)]
