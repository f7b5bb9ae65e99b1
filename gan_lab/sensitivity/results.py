"""Measures for each extractor, number of samples and k, and their table."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from gan_lab.metric.features import Features, Reference
from gan_lab.metric.frechet import FrechetDistance
from gan_lab.metric.frechet_infinity import intercept
from gan_lab.metric.kernel import KernelDistance
from gan_lab.metric.neighbours import squared_radii
from gan_lab.metric.prdc import prdc
from gan_lab.terminal.table import aligned, cell

SAMPLES = ("real", "generated")
"""The kinds of samples that are compared with the real images of the split: training images and generated ones."""

Record = dict[str, Any]


@torch.inference_mode()
def compared(
    real: Float[Tensor, "n d"], samples: Mapping[str, Float[Tensor, "m d"]], ks: Sequence[int]
) -> dict[str, dict[str, float]]:
    """Returns FID, KID and, for each k, precision, recall, density and coverage of each set of features."""
    metrics = FrechetDistance(), KernelDistance()
    for metric in metrics:
        metric.set_reference(Reference(Features(real)))
    radii = squared_radii(real, tuple(ks))
    found = {}
    for kind, features in samples.items():
        values = {key: value for metric in metrics for key, value in metric.of(Features(features)).items()}
        for k, shares in prdc(real, features, tuple(ks), radii).items():
            values |= {f"{key}_k{k}": value for key, value in asdict(shares).items()}
        found[kind] = values
    return found


def intercepts(results: Sequence[Record]) -> dict[str, dict[str, float]]:
    """Returns, by extractor and kind of samples, the value of the line of FID against 1/N at 1/N = 0."""
    return {
        name: {
            kind: intercept([1 / n for n in sizes], fids)
            for kind in SAMPLES
            for sizes, fids in [curve(results, name, kind, "fid")]
        }
        for name in extractors(results)
    }


def extractors(results: Sequence[Record]) -> list[str]:
    return list(dict.fromkeys(record["extractor"] for record in results))


def curve(results: Sequence[Record], extractor: str, kind: str, measure: str) -> tuple[list[int], list[float]]:
    """Returns the values of N and a measure at each of them."""
    chosen = [record for record in results if (record["extractor"], record["samples"]) == (extractor, kind)]
    return [record["n"] for record in chosen], [record[measure] for record in chosen]


def table(results: Sequence[Record], ks: Sequence[int], limits: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Returns a line for each extractor, kind of samples and N, with the values of all k in one cell."""
    shown = " ".join(str(k) for k in ks)
    lines = [["", "samples", "N", "FID", "KID", f"precision k={shown}", f"recall k={shown}"]]
    for record in results:
        name, kind = record["extractor"], record["samples"]
        shares = [" ".join(f"{record[f'{share}_k{k}']:.2f}" for k in ks) for share in ("precision", "recall")]
        lines.append([name, kind, str(record["n"]), cell(record["fid"]), cell(record["kid"]), *shares])
    for name, limit in limits.items():
        lines += [[name, kind, "infinite", cell(limit[kind]), "", "", ""] for kind in SAMPLES]
    order = {name: place for place, name in enumerate(limits)}
    head, *rest = lines
    return aligned([head, *sorted(rest, key=lambda line: (order[line[0]], SAMPLES.index(line[1])))])
