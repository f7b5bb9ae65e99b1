"""What metrics of classes take from an extractor that is a classifier."""

from jaxtyping import Float, Int
from torch import Tensor

from gan_lab.metric.seen import Seen


def logits_of(seen: Seen, metric: str) -> Float[Tensor, "n k"]:
    """Its logits. Raises ValueError, in the name of `metric`, where the extractor is no classifier."""
    if seen.logits is None:
        raise ValueError(f"{metric} needs an extractor that is a classifier, and this one gives features alone")
    return seen.logits


def classes_of(seen: Seen, metric: str) -> Int[Tensor, " n"]:
    """The most probable class of each. Raises as `logits_of`."""
    return logits_of(seen, metric).argmax(1)
