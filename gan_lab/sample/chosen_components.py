"""Which component or class each sample is made for."""

import torch
from jaxtyping import Int
from torch import Tensor

from gan_lab.errors import GanLabError
from gan_lab.loss.base import AdversarialLoss
from gan_lab.loss.classes import ClassLoss
from gan_lab.prior.base import LatentPrior


def chosen_components(
    prior: LatentPrior, loss: AdversarialLoss, n: int, *, label: int | None, component: int | None
) -> Int[Tensor, " n"] | None:
    """n times the component; or the components k of the class, k mod N = label, in turn; None where neither is chosen.

    Raises GanLabError for both at once, for what the model does not have, and for numbers out of range.
    """
    if label is None and component is None:
        return None
    if label is not None and component is not None:
        raise GanLabError(
            f"label={label} and component={component} both choose what is generated: set one of them, and null the "
            "other"
        )
    key = "label" if component is None else "component"
    if not prior.components:
        raise GanLabError(f"{key}= has nothing to choose from: the prior of this model has no components or classes")
    if component is not None:
        refuse_outside("component", component, prior.components)
        return torch.full((n,), component)
    assert label is not None
    if not isinstance(loss, ClassLoss):
        raise GanLabError(
            "label= needs a model that was trained with classes, and this one was not: choose one of its components "
            f"with component=0 to {prior.components - 1}"
        )
    refuse_outside("label", label, loss.num_classes)
    of_class = torch.arange(label, prior.components, loss.num_classes)
    return of_class[torch.arange(n) % len(of_class)]


def refuse_outside(key: str, value: int, count: int) -> None:
    """Raises GanLabError for what is not one of 0 to count - 1."""
    if not 0 <= value < count:
        raise GanLabError(f"{key}={value} must be one of 0 to {count - 1}: this model has no others")
