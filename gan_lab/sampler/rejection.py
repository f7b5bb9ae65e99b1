"""Rejection sampling, for each sample independently."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor
from tqdm import tqdm

from gan_lab.errors import SamplingBudgetError
from gan_lab.sampler.budget import Budget
from gan_lab.sampler.draws import Draws
from gan_lab.types import Latent


@dataclass(frozen=True, slots=True)
class Verdict:
    """Which proposals are accepted; their images, if they were generated; and which are `remarkable`, to be counted."""

    accepted: Bool[Tensor, " b"]
    x: Tensor | None = None
    remarkable: Bool[Tensor, " b"] | None = None


AcceptanceRule = Callable[[Latent, Float[Tensor, " b"]], Verdict]
"""Decides about codes, given a number of U[0, 1) for each."""


def until_accepted(
    draws: Draws, propose: Callable[[Draws], Latent], accept: AcceptanceRule, budget: Budget, batch_size: int
) -> tuple[Latent, Tensor | None, int]:
    """Returns the first accepted proposal of each chosen sample, its image, and the number of remarkable proposals.

    Samples without an accepted proposal get another one together. When they are too few to fill a batch, each gets
    several proposals at once. Those after the first accepted one are ignored and not counted as proposed.
    """
    device, n = draws.chosen.device, len(draws)
    still_open, attempt, at_once = torch.arange(n, device=device), 0, 1
    remarkable = 0
    finished = torch.zeros(n, dtype=torch.bool, device=device)
    z: Tensor | None = None
    component: Tensor | None = None
    x: Tensor | None = None
    with tqdm(total=n, desc=budget.sampler, unit="sample", delay=2.0, leave=False) as progress:
        while len(still_open):
            tries = [draws.only(still_open).attempt(attempt + i) for i in range(at_once)]
            latent = Latent.joined([propose(part) for part in tries])
            verdict = accept(latent, torch.cat([part.uniform("accept") for part in tries]))
            accepted, images = verdict.accepted.view(at_once, -1), verdict.x
            done, number = accepted.any(0), accepted.int().argmax(0)  # the first one
            rows = (number * len(still_open) + torch.arange(len(still_open), device=device))[done]
            slots = still_open[done]
            z = placed(z, latent.z[rows], slots, n)
            component = None if latent.component is None else placed(component, latent.component[rows], slots, n)
            x = None if images is None else placed(x, images[rows], slots, n)
            still_open = still_open[~done]
            tried = torch.where(done, number + 1, at_once)
            if verdict.remarkable is not None:
                counted = torch.arange(at_once, device=device)[:, None] < tried
                remarkable += int((verdict.remarkable.view(at_once, -1) & counted).sum())
            finished[slots] = True
            try:
                budget.spend(int(tried.sum()), len(slots))
            except SamplingBudgetError as error:
                error.z = z[finished]
                raise
            progress.update(len(slots))
            attempt += at_once
            at_once = min(2 * at_once, max(1, batch_size // max(1, len(still_open))))
    if z is None:  # no samples were chosen
        latent = propose(draws)
        return latent, accept(latent, draws.uniform("accept")).x, 0
    return Latent(z, component), x, remarkable


def placed(whole: Tensor | None, part: Tensor, slots: Tensor, n: int) -> Tensor:
    """Returns `whole`, a tensor of n rows (new if None), with `part` in the rows `slots`."""
    if whole is None:
        whole = part.new_zeros(n, *part.shape[1:])
    whole[slots] = part
    return whole
