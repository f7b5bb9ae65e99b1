"""python -m tests.benchmarks.variants: what a generator step of every variant costs beside one of `gan`, in one run.

All on the nets of network=mlp, on images of 28x28, batch 64, without evaluation, logging or pictures. Also the exact
transport solver against the linear programme that it replaces. Writes outputs/reference/benchmark_variants.json. Only
ratios within one run mean something on a machine that others share.
"""

import argparse
import json
import statistics
import time
from pathlib import Path
from typing import Any

import torch
from lightning import Callback
from tqdm import tqdm

from gan_lab.build import build
from gan_lab.config.compose import compose_config
from gan_lab.data.base import DataModule
from gan_lab.maths.assignment import solve
from gan_lab.maths.quadratic import quadratic_cost
from gan_lab.model.generative import GenerativeModule
from gan_lab.runs.atomic import write_json
from gan_lab.runs.provenance import provenance
from gan_lab.trust.targets import CONF_DIR
from tests.benchmarks.timing import side_by_side, summary
from tests.maths.linear_programme import by_linear_programme
from tests.short_runs import trainer

RESULT = Path("outputs/reference/benchmark_variants.json")
VARIANTS = sorted(path.stem for path in (CONF_DIR / "model").glob("*.yaml"))
WITHOUT_PRETRAINING = ["model.pretraining_epochs=0", "model.loss.relative=false"]


class Clock(Callback):
    """The seconds of each round."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def on_train_batch_start(self, *_: Any) -> None:
        self.start = time.perf_counter()

    def on_train_batch_end(self, *_: Any) -> None:
        self.seconds.append(time.perf_counter() - self.start)


def milliseconds(model: GenerativeModule, data: DataModule, rounds: int) -> float:
    """The median of one round, after some that warm up."""
    clock = Clock()
    model.run_length = model.generator_steps + rounds
    trainer(callbacks=[clock]).fit(model, datamodule=data)
    return 1000 * statistics.median(clock.seconds[rounds // 4 :])


def variants(rounds: int, repeats: int) -> dict[str, Any]:
    """By variant: milliseconds per generator step, and times those of `gan` in the same pass (median, least, most)."""
    configs = {v: compose_config(f"model={v}", *(WITHOUT_PRETRAINING if v == "ebgan" else ())) for v in VARIANTS}
    data = build(configs["gan"]["data"], "data")
    data.setup()
    models: dict[str, GenerativeModule] = {v: build(config["model"], "model") for v, config in configs.items()}
    passes = [
        {v: milliseconds(model, data, rounds) for v, model in tqdm(models.items(), f"pass {number + 1} of {repeats}")}
        for number in range(repeats)
    ]
    result = {}
    for variant, model in models.items():
        ratios = [times[variant] / times["gan"] for times in passes]
        result[variant] = {
            "n_critic": getattr(model, "n_critic", 0),  # no critic, no steps
            "milliseconds": round(statistics.median(times[variant] for times in passes), 2),
            "times_gan": [round(f(ratios), 2) for f in (statistics.median, min, max)],
        }
    return result


def transport(m: int, repeats: int) -> dict[str, Any]:
    """The exact solver and HiGHS on the same problem: m against m random points in 784 dimensions."""
    generator = torch.Generator().manual_seed(0)
    cost = quadratic_cost(*(torch.rand(2, m, 784, generator=generator) * 2 - 1))
    values: dict[str, float] = {}

    def ours() -> None:
        values["ours"] = solve(cost).value.item()

    def linear_programme() -> None:
        values["linear programme"] = by_linear_programme(cost)

    ways = {"ours": ours, "linear programme": linear_programme}
    timed = summary(side_by_side(ways, repeats, f"transport of {m} to {m}"), "ours")
    return {"m": m, "value_differs_by": abs(values["ours"] - values["linear programme"]), **timed}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    record: dict[str, Any] = {
        "command": f"python -m tests.benchmarks.variants --rounds {options.rounds} --repeats {options.repeats}",
        **provenance(torch.device("cpu"), libraries=("scipy",)),
        "transport": transport(64, 5),
        "variants": variants(options.rounds, options.repeats),
    }
    write_json(RESULT, record)
    print(json.dumps(record["transport"], indent=1))
    for variant, row in sorted(record["variants"].items(), key=lambda item: item[1]["times_gan"][0]):
        print(f"{variant:26} {row['milliseconds']:8.2f} ms {row['times_gan'][0]:6.2f} x gan")
    print(f"result: {RESULT}")


if __name__ == "__main__":
    main()
