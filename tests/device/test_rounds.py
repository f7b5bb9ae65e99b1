"""Two rounds of every model on a device that refuses what a GPU refuses, Apple's too, without a GPU."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from torch.utils import backend_registration

from gan_lab.trust.targets import CONF_DIR
from tests.commands import environment
from tests.device import played
from tests.forked import Forked

pytestmark = pytest.mark.skipif(
    not hasattr(backend_registration, "_setup_privateuseone_for_python_backend"),
    reason="this torch has no devices written in Python",
)
MODELS = sorted(path.stem for path in (CONF_DIR / "model").glob("*.yaml"))
QUICK = ("wgan_gp", "sngan", "gmgan_dynamic")
OWN = {
    "bwgan": ("data=digits",),
    "ebgan": ("data=ring", "network=mlp_2d", "model.pretraining_epochs=0.001"),
}
POINTS = ("data=ring", "network=mlp_2d")
MORE = {
    "convolutions": (
        "model=wgan_gp",
        "data=digits",
        "network=dcgan",
        "model.generator.width=8",
        "model.critic.width=8",
    ),
    "residual": (
        *("model=wgan_gp", "data=digits", "network=resnet", "model.generator.width=8", "model.critic.width=8"),
        *("model.generator.attention=14", "model.critic.attention=7", "model.critic.norm=spectral"),
    ),
    "grouped": (
        *("model=r3gan", "data=digits", "network=r3gan", "model.generator.width=8", "model.critic.width=8"),
        "model.critic.dropout=0.1",
    ),
    "batch_norm_and_dropout": ("model=gan", "data=digits", "model.critic.norm=batch", "model.critic.dropout=0.3"),
    "in_half_precision": ("model=sngan", *POINTS, "trainer.precision=bf16-mixed"),
    "packs_and_top_k": ("model=gan", *POINTS, "model.packing=2", "model.top_k.share=0.5"),
    "lazy": ("model=gan", *POINTS, "penalty=[lazy_r1]"),
    "scheduled": ("model=gan", *POINTS, "schedule=linear", "penalty=[lecam]", "model.instance_noise=0.1"),
    "augmented": ("model=gan", "data=digits", "augment=adaptive"),
    "minibatch": ("model=gan", *POINTS, "model.critic.batch_statistics=discrimination"),
}
TRANSPORT = {"wgan_qc": "maths/quadratic.py"}
"""Where a model waits in each turn, since part of it is computed on the CPU."""


def waited(printed: str) -> list[str]:
    return [line for line in printed.splitlines() if line.startswith("waited ")]


def two_rounds(overrides: Sequence[str]) -> list[str]:
    process = Forked(played.rounds, *overrides, cwd=Path.cwd(), env=environment())
    printed, _ = process.communicate(timeout=120)
    assert process.returncode == 0, printed
    return waited(printed)


@pytest.mark.parametrize(
    "model", [pytest.param(name, marks=[] if name in QUICK else pytest.mark.slow) for name in MODELS]
)
def test_the_host_never_waits_in_a_round(model: str) -> None:
    found = two_rounds([f"model={model}", *OWN.get(model, POINTS)])
    assert [line for line in found if model not in TRANSPORT or TRANSPORT[model] not in line] == []
    assert bool(found) == (model in TRANSPORT)


@pytest.mark.slow
@pytest.mark.parametrize("case", MORE)
def test_nor_with_other_parts(case: str) -> None:
    assert two_rounds(MORE[case]) == []


def test_a_device_without_float64_refuses_it() -> None:
    process = Forked(played.refusals, cwd=Path.cwd(), env=environment())
    printed, _ = process.communicate(timeout=120)
    assert process.returncode == 0, printed
