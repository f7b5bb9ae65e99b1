"""What other extractors say of the ladder on which a new one is tested."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from scipy.stats import spearmanr

from gan_lab.data.base import DataModule
from gan_lab.extractor.ladder import features, ladder
from gan_lab.metric.extractor.base import HEAD_IMAGES, Extractor, affine_head
from gan_lab.metric.extractor.random import RandomFeatures
from gan_lab.metric.extractor.trained import TrainedFeatures
from gan_lab.metric.extractor.trained_files import trained_file
from gan_lab.metric.real_images import quantised

UNTRAINED = "random-v1"


def others(names: Sequence[str], data: DataModule) -> list[Extractor]:
    """Returns the extractors of these names, ready for the images of the data: `random-v1`, or any that come with
    gan_lab. Raises GanLabError for a name that is neither, and for an extractor of other images."""
    found: list[Extractor] = []
    for name in names:
        if name == UNTRAINED:
            found.append(untrained(data))
        else:
            sha256 = hashlib.sha256(trained_file(name, None).read_bytes()).hexdigest()
            found.append(TrainedFeatures(name=name, sha256=sha256))
            found[-1].adapt(*data.shape)
    return found


def untrained(data: DataModule) -> RandomFeatures:
    """Returns the features of an untrained network, with the head of these training images."""
    extractor = RandomFeatures(name=UNTRAINED, seed=0)
    extractor.adapt(*data.shape)
    extractor.set_head(*affine_head(features(extractor, quantised(data.train, HEAD_IMAGES))))
    return extractor


def compared(steps: Mapping[str, Any], extractors: Sequence[Extractor], data: DataModule) -> dict[str, Any]:
    """Returns, for each extractor, its digest, its own ladder, and Spearman's correlation of FID with `steps`."""
    found: dict[str, Any] = {}
    for extractor in extractors:
        theirs = ladder(extractor, data)
        found[extractor.name] = {
            "sha256": extractor.digest,
            "rank_correlation": rank_correlation(steps, theirs),
            "ladder": theirs,
        }
    return found


def rank_correlation(one: Mapping[str, Any], other: Mapping[str, Any]) -> float:
    """Returns Spearman's correlation of the FIDs of two ladders over their rungs."""
    rungs = [rung for rung in one if rung != "checks"]
    return float(spearmanr(*([ladder[rung]["fid"] for rung in rungs] for ladder in (one, other))).statistic)
