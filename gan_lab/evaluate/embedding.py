"""Embeds features in the plane, for figures."""

import torch
from jaxtyping import Float
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE
from torch import Tensor

MOST_POINTS = 2000
"""The largest number of points, which take some ten seconds on one core."""


def embed(features: Float[Tensor, "n d"], seed: int) -> Float[Tensor, "n 2"]:
    """Returns t-SNE of the first 50 principal components, initialised with the first two; near samples stay near.

    Distances between distant groups and the sizes of groups mean nothing. Each call has its own axes: embed together
    what is to be compared. `seed` is passed to scikit-learn. The result is on the CPU, and the origin for all points
    where they are equal. van der Maaten and Hinton 2008 (JMLR 9).

    Raises ValueError for fewer than 4 points or more than 2000, and for a single feature.
    """
    n, d = features.shape
    if not 4 <= n <= MOST_POINTS or d < 2:
        raise ValueError(f"an embedding takes 4 to {MOST_POINTS} points of 2 features or more, not {n} of {d}")
    points = features.double().cpu().numpy()
    if (points == points[0]).all():
        return torch.zeros(n, 2)
    components = PCA(min(50, n, d), svd_solver="full").fit_transform(points)
    perplexity = min(30.0, (n - 1) / 3)  # how many neighbours a point has
    plane = TSNE(perplexity=perplexity, init="pca", random_state=seed).fit_transform(components)
    return torch.from_numpy(plane).float()
