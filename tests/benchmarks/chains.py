"""python -m tests.benchmarks.chains: what DDLS costs beside its bare network evaluations, in one run.

A GAN of network=mlp on images of 28x28, as it starts: weights do not matter to the time. The bare way evaluates
generator and critic on the same number of codes in the same batches, with the gradient by the code and nothing else.
Writes outputs/reference/benchmark_chains.json.
"""

import argparse
from pathlib import Path
from typing import Any

import torch

from gan_lab.build import build
from gan_lab.config.compose import compose_config
from gan_lab.data.loading import load_data
from gan_lab.runs.atomic import write_json
from gan_lab.runs.provenance import provenance
from gan_lab.sampler.ddls import DDLS
from tests.benchmarks.timing import side_by_side, summary

RESULT = Path("outputs/reference/benchmark_chains.json")
WAYS = {
    "ddls": ("sampler.n_steps=20",),
    "ddls, mala": ("sampler.n_steps=20", "sampler.mala=true"),
}


def bare(sampler: DDLS, n: int, evaluations: int) -> None:
    """So many evaluations of n codes each, and the images at the end."""
    context = sampler.context
    z = torch.randn(n, context.prior.dim)
    for _ in range(evaluations):
        for part in z.split(context.batch_size):
            code = part.detach().requires_grad_(True)
            torch.autograd.grad(context.critic(context.generator(code)).score.sum(), code)
    with torch.no_grad():
        for part in z.split(context.batch_size):
            context.generator(part)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=1000)
    parser.add_argument("--repeats", type=int, default=7)
    options = parser.parse_args()
    line = ("model=gan", "sampler=ddls", "sampler.calibration=none")
    parts = {name: compose_config(*line, *more) for name, more in WAYS.items()}
    torch.manual_seed(0)
    first = next(iter(parts.values()))
    model, data = build(first["model"], "model"), load_data(first["data"])
    model.requires_grad_(False).eval()
    samplers: dict[str, DDLS] = {name: build(part["sampler"], "sampler") for name, part in parts.items()}
    for sampler in samplers.values():
        sampler.prepare(model, data)
    steps = next(iter(samplers.values())).n_steps
    ways: dict[str, Any] = {"bare": lambda: bare(samplers["ddls"], options.n, steps + 1)}
    for name, sampler in samplers.items():
        ways[name] = lambda sampler=sampler: sampler.sample(options.n, torch.Generator().manual_seed(0))
    side_by_side(ways, 1, "warming up")
    seconds = side_by_side(ways, options.repeats, "chains")
    record = {
        "n": options.n,
        "steps": steps,
        "seconds": summary(seconds, "bare"),
        **provenance(torch.device("cpu")),
    }
    write_json(RESULT, record)
    for name, values in record["seconds"].items():
        print(f"{name}: {values['seconds']} s, {values['times_ours'][0]} times the bare evaluations")


if __name__ == "__main__":
    main()
