"""One turn of one player."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from torch import nn

from gan_lab.types import Terms


@dataclass(frozen=True, slots=True)
class Turn:
    """Who plays, what is minimised (and watched), and what follows the optimizer's step."""

    player: str
    terms: Terms
    after: Callable[[], None] | None = None


@contextmanager
def frozen(network: nn.Module) -> Iterator[None]:
    """Gradients flow through the network, none are kept for its weights."""
    parameters = [p for p in network.parameters() if p.requires_grad]
    for parameter in parameters:
        parameter.requires_grad_(False)
    try:
        yield
    finally:
        for parameter in parameters:
            parameter.requires_grad_(True)
