"""How many generated samples look real, and how many real ones could have been generated."""

from typing import final

import torch
from jaxtyping import Float
from torch import Tensor

from gan_lab.metric.neighbours import Cloud, squared_distances, squared_radii, within_any
from gan_lab.metric.real_fake import GatheredMetric


@final
class PrecisionRecall(GatheredMetric):
    """Precision: the share of generated samples within a ball around a real one that reaches to its k-th
    nearest other real sample. Recall: the same with the roles exchanged.

    x is covered by a cloud where |x - c| ≤ r_k(c) for one of its points c, r_k(c) being c's distance to its
    k-th nearest neighbour in the cloud without itself. Kynkäänniemi et al. 2019 (arXiv 1904.06991). Both
    rise with k and fall with the number of samples, which should be equal on both sides; real against real
    gives some .9, not 1: see `Measure.floor`.

    Exact: decisions that float32 cannot make are made in float64 (`neighbours`).
    """

    def __init__(self, *, k: int = 3, chunk: int = 2048) -> None:
        """`chunk`: rows of the matrix of distances in memory at once; the values do not depend on it."""
        super().__init__()
        self.k = k
        self.chunk = chunk
        self._real_radii: Float[Tensor, " n"] | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        return (f"precision_k{self.k}", f"recall_k{self.k}")

    def protocol(self) -> dict[str, str | int | float]:
        return {"k": self.k}

    def compute(self) -> dict[str, float]:
        if self._real_radii is None:
            self._real_radii = squared_radii(self.real, self.k, self.chunk)
        values = precision_recall(self.real, self.gathered(), self.k, self.chunk, self._real_radii)
        return dict(zip(self.keys, values, strict=True))

    def _take_real(self) -> None:
        self._real_radii = None


def precision_recall(
    real: Float[Tensor, "n d"],
    fake: Float[Tensor, "m d"],
    k: int = 3,
    chunk: int = 2048,
    real_radii: Float[Tensor, " n"] | None = None,
    dtype: torch.dtype = torch.float32,
) -> tuple[float, float]:
    """(precision, recall). `real_radii` saves computing them again; `dtype` is that of the matrix products.

    Raises ValueError where a side has k samples or fewer.
    """
    if real_radii is None:
        real_radii = squared_radii(real, k, chunk, dtype)
    fake_radii = squared_radii(fake, k, chunk, dtype)
    centre = real.double().mean(0)
    reals, fakes = Cloud.of(real, centre, dtype), Cloud.of(fake, centre, dtype)
    precise = 0
    recalled = torch.zeros(len(reals), dtype=torch.bool, device=real.device)
    for start in range(0, len(fakes), chunk):
        some = slice(start, start + chunk)
        distances = squared_distances(fakes[some], reals)
        precise += int(within_any(distances, fakes[some], reals, real_radii).sum())
        recalled |= within_any(distances.T, reals, fakes[some], fake_radii[some])
    return precise / len(fakes), recalled.double().mean().item()
