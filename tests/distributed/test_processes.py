"""Two gloo processes against one."""

from pathlib import Path
from typing import Any

import pytest
import torch

from tests.commands import QUICK, differences, gan_lab, metrics, run_folders

pytestmark = pytest.mark.slow

REPOSITORY = Path(__file__).parents[2]


def trained(cwd: Path, devices: int, *arguments: str) -> list[dict[str, Any]]:
    """What each rank of a short run ended with."""
    folder = cwd / f"ranks_{devices}"
    gan_lab(
        *QUICK,
        "generator_steps=20",
        f"trainer.devices={devices}",
        "+callbacks.dump._target_=tests.processes.DumpRank",
        f"+callbacks.dump.folder='{folder}'",
        *arguments,
        cwd=cwd,
        PYTHONPATH=str(REPOSITORY),
    )
    ranks = [torch.load(path, weights_only=True) for path in sorted(folder.glob("rank_*.pt"))]
    assert [rank["processes"] for rank in ranks] == [devices] * devices
    return ranks


# Adam divides by the gradient's own size: where a gradient is rounding error, so is its step. This epsilon keeps such
# weights still, and what is compared is the gradients.
STEADY = ("+model.optimizers.critic.eps=1e-4", "+model.optimizers.generator.eps=1e-4")


@pytest.mark.parametrize(
    "arguments",
    [
        ("model=wgan_gp", "model.n_critic=2"),
        ("model=gmgan_dynamic", "model.critic.dropout=0"),
        ("model=gmgan_supervised_wgan_gp", "model.n_critic=2"),
        ("model=mmgan",),
        ("model=began",),
        ("model=ebgan", "penalty=[]", "model.pretraining_epochs=0.01"),
        ("model=gan", "model.packing=4"),
    ],
    ids=["wgan_gp", "gmgan_dynamic", "gmgan_supervised_wgan_gp", "mmgan", "began", "ebgan", "packs"],
)
def test_two_processes_train_what_one_trains(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    (one,) = trained(tmp_path, 1, *STEADY, *arguments)
    first, second = trained(tmp_path, 2, *STEADY, *arguments)
    assert differences(first["state"], second["state"]) == []
    assert not torch.equal(first["z"], second["z"])
    for drawn in ("z", "real"):
        assert torch.equal(torch.cat([first[drawn], second[drawn]]), one[drawn])
    for name, value in one["state"].items():
        torch.testing.assert_close(first["state"][name], value, rtol=1e-5, atol=1e-5, msg=name)
    alone, together = run_folders(tmp_path)
    for ours, theirs in zip(metrics(alone), metrics(together), strict=True):
        for column, value in ours.items():
            assert float(theirs[column] or "nan") == pytest.approx(
                float(value or "nan"), rel=1e-3, abs=1e-4, nan_ok=True
            )


@pytest.mark.parametrize(
    "arguments",
    [
        ("model=gan", "model.generator.norm=batch", "model.critic.norm=batch", "model.critic.dropout=0.3"),
        ("model=wgan_qc",),
        ("model=ebgan", "model.pretraining_epochs=0.01", "model.top_k.share=0.2", "model.top_k.decay=1e-9"),
    ],
    ids=["batch_norm", "transport", "pull_away_and_top_k"],
)
def test_what_couples_a_batch_is_per_rank_and_the_ranks_stay_equal(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """Each rank normalises, transports or chooses among its own share; weights and running statistics are the same."""
    first, second = trained(tmp_path, 2, *arguments)
    assert any("running_mean" in name for name in first["state"]) == ("model.critic.norm=batch" in arguments)
    assert differences(first["state"], second["state"]) == []


def test_a_batch_that_cannot_be_shared_is_refused(tmp_path: Path) -> None:
    printed = gan_lab(*QUICK, "generator_steps=5", "trainer.devices=2", "data.batch_size=63", cwd=tmp_path, status=1)
    assert "63" in printed
    assert not run_folders(tmp_path)
