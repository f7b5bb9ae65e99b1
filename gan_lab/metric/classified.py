"""Logits and predicted classes, for metrics that need a classifier."""

from jaxtyping import Float, Int
from torch import Tensor

from gan_lab.metric.features import Features


def logits_of(features: Features, metric: str) -> Float[Tensor, "n k"]:
    """Returns the logits. Raises ValueError naming the metric if the extractor is no classifier."""
    if features.logits is None:
        raise ValueError(f"{metric} needs an extractor that is a classifier, but this one only gives features")
    return features.logits


def predicted_classes(features: Features, metric: str) -> Int[Tensor, " n"]:
    """Returns the most probable class of each sample. Raises ValueError like `logits_of`."""
    return logits_of(features, metric).argmax(1)
