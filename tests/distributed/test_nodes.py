"""One run on two nodes: two processes on this machine, started as the user, torchrun or SLURM start them on two."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.commands import QUICK, checkpoint, differences, environment, gan_lab, metrics, run_folders
from tests.distributed.pair import free_port
from tests.forked import Forked
from tests.in_one_process import run_one

RUN = (
    *("model=wgan_gp", "model.n_critic=2", *QUICK, "generator_steps=20"),
    *("+callbacks.dump._target_=tests.processes.DumpRank", "+callbacks.dump.folder=${run_dir}/ranks"),
)
TORCHRUN = ("torch.distributed.run", "--nnodes=2", "--nproc-per-node=1", "--master-addr=127.0.0.1")


def started(launcher: str, node: int, port: int) -> dict[str, str]:
    """What a launcher puts into a node's environment before gan_lab starts."""
    if launcher == "srun":
        return {
            **{"SLURM_JOB_ID": str(port), "SLURM_JOB_NAME": "gan_lab", "SLURM_NODELIST": "localhost"},
            **{"SLURM_NTASKS": "2", "SLURM_STEP_NUM_TASKS": "2", "SLURM_NTASKS_PER_NODE": "1", "SLURM_NNODES": "2"},
            **{"SLURM_PROCID": str(node), "SLURM_LOCALID": "0", "SLURM_NODEID": str(node), "MASTER_PORT": str(port)},
        }
    if launcher == "by_hand":
        return {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "NODE_RANK": str(node)}
    return {}


def on_two_nodes(launcher: str, *arguments: str, cwd: Path) -> list[str]:
    """Runs gan_lab on both and returns what each printed. Only torchrun's own processes import torch anew."""
    port = free_port()
    processes: list[Forked | subprocess.Popen[str]] = []
    for node in (0, 1):
        variables = environment(**started(launcher, node, port))
        words = ["trainer.num_nodes=2", "trainer.devices=1", *arguments]
        if launcher == "torchrun":
            command = [sys.executable, "-m", *TORCHRUN, f"--master-port={port}", f"--node-rank={node}", "-m", "gan_lab"]
            out: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
            processes.append(subprocess.Popen([*command, *words], cwd=cwd, env=variables, **out))
        else:
            processes.append(Forked(run_one, words, cwd=cwd, env=variables))
    printed = [process.communicate(timeout=300)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], printed
    return printed


@pytest.fixture(scope="module")
def one_node(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same run on two devices of one node."""
    cwd = tmp_path_factory.mktemp("one_node")
    gan_lab(*RUN, "trainer.devices=2", cwd=cwd)
    return run_folders(cwd)[0]


def rank_files(run: Path) -> list[object]:
    return [torch.load(path, weights_only=True) for path in sorted(run.glob("ranks/rank_*.pt"))]


@pytest.mark.slow
@pytest.mark.xdist_group("nodes")
@pytest.mark.parametrize(
    "launcher", ["by_hand", *(pytest.param(name, marks=pytest.mark.nightly) for name in ("torchrun", "srun"))]
)
def test_two_nodes_train_what_two_devices_train(tmp_path: Path, one_node: Path, launcher: str) -> None:
    first, second = on_two_nodes(launcher, *RUN, "hydra.run.dir=outputs/nodes", cwd=tmp_path)
    run = tmp_path / "outputs" / "nodes"
    assert {path.name for path in tmp_path.iterdir()} == {"outputs"}
    assert list(run.parent.iterdir()) == [run], "one folder"
    assert len(rank_files(run)) == 2
    assert differences(rank_files(run), rank_files(one_node)) == []
    assert metrics(run) == metrics(one_node)
    files = [{str(path.relative_to(folder)) for path in folder.rglob("*")} for folder in (run, one_node)]
    assert files[0] == files[1]
    assert "run folder" in first
    assert "run folder" not in second, "the second node's first process is not the run's"
    assert json.loads((run / "summary.json").read_text())["machine"]["processes"] == 2


@pytest.mark.slow
@pytest.mark.xdist_group("nodes")
def test_a_run_on_two_nodes_goes_on(tmp_path: Path, one_node: Path) -> None:
    half = [argument.replace("steps=20", "steps=10") for argument in RUN]
    on_two_nodes("by_hand", *half, "hydra.run.dir=outputs/nodes", cwd=tmp_path)
    run = tmp_path / "outputs" / "nodes"
    on_two_nodes("by_hand", "resume=outputs/nodes", "generator_steps=20", cwd=tmp_path)
    assert list(run.parent.iterdir()) == [run]
    assert differences(checkpoint(run)["state_dict"], checkpoint(one_node)["state_dict"]) == []


@pytest.mark.slow
@pytest.mark.xdist_group("nodes")
def test_nodes_that_would_make_folders_of_their_own_are_refused(tmp_path: Path) -> None:
    nodes = ("trainer.num_nodes=2", *QUICK, "generator_steps=2")
    assert "hydra.run.dir=FOLDER" in gan_lab(*nodes, cwd=tmp_path, status=1)
    assert "hydra.run.dir=FOLDER" in gan_lab(*QUICK, cwd=tmp_path, status=1, LOCAL_RANK="0", WORLD_SIZE="2")
    assert "hydra/launcher=submitit_slurm" in gan_lab("-m", *nodes, "seed=1,2", cwd=tmp_path, status=1)
    assert not run_folders(tmp_path)
