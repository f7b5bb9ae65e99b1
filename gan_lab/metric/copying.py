"""Measures whether a generator reproduces its training images."""

from typing import final

import torch
from jaxtyping import Float, Int
from torch import Tensor

from gan_lab.domains import PositiveInt
from gan_lab.metric.features import Features, Reference
from gan_lab.metric.neighbours import nearest
from gan_lab.metric.real_fake import GatheredMetric
from gan_lab.runs.cache import Tensors

CELLS = 3
COMPONENTS = 64
LEAST = 20
"""The smallest number of samples of each kind with which a cell is used."""


@final
class Copying(GatheredMetric):
    """`authenticity` and `data_copying`, which measure how near generated samples are to training samples.

    With t(y) the training sample nearest to y:

    - authenticity: the share of generated y that are farther from t(y) than t(y) is from its own nearest training
      sample, in 0..1. It is 0 for copies and about 0.6 for real images that were not used for training. Alaa et al.
      2022 (arXiv 2102.08921); with the training set as reference as in Stein et al. 2023 (arXiv 2306.04675, AuthPct in
      per cent).
    - data_copying: C_T, the mean over cells, weighted by their share of real samples, of the Mann-Whitney Z of
      |y - t(y)| against |x - t(x)| for the reference's x. It is near 0 if generated samples are as far from training
      samples as real ones, far below 0 if they are copies, and above 0 if they are farther away. Cells are three
      k-means clusters of the training samples' first 64 principal components. Meehan et al. 2020 (arXiv 2004.05675).

    The floor is computed of the reference, real images that were not used for training, since training samples would
    count as copies.

    *Deviations:* cells with fewer than 20 samples of either kind are left out of C_T.
    """

    keys = ("authenticity", "data_copying")

    def __init__(self, *, train_images: PositiveInt = 50_000) -> None:
        """`train_images` is the number of training images that are searched; copies of others are not found."""
        super().__init__()
        self.train_images = train_images

    def least(self) -> dict[str, int]:
        return {"authenticity": 2, "data_copying": CELLS * LEAST}  # so that a cell of real samples counts

    def protocol(self) -> dict[str, str | int | float]:
        return {"copying_train_images": len(self._train)}

    def compute(self) -> dict[str, float]:
        fake = self.gathered()
        squared, index = nearest(fake, self._train, 1)
        authentic = squared[:, 0] > self._train_squared[index[:, 0]]
        z = data_copying(squared[:, 0], self._cells_of(fake), self._real_squared, self._cells_of(self.real))
        return {"authenticity": authentic.double().mean().item(), "data_copying": z}

    def floor(self, train: Features) -> dict[str, float]:
        return self.of(Features(self.real))

    def _take_real(self, reference: Reference) -> None:
        if reference.train is None:
            raise ValueError("copies can only be found with the training images")
        self._train = reference.train(self.train_images).features
        stored = reference.remember(f"copying {len(self._train)}", self._distances)
        stored = {name: tensor.to(self.real.device) for name, tensor in stored.items()}
        self._train_squared, self._real_squared = stored["train"], stored["real"]
        self._mean, self._axes, self._centres = stored["mean"], stored["axes"], stored["centres"]

    def _distances(self) -> Tensors:
        # Slow to import, and needed only where these distances are not yet on the disk.
        from sklearn.cluster import KMeans
        from sklearn.decomposition import PCA

        train, _ = nearest(self._train, None, 1)
        real, _ = nearest(self.real, self._train, 1)
        array = self._train.cpu().numpy()
        pca = PCA(min(COMPONENTS, *array.shape), svd_solver="covariance_eigh").fit(array)
        means = KMeans(min(CELLS, len(array)), n_init=3, random_state=0).fit(pca.transform(array)).cluster_centers_
        cells = {"mean": pca.mean_, "axes": pca.components_, "centres": means}
        return {"train": train[:, 0], "real": real[:, 0]} | {k: torch.from_numpy(v).float() for k, v in cells.items()}

    def _cells_of(self, features: Float[Tensor, "n d"]) -> Int[Tensor, " n"]:
        return torch.cdist((features - self._mean) @ self._axes.T, self._centres).argmin(1)


def data_copying(
    fake: Float[Tensor, " m"], fake_cell: Int[Tensor, " m"], real: Float[Tensor, " n"], real_cell: Int[Tensor, " n"]
) -> float:
    """Returns C_T from the distances to the nearest training sample and the cells of samples; NaN if no cell has enough
    samples."""
    total = weight = 0.0
    for cell in real_cell.unique():
        ours, theirs = fake[fake_cell == cell], real[real_cell == cell]
        if min(len(ours), len(theirs)) >= LEAST:
            total += len(theirs) * mann_whitney_z(ours, theirs)
            weight += len(theirs)
    return total / weight if weight else float("nan")


def mann_whitney_z(x: Float[Tensor, " m"], y: Float[Tensor, " n"]) -> float:
    """Returns (U - mn/2) / sqrt(mn (m + n + 1) / 12), where U is the number of pairs with x > y plus half of the ties.
    For many samples of equal distributions it follows N(0, 1)."""
    from scipy.stats import rankdata  # slow to import, and nothing before the first evaluation needs it

    m, n = len(x), len(y)
    ranks = rankdata(torch.cat([x, y]).cpu().numpy())
    u = ranks[:m].sum() - m * (m + 1) / 2
    return float((u - m * n / 2) / (m * n * (m + n + 1) / 12) ** 0.5)
