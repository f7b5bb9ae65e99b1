"""Measures whether a generator reproduces its training images."""

from collections.abc import Callable
from typing import final

import torch
from jaxtyping import Float, Int
from torch import Tensor

from gan_lab.domains import PositiveInt
from gan_lab.metric.features import Features, Part, Reference
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

    The floors are computed of the reference, real images that were not used for training, since training samples would
    count as copies: authenticity of all of it, and C_T of its first half in the place of generated samples against the
    second half. The splits are in random order, so that both halves have one distribution, and that floor is one draw
    from about N(0, v), where v ≤ 1 is the sum of the squared weights of the cells.

    *Deviations:* cells with fewer than 20 samples of either kind are left out of C_T.
    """

    keys = ("authenticity", "data_copying")
    version = 2

    def __init__(self, *, train_images: PositiveInt = 50_000) -> None:
        """`train_images` is the number of training images that are searched; copies of others are not found."""
        super().__init__()
        self.train_images = train_images

    def least(self) -> dict[str, int]:
        return {"authenticity": 2, "data_copying": 2 * CELLS * LEAST}  # so that in each half a cell counts

    def plan(self, train: int) -> None:
        self._searched = min(self.train_images, train)

    def protocol(self) -> dict[str, str | int | float]:
        return {"copying_train_images": self._searched}

    def compute(self) -> dict[str, float]:
        fake = self.gathered()
        squared, index = nearest(fake, self._train, 1)
        cells = self._cells_of(fake)
        z = data_copying(squared[:, 0], cells, self._real_squared, self._cells_of(self.real))
        return {"authenticity": self._authenticity(squared[:, 0], index[:, 0]), "data_copying": z}

    def floor(self, train: Features) -> dict[str, float]:
        squared, cells, half = self._real_squared, self._cells_of(self.real), len(self.real) // 2
        z = data_copying(squared[:half], cells[:half], squared[half:], cells[half:])
        return {"authenticity": self._authenticity(squared, self._real_index), "data_copying": z}

    def _authenticity(self, squared: Float[Tensor, " m"], index: Int[Tensor, " m"]) -> float:
        """Returns it from the distance to the nearest training sample and the index of that."""
        return (squared > self._train_squared[index]).double().mean().item()

    def _take_real(self, reference: Reference) -> None:
        if reference.train is None:
            raise ValueError("copies can only be found with the training images")
        self._train = reference.train(self.train_images).features
        n = self._searched = len(self._train)

        def remember(name: str, what: str, compute: Callable[[], Tensors], real: bool = False) -> Tensors:
            part = Part(f"copying, {name}", f"{what}, to tell copies", real, train=n)
            return {key: tensor.to(self.real.device) for key, tensor in reference.remember(part, compute).items()}

        among = remember("neighbours 1", f"neighbours of {n:,} training images", self._among)
        near = remember("nearest 1", "training images nearest to real ones", self._to_real, real=True)
        settings = f"{CELLS} of {COMPONENTS} components"
        cells = remember(f"cells 1, {settings}", f"{CELLS} groups of training images", self._cells)
        self._train_squared = among["squared"]
        self._real_squared, self._real_index = near["squared"], near["index"].long()
        self._mean, self._axes, self._centres = cells["mean"], cells["axes"], cells["centres"]

    def _among(self) -> Tensors:
        return {"squared": nearest(self._train, None, 1)[0][:, 0]}

    def _to_real(self) -> Tensors:
        squared, index = nearest(self.real, self._train, 1)
        return {"squared": squared[:, 0], "index": index[:, 0].int()}

    def _cells(self) -> Tensors:
        # Slow to import, and needed only where the cells are not yet on the disk.
        from sklearn.cluster import KMeans
        from sklearn.decomposition import PCA

        array = self._train.cpu().numpy()
        pca = PCA(min(COMPONENTS, *array.shape), svd_solver="covariance_eigh").fit(array)
        means = KMeans(min(CELLS, len(array)), n_init=3, random_state=0).fit(pca.transform(array)).cluster_centers_
        cells = {"mean": pca.mean_, "axes": pca.components_, "centres": means}
        return {name: torch.from_numpy(values).float() for name, values in cells.items()}

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
