"""Adam that expects the next step to be like the last one."""

from collections.abc import Callable
from typing import Any, final

import torch
from torch.optim import Adam

from gan_lab.domains import BelowOne, Declared, NonNegative, Positive


@final
class OptimisticAdam(Declared, Adam):
    """w_{t+1} = w_t + 2 s_t - s_{t-1},  s_t = -lr m_t / (sqrt(v_t) + eps): Adam's step, with s_{-1} = 0.

    m and v are Adam's means of the gradient and of its square, without their bias. The next step is guessed to be s_t
    again, and the guess of the round before, s_{t-1}, is taken back: w_t is the sum of all steps of Adam, and the last
    of them once more. So each player answers the place where the other one is about to be. In a bilinear game, whose
    solution gradient steps circle or leave in a spiral, these steps come to it.

    With a schedule of the learning rate, each s_t has that of its own step. A parameter without a gradient stays where
    it is. Every step is the same operations, so a CUDA graph can record it, for which `capturable` is.
    Source: Daskalakis et al. 2018, arXiv 1711.00141, algorithm 1.
    """

    def __init__(
        self,
        params: Any,
        *,
        lr: Positive,
        betas: tuple[BelowOne, BelowOne],
        eps: NonNegative = 1e-8,
        fused: bool | None = None,
        capturable: bool = False,
    ) -> None:
        super().__init__(params, lr=lr, betas=betas, eps=eps, fused=fused, capturable=capturable)

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Does one step by the gradients that are there, after the closure if there is one, whose result it returns."""
        result = None
        if closure is not None:
            with torch.enable_grad():
                result = closure()
        moved = [p for group in self.param_groups for p in group["params"] if p.grad is not None]
        if not moved:
            return result
        before = [p.clone() for p in moved]
        super().step()
        steps = torch._foreach_sub(moved, before)
        guessed = [self.state[p].setdefault("guessed", torch.zeros_like(p)) for p in moved]
        torch._foreach_add_(moved, steps)
        torch._foreach_add_(moved, guessed, alpha=-1)
        torch._foreach_copy_(guessed, steps)  # in its memory, which a CUDA graph has recorded
        return result
