"""The Fréchet distance extrapolated to infinitely many generated samples."""

from typing import final

import torch
from jaxtyping import Float
from torch import Tensor

from gan_lab.distributed.ranks import share, total
from gan_lab.domains import PositiveInt
from gan_lab.metric.features import Reference
from gan_lab.metric.frechet import MOMENTS, frechet_distance, moments
from gan_lab.metric.real_fake import GatheredMetric
from gan_lab.noise import seed_of
from gan_lab.terminal.bar import bar


@final
class FrechetInfinity(GatheredMetric):
    """`fid_infinity`: the intercept of FID against 1/N, fitted by least squares to random subsets of 15 sizes.

    The bias of FID is linear in 1/N, and its slope differs between generators, so with few samples the worse generator
    can have the lower FID. The sizes are evenly spaced between min(5000, N/2) and N. Chong & Forsyth 2020 (arXiv
    1911.07023).

    *Deviations:* latent codes are random, not a Sobol sequence; the size of the reference is not varied, so its part of
    the bias remains.
    """

    keys = ("fid_infinity",)

    def __init__(self, *, sizes: PositiveInt = 15) -> None:
        super().__init__()
        self.sizes = sizes

    def least(self) -> dict[str, int]:
        return {"fid_infinity": max(4, 2 * self.sizes)}  # all sizes between N/2 and N are different

    def compute(self) -> dict[str, float]:
        fake = self.gathered().double() - self._centre
        if len(fake) < 4:
            raise ValueError(f"an extrapolation needs 4 samples or more, not {len(fake)}")
        counts = torch.linspace(min(5000, len(fake) // 2), len(fake), self.sizes).round().long().tolist()
        generator = torch.Generator().manual_seed(seed_of("fid_infinity"))
        subsets = [torch.randperm(len(fake), generator=generator)[:count] for count in counts]
        values = fake.new_zeros(len(subsets))
        for i in bar(share(range(len(subsets))), "FID of many sizes"):
            some = fake[subsets[i].to(fake.device)]
            mean = some.mean(0)
            values[i] = frechet_distance(torch.zeros_like(mean), self._factor, mean, (some - mean).T.cov())
        return {"fid_infinity": intercept([1 / count for count in counts], total(values).tolist())}

    def _take_real(self, reference: Reference) -> None:
        stored = reference.remember(MOMENTS, lambda: moments(self.real))
        self._centre, self._factor = (stored[name].to(self.real.device) for name in ("centre", "factor"))


def intercept(x: list[float], y: list[float]) -> float:
    """Returns a of the least squares line a + b x."""
    line = torch.tensor([[1.0, value] for value in x], dtype=torch.float64)
    values: Float[Tensor, "n 1"] = torch.tensor(y, dtype=torch.float64)[:, None]
    return torch.linalg.lstsq(line, values).solution[0].item()
