"""The sampling error of precision, recall, density and coverage: their values for halves of both sides."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from gan_lab.distributed.ranks import total
from gan_lab.maths.sampling_error import balanced_halves, blocks_of, deviation_of_halves
from gan_lab.metric.neighbours import Cloud, row_chunks
from gan_lab.runs.cache import Tensors

SPARE = 8
"""So many times k neighbours are kept of each sample: fewer than k of them are in its own half in one of ten million
cases. There the last one counts as the k-th."""


def prdc_deviations(
    real: Float[Tensor, "n d"],
    fake: Float[Tensor, "m d"],
    k: int,
    density_k: int,
    real_near: Tensors | None = None,
    chunk: int | None = None,
) -> tuple[float, float, float, float] | None:
    """Returns the standard deviations of precision and recall with k neighbours, density and coverage with `density_k`.

    They are `deviation_of_halves` of `balanced_halves` of both sides: first halves are compared with first halves, and
    second ones with second ones. A radius is that to the k-th neighbour in the same half. The values of halves differ
    from that of all, since radii are larger; so shares p are compared as arcsin √p, whose deviation hardly depends on
    p, and it is multiplied by 2 √(p (1 - p)) for the p of all samples. Distances are computed once for all halvings, in
    float32, since their rounding errors do not show in a deviation. `real_near` is `near_ones` of the real side, if it
    is known. Returns None where halves have too few samples.
    """
    least = min(len(real), len(fake))
    blocks = blocks_of(least)
    most = max(k, density_k)
    if blocks < 2 or least // blocks * (blocks // 2) <= most:
        return None
    real_side = _all_and_halves(real, blocks, "real")
    fake_side = _all_and_halves(fake, blocks, "fake")
    real_near = real_near or near_ones(real, most, chunk)
    real_radii = [half_radii(real_near, real_side, each) for each in (k, density_k)]
    fake_radii = half_radii(near_ones(fake, most, chunk), fake_side, k)

    balls = torch.zeros(2, *fake_side.shape, dtype=torch.int32, device=fake.device)  # around fakes, for both k
    recalled = torch.zeros(real_side.shape, dtype=torch.int32, device=real.device)
    covered = torch.zeros_like(recalled)
    centre = real.mean(0, dtype=torch.float64)
    reals, fakes = Cloud.of(real, centre), Cloud.of(fake, centre)
    reach = torch.maximum(*real_radii).amax(0), fake_radii.amax(0)
    for rows, distances in row_chunks(fakes, reals, chunk, "intervals of precision and recall"):
        i, j = ((distances <= reach[0]) | (distances <= reach[1][rows, None])).nonzero().unbind(1)
        squared, i = distances[i, j], rows[i]
        for halving in range(len(real_side)):
            same = (fake_side[halving, i] == real_side[halving, j]).nonzero()[:, 0]
            y, x, apart = i[same], j[same], squared[same]
            inside = [apart <= radii[halving, x] for radii in real_radii]
            for count, within in zip(balls, inside, strict=True):
                count[halving] += torch.bincount(y[within], minlength=len(fake)).int()
            covered[halving, x[inside[1]]] = 1
            recalled[halving, x[apart <= fake_radii[halving, y]]] = 1
    balls, recalled, covered = total(balls), total(recalled), total(covered)
    return (
        _of_share(balls[0] > 0, fake_side),
        _of_share(recalled > 0, real_side),
        deviation_of_halves(*_means(balls[1] / density_k, fake_side)),
        _of_share(covered > 0, real_side),
    )


def near_ones(points: Float[Tensor, "n d"], k: int, chunk: int | None = None) -> Tensors:
    """Returns the `squared` distances, increasing and in float32, and the `index` of `SPARE` k nearest other points."""
    most = min(SPARE * k, len(points) - 1)
    cloud = Cloud.of(points, points.mean(0, dtype=torch.float64))
    squared = torch.zeros(len(points), most, device=points.device)
    index = torch.zeros(len(points), most, dtype=torch.int32, device=points.device)
    for rows, distances in row_chunks(cloud, cloud, chunk, "neighbours for intervals"):
        distances[torch.arange(len(rows), device=rows.device), rows] = torch.inf
        near = distances.topk(most, largest=False)
        squared[rows], index[rows] = near.values, near.indices.int()
    return {"squared": total(squared), "index": total(index)}


def half_radii(near: Tensors, sides: Bool[Tensor, "halvings n"], k: int) -> Float[Tensor, "halvings n"]:
    """Returns the squared distance of each sample to its k-th nearest other one in the same half, for each halving."""
    squared, index = (near[name].to(sides.device) for name in ("squared", "index"))
    radii = []
    for side in sides:
        rank = (side[index] == side[:, None]).cumsum(1, dtype=torch.int32)
        place = (rank < k).sum(1, keepdim=True).clamp(max=squared.shape[1] - 1)
        radii.append(squared.gather(1, place)[:, 0])
    return torch.stack(radii)


def _all_and_halves(points: Float[Tensor, "n d"], blocks: int, name: str) -> Bool[Tensor, "halvings n"]:
    """Returns which samples are in the first half: all, and then those of each halving."""
    whole = torch.ones(1, len(points), dtype=torch.bool)
    return torch.cat([whole, balanced_halves(len(points), blocks, name)]).to(points.device)


def _means(
    values: Tensor, sides: Bool[Tensor, "halvings n"]
) -> tuple[Float[Tensor, " halvings-1"], Float[Tensor, " halvings-1"]]:
    """Returns the means of both halves for each halving but the first one, which is none."""
    first, second = ((values[1:].double() * which).sum(1) / which.sum(1) for which in (sides[1:], ~sides[1:]))
    return first, second


def _of_share(which: Bool[Tensor, "halvings n"], sides: Bool[Tensor, "halvings n"]) -> float:
    """Returns the deviation of the share of samples of which something is true."""
    share = which[0].double().mean()
    angles = [means.sqrt().asin() for means in _means(which, sides)]
    return (2 * (share * (1 - share)).sqrt()).item() * deviation_of_halves(*angles)
