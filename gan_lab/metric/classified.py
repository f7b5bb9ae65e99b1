"""What metrics of classes take from an extractor that is a classifier."""

from jaxtyping import Float, Int
from torch import Tensor

from gan_lab.metric.features import Features


def logits_of(features: Features, metric: str) -> Float[Tensor, "n k"]:
    """Its logits. Raises ValueError, in the name of `metric`, where the extractor is no classifier."""
    if features.logits is None:
        raise ValueError(f"{metric} needs an extractor that is a classifier, and this one gives features alone")
    return features.logits


def predicted_classes(features: Features, metric: str) -> Int[Tensor, " n"]:
    """The most probable class of each. Raises as `logits_of`."""
    return logits_of(features, metric).argmax(1)
