"""Short runs on which no threshold of the doctor was fixed: some are broken on purpose, the others are healthy."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path

from tqdm import tqdm

from gan_lab.doctor.command_to_try import with_option
from gan_lab.doctor.evidence import evidence_of
from gan_lab.doctor.examination import examined
from gan_lab.errors import GanLabError, NonFiniteError
from gan_lab.reference.finished_runs import clean
from gan_lab.reference.published import OUTPUTS, REFERENCE, ROOT, Record
from gan_lab.runs.atomic import write_json
from gan_lab.runs.provenance import commit
from gan_lab.runs.run_folder import RunFolder
from gan_lab.terminal.commands import assigned, typed
from gan_lab.trust.foreign import read_json

RUNS = OUTPUTS / "doctor"
RECORDS = REFERENCE / "doctor_unseen.json"


@dataclass(frozen=True)
class Unseen:
    """The words of a short training, and the finding that it was broken to have; none for a healthy run."""

    words: Sequence[str]
    finding: str = ""


def line(*words: str) -> tuple[str, ...]:
    """Returns the words of all of these texts."""
    return tuple(word for text in words for word in text.split())


SHARED = line(
    "callbacks.terms.every=5 callbacks.checkpoints.times=1 callbacks.evaluation.times=4",
    "callbacks.evaluation.steps_apart=5 ~callbacks.progress ~callbacks.figures ~callbacks.report",
)
"""What all of them have: curves of many lines, and no pictures, which take longest."""
GRID = line(
    "data=grid model.prior.dim=2 callbacks.evaluation.n=1000 metric.emd_points=500 optimizer=adam",
    "optimizer.betas=[0.0,0.9] ~callbacks.point_samples ~callbacks.replay",
)
CLOTHES = line("data=fashion_mnist callbacks.evaluation.n=500 ~callbacks.image_samples")
MANY, FEW = line("data.train_size=2000"), line("data.train_size=15 data.batch_size=15")
LEARNT = line("model=gan_r1 model.penalties.r1.gamma=0.1 optimizer.lr=0.01 model.ema_decay=0.99 generator_steps=1000")
"""How the grid is learnt in seconds."""

UNSEEN: Mapping[str, Unseen] = {
    "grid_clipped": Unseen((*GRID, *line("model=wgan generator_steps=300 seed=51")), "weights clipped"),
    "grid_unbounded": Unseen(
        (*GRID, *line("model=wgan_gp penalty=[] optimizer.lr=0.02 generator_steps=300 seed=52")), "loss exploded"
    ),
    "grid_tiny_weights": Unseen(
        (*GRID, *line("model=wgan model.constraints.weight_clipping.limit=3e-5 generator_steps=300 seed=53")),
        "critic dead",
    ),
    "grid_frozen_generator": Unseen(
        (*GRID, *line("model=gan optimizer.lr=0.005 ++model.optimizers.generator.lr=1e-8 generator_steps=300 seed=54")),
        "critic saturated",
    ),
    "grid_strong_critic": Unseen(
        (*GRID, *line("model=gan_minimax model.n_critic=20 optimizer.lr=0.002 generator_steps=100 seed=55")),
        "gradient vanished",
    ),
    "grid_spiral": Unseen(
        (*GRID, *line("model=gan_minimax optimizer.lr=0.01 model.ema_decay=0.5 generator_steps=600 seed=56")),
        "class missing",
    ),
    "grid_few_samples": Unseen((*GRID, *LEARNT, *line("callbacks.evaluation.n=12 seed=57")), "measure noisy"),
    "clothes_small_batch": Unseen(
        (*CLOTHES, *MANY, *line("model=gan data.batch_size=2 generator_steps=60 seed=51")), "batch statistics"
    ),
    "clothes_two_codes": Unseen(
        (
            *CLOTHES,
            *MANY,
            *line("model=gan prior=gaussian_mixture model.prior.components=2 model.prior.std=1e-4"),
            *line("model.generator.norm=none generator_steps=100 seed=52"),
        ),
        "images alike",
    ),
    "clothes_by_heart": Unseen((*CLOTHES, *FEW, *line("model=gan generator_steps=1500 seed=53")), "memorising"),
    "clothes_few_images": Unseen((*CLOTHES, *FEW, *line("model=gan generator_steps=2500 seed=54")), "recall gone"),
    "clothes_too_short": Unseen(
        (*CLOTHES, *MANY, *line("model=gan generator_steps=50 callbacks.evaluation.times=5 seed=55")), "still falling"
    ),
    "clothes_frozen_generator": Unseen(
        (*CLOTHES, *MANY, *line("model=gan ++model.optimizers.generator.lr=1e-8 generator_steps=1000 seed=58")),
        "samples unrealistic",
    ),
    "grid_r1": Unseen((*GRID, *LEARNT, "seed=61")),
    "grid_r1_again": Unseen((*GRID, *LEARNT, "seed=62")),
    **{
        f"clothes_{model}": Unseen((*CLOTHES, *MANY, *line(f"model={model} generator_steps=300 seed={seed}")))
        for seed, model in enumerate(
            ("gan", "gan_r1", "lsgan", "hinge", "sngan", "dragan", "wgan_gp", "gmgan_dynamic", "flow_matching"), 61
        )
    },
}
"""Other data and other seeds than those of the table and of the tests: 25 Gaussians, and pictures of clothes."""


def train_unseen(runs: Path = RUNS, records: Path = RECORDS) -> None:
    """Trains and examines the runs of which there is no record with the same command yet, and writes their records.

    Each record is written as soon as it is there, so that a stopped command goes on where it was. Raises GanLabError
    where the code is not committed, and for a run that does not begin.
    """
    kept = read_unseen(records)
    missing = [name for name in UNSEEN if kept.get(name, {}).get("command") != command_of(name)]
    if missing and not clean(commit(ROOT)):
        raise GanLabError("records are made by committed code: commit the changes of this checkout first")
    for name in tqdm(missing, "runs"):
        kept[name] = trained(name, runs / name)
        write_json(records, {name: kept[name] for name in UNSEEN if name in kept})


def read_unseen(records: Path = RECORDS) -> dict[str, Record]:
    """Returns the records of the runs by name, none where there are none yet."""
    return read_json(records) if records.is_file() else {}


def command_of(name: str) -> str:
    """Returns the command that trains a run."""
    return typed("gan_lab", *words_of(name))


def words_of(name: str) -> list[str]:
    """Returns the words of that command: what a run has of its own replaces what all of them have."""
    return reduce(with_option, UNSEEN[name].words, [*SHARED])


def trained(name: str, folder: Path) -> Record:
    """Trains a run and returns its record. A run that fails, as of values that are not finite, is examined too. Raises
    GanLabError for one that is refused."""
    from gan_lab.library.fitting import fit  # torch is slow to import

    began = time.process_time()
    try:
        fit(*words_of(name), assigned("hydra.run.dir", str(folder)), "overwrite=true")
    except NonFiniteError as error:
        print(f"gan_lab: {error}")
    summary = RunFolder(folder).read_summary()
    return {
        "command": command_of(name),
        "broken_to_have": UNSEEN[name].finding,
        "status": summary["status"],
        "findings": [one.brief for one in examined(evidence_of(folder))],
        "cpu_seconds": round(time.process_time() - began, 1),
        "commit": summary["commit"],
        "machine": summary["machine"],
        "versions": summary["versions"],
    }


def unseen_counts(records: Mapping[str, Record]) -> Record:
    """Returns how many runs were broken on purpose and which of them lack the finding that they were broken to have,
    and how many are healthy and which of them have a serious one."""
    broken = {name: one for name, one in records.items() if one["broken_to_have"]}
    healthy = {name: one for name, one in records.items() if not one["broken_to_have"]}
    return {
        "records": len(records),
        "broken": len(broken),
        "broken_missed": [name for name, one in broken.items() if one["broken_to_have"] not in names(one)],
        "healthy": len(healthy),
        "healthy_flagged": [
            name for name, one in healthy.items() if any(found["serious"] for found in one["findings"])
        ],
    }


def names(record: Record) -> list[str]:
    """Returns the names of the findings of a run."""
    return [found["name"] for found in record["findings"]]
