"""Groups of images by their pixels: what the ladder takes in the place of classes where there are no labels."""

import copy

import torch
from sklearn.cluster import KMeans

from gan_lab.data.base import DataModule, Samples

GROUPS = 10


def grouped(data: DataModule) -> DataModule:
    """Returns the data with a label for each validation image: one of at most ten groups by k-means of the pixels, of
    which 0 is the largest.

    The pixels are no extractor's, so that none has an advantage. A missing group is a kind of images that is missing,
    and images of a group are alike enough for halves of different ones to look right each for itself.
    """
    values = data.validation.values
    groups = min(GROUPS, len(values))
    found = KMeans(groups, n_init=1, random_state=0).fit(values.flatten(1).float().numpy()).labels_
    labels = torch.from_numpy(found).long()
    order = labels.bincount(minlength=groups).argsort(descending=True)
    changed = copy.copy(data)
    changed.validation, changed.num_classes = Samples(values, order.argsort()[labels]), groups
    return changed
