"""Short runs on which no threshold of the doctor was fixed: some are broken on purpose, the others have no fault."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

from gan_lab.doctor.command_to_try import with_option
from gan_lab.terminal.commands import typed


@dataclass(frozen=True)
class Unseen:
    """The words of a short training, and the finding that it was broken to have; none for a recipe without a fault."""

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
    "data=grid model.prior.dim=2 callbacks.evaluation.n=2000 metric.emd_points=500 optimizer=adam",
    "optimizer.betas=[0.0,0.9] ~callbacks.point_samples ~callbacks.replay",
)
CLOTHES = line("data=fashion_mnist callbacks.evaluation.n=2000 ~callbacks.image_samples")
MANY, FEW = line("data.train_size=2000"), line("data.train_size=15 data.batch_size=15")
R1 = line("penalty=[r1] model.penalties.r1.gamma=0.02")
LEARNT = line("optimizer.lr=0.003 model.ema_decay=0.995 generator_steps=4000")
"""How the grid is learnt in less than a minute."""
CLOTHES_LEARNT = line(
    "network=infogan_small penalty=[lazy_r1] model.penalties.lazy_r1.penalty.gamma=1 optimizer.lr=0.002",
    "optimizer.betas=[0.0,0.99] generator_steps=4000",
)
"""How clothes are learnt in three minutes, about."""

UNSEEN: Mapping[str, Unseen] = {
    "grid_clipped": Unseen((*GRID, *line("model=wgan generator_steps=300 seed=21")), "weights clipped"),
    "grid_unbounded": Unseen(
        (*GRID, *line("model=wgan_gp penalty=[] optimizer.lr=0.02 generator_steps=300 seed=22")), "loss exploded"
    ),
    "grid_tiny_weights": Unseen(
        (*GRID, *line("model=wgan model.constraints.weight_clipping.limit=3e-5 generator_steps=300 seed=23")),
        "critic dead",
    ),
    "grid_frozen_generator": Unseen(
        (
            *GRID,
            *line("model=gan optimizer.lr=0.005 ++model.optimizers.generator.lr=1e-8 generator_steps=300 seed=24"),
        ),
        "critic saturated",
    ),
    "grid_strong_critic": Unseen(
        (*GRID, *line("model=gan_minimax model.n_critic=20 optimizer.lr=0.002 generator_steps=100 seed=25")),
        "gradient vanished",
    ),
    "grid_spiral": Unseen(
        (*GRID, *line("model=gan_minimax optimizer.lr=0.01 model.ema_decay=0.5 generator_steps=600 seed=26")),
        "class missing",
    ),
    "grid_few_samples": Unseen(
        (*GRID, *LEARNT, *R1, *line("model=gan callbacks.evaluation.n=12 seed=27")), "measure noisy"
    ),
    "clothes_small_batch": Unseen(
        (*CLOTHES, *MANY, *line("model=gan data.batch_size=2 generator_steps=60 seed=21")), "batch statistics"
    ),
    "clothes_two_codes": Unseen(
        (
            *CLOTHES,
            *MANY,
            *line("model=gan prior=gaussian_mixture model.prior.components=2 model.prior.std=1e-4"),
            *line("model.generator.norm=none generator_steps=100 seed=22"),
        ),
        "images alike",
    ),
    "clothes_by_heart": Unseen((*CLOTHES, *FEW, *line("model=gan generator_steps=1500 seed=23")), "memorising"),
    "clothes_few_images": Unseen((*CLOTHES, *FEW, *line("model=gan generator_steps=2500 seed=24")), "recall gone"),
    "clothes_too_short": Unseen(
        (*CLOTHES, *MANY, *line("model=gan generator_steps=50 callbacks.evaluation.times=5 seed=25")), "still falling"
    ),
    "clothes_frozen_generator": Unseen(
        (*CLOTHES, *MANY, *line("model=gan ++model.optimizers.generator.lr=1e-8 generator_steps=1000 seed=28")),
        "samples unrealistic",
    ),
    **{
        f"grid_{model}": Unseen((*GRID, *LEARNT, *R1, *line(f"model={model} seed={seed}")))
        for seed, model in enumerate(("gan", "gan_minimax", "lsgan", "hinge", "ragan"), 31)
    },
    **{
        f"clothes_{model}": Unseen((*CLOTHES, *MANY, *line(f"model={model} generator_steps=300 seed={seed}")))
        for seed, model in enumerate(
            ("gan", "gan_r1", "lsgan", "hinge", "sngan", "dragan", "wgan_gp", "gmgan_dynamic", "flow_matching"), 41
        )
    },
    **{
        f"clothes_{model}_learnt": Unseen((*CLOTHES, *CLOTHES_LEARNT, *line(f"model={model} seed={seed}")))
        for seed, model in enumerate(("gan", "lsgan"), 91)
    },
}
"""Other data and other seeds than those of the table and of the tests: 25 Gaussians, and pictures of clothes."""


def command_of(name: str) -> str:
    """Returns the command that trains a run."""
    return typed("gan_lab", *words_of(name))


def words_of(name: str) -> list[str]:
    """Returns the words of that command: what a run has of its own replaces what all of them have."""
    return reduce(with_option, UNSEEN[name].words, [*SHARED])
