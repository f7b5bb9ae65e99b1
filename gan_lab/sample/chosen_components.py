"""Chooses the component or class of each sample."""

import torch
from jaxtyping import Int
from torch import Tensor

from gan_lab.errors import GanLabError
from gan_lab.loss.base import AdversarialLoss
from gan_lab.loss.classes import ClassLoss
from gan_lab.prior.base import LatentPrior


def chosen_components(
    prior: LatentPrior, loss: AdversarialLoss | None, n: int, *, label: int | None, component: int | None
) -> Int[Tensor, " n"] | None:
    """Returns n times the component, or the components k of the class (k mod N = label) in turn, or None for neither.

    Raises GanLabError for both at once, where the model has no components or classes, and for numbers out of range.
    """
    if label is None and component is None:
        return None
    if label is not None and component is not None:
        raise GanLabError(
            f"label={label} and component={component} both choose what is generated: set only one of them, and "
            "the other to null"
        )
    key = "label" if component is None else "component"
    if not prior.components:
        raise GanLabError(f"{key}= cannot be used: the prior of this model has no components or classes")
    if component is not None:
        refuse_outside("component", component, prior.components)
        return torch.full((n,), component)
    assert label is not None
    if not isinstance(loss, ClassLoss):
        raise GanLabError(
            "label= needs a model that was trained with class labels, and this one was not: choose a component with "
            f"component=0 to {prior.components - 1}"
        )
    refuse_outside("label", label, loss.num_classes)
    of_class = torch.arange(label, prior.components, loss.asked_classes)
    return of_class[torch.arange(n) % len(of_class)]


def refuse_outside(key: str, value: int, count: int) -> None:
    """Raises GanLabError for a value that is not one of 0 to count - 1."""
    if not 0 <= value < count:
        raise GanLabError(f"{key}={value} must be one of 0 to {count - 1}, which are those of this model")
