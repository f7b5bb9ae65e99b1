"""Two gloo processes against one."""

from pathlib import Path
from typing import Any

import pytest
import torch

from tests.commands import QUICK, differences, gan_lab, many, metrics, run_folders
from tests.distributed.pair import pair

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("two processes")]

# Adam divides by the gradient's own size: where a gradient is rounding error, so is its step. This epsilon keeps such
# weights still, and what is compared is the gradients.
STEADY = ("+model.optimizers.critic.eps=1e-4", "+model.optimizers.generator.eps=1e-4")

ALIKE = {
    "wgan_gp": ("model=wgan_gp", "model.n_critic=2"),
    "gmgan_dynamic": ("model=gmgan_dynamic",),
    "ct_gan": ("model=ct_gan", "model.n_critic=2"),
    "gmgan_supervised_wgan_gp": ("model=gmgan_supervised_wgan_gp", "model.n_critic=2"),
    "mmgan": ("model=mmgan",),
    "infogan": ("model=infogan",),
    "began": ("model=began",),
    "ebgan": ("model=ebgan", "penalty=[]", "model.pretraining_epochs=0.01"),
    "extragradient": ("model=extragradient", "loss=non_saturating", "penalty=[]"),
    "packs": ("model=gan", "model.packing=4"),
}
COUPLED = {
    "batch_norm": ("model=gan", "model.generator.norm=batch", "model.critic.norm=batch", "model.critic.dropout=0.3"),
    "transport": ("model=wgan_qc",),
    "kernels": ("model=mmd_gan", "model.n_critic=2"),
    "pull_away_and_top_k": (
        *("model=ebgan", "model.pretraining_epochs=0.01", "model.top_k.share=0.2", "model.top_k.decay=1e-9"),
    ),
}


def commands(cases: dict[str, tuple[str, ...]], where: str) -> list[tuple[str, ...]]:
    """Short runs, each in the folder `where`/NAME."""
    dump = ("+callbacks.dump._target_=tests.processes.DumpRank", "+callbacks.dump.folder=${run_dir}/ranks")
    return [
        (*arguments, *QUICK, "generator_steps=20", *dump, f"hydra.run.dir={where}/{name}")
        for name, arguments in cases.items()
    ]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All cases by two processes in `together`, and those that end alike by one in `alone`."""
    cwd = tmp_path_factory.mktemp("processes")
    alike = {name: (*arguments, *STEADY) for name, arguments in ALIKE.items()}
    alone = many(commands(alike, "alone"), cwd, apart=False)
    results = [*alone, *(result for rank in pair(commands(alike | COUPLED, "together"), cwd) for result in rank)]
    assert [result["said"] for result in results if result["status"] != 0] == []
    return cwd


def ranks(run: Path, number: int) -> list[dict[str, Any]]:
    """What each of so many processes ended with."""
    found = [torch.load(path, weights_only=True) for path in sorted(run.glob("ranks/rank_*.pt"))]
    assert [rank["processes"] for rank in found] == [number] * number
    return found


@pytest.mark.parametrize("case", ALIKE)
def test_two_processes_train_what_one_trains(trained: Path, case: str) -> None:
    (one,) = ranks(trained / "alone" / case, 1)
    first, second = ranks(trained / "together" / case, 2)
    assert differences(first["state"], second["state"]) == []
    assert not torch.equal(first["z"], second["z"])
    for drawn in ("z", "real"):
        assert torch.equal(torch.cat([first[drawn], second[drawn]]), one[drawn])
    for name, value in one["state"].items():
        torch.testing.assert_close(first["state"][name], value, rtol=1e-5, atol=1e-5, msg=name)
    alone, together = (metrics(trained / where / case) for where in ("alone", "together"))
    for ours, theirs in zip(alone, together, strict=True):
        for column, value in ours.items():
            assert float(theirs[column] or "nan") == pytest.approx(
                float(value or "nan"), rel=1e-3, abs=1e-4, nan_ok=True
            )


@pytest.mark.parametrize("case", COUPLED)
def test_what_couples_a_batch_is_per_rank_and_the_ranks_stay_equal(trained: Path, case: str) -> None:
    """Each rank normalises, transports or chooses among its own share; weights and running statistics are the same."""
    first, second = ranks(trained / "together" / case, 2)
    assert any("running_mean" in name for name in first["state"]) == (case == "batch_norm")
    assert differences(first["state"], second["state"]) == []


def test_a_batch_that_cannot_be_shared_is_refused(tmp_path: Path) -> None:
    printed = gan_lab(*QUICK, "generator_steps=5", "trainer.devices=2", "data.batch_size=63", cwd=tmp_path, status=1)
    assert "63" in printed
    assert not run_folders(tmp_path)
