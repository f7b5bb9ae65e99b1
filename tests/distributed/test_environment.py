"""What a launcher's variables say of a process, and which runs they rule out."""

from importlib.util import find_spec

import pytest

from gan_lab.config.compose import as_hydra_config, composition
from gan_lab.distributed.environment import (
    first,
    first_on_node,
    integer_variable,
    quiet,
    refuse_folders_apart,
    refuse_missing_launcher,
    side_by_side,
)
from gan_lab.errors import GanLabError

NAMES = ("LOCAL_RANK", "NODE_RANK", "GROUP_RANK", "SLURM_PROCID", "SLURM_LOCALID", "SLURM_STEP_NUM_TASKS")


@pytest.fixture(autouse=True)
def no_launcher(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable is set but for those of the test."""
    for name in (*NAMES, "TQDM_DISABLE"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("variables", "is_first", "is_first_on_node", "beside_others"),
    [
        ({}, True, True, False),
        ({"LOCAL_RANK": "0"}, True, True, True),
        ({"LOCAL_RANK": "1"}, False, False, True),
        ({"NODE_RANK": "0"}, True, True, True),
        ({"NODE_RANK": "1"}, False, True, True),
        ({"LOCAL_RANK": "0", "GROUP_RANK": "2"}, False, True, True),
        ({"SLURM_PROCID": "0", "SLURM_LOCALID": "0", "SLURM_STEP_NUM_TASKS": "2"}, True, True, True),
        ({"SLURM_PROCID": "3", "SLURM_LOCALID": "0", "SLURM_STEP_NUM_TASKS": "4"}, False, True, True),
        ({"SLURM_PROCID": "1", "SLURM_LOCALID": "1", "SLURM_STEP_NUM_TASKS": "2"}, False, False, True),
        ({"SLURM_PROCID": "0", "SLURM_LOCALID": "0", "SLURM_STEP_NUM_TASKS": "1"}, True, True, False),
    ],
)
def test_which_process_this_is(
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
    is_first: bool,
    is_first_on_node: bool,
    beside_others: bool,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert (first(), first_on_node(), side_by_side()) == (is_first, is_first_on_node, beside_others)


def test_what_is_not_set_is_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    assert integer_variable("NODE_RANK") == 0
    monkeypatch.setenv("NODE_RANK", "12")
    assert integer_variable("NODE_RANK") == 12
    assert not quiet()
    monkeypatch.setenv("TQDM_DISABLE", "1")
    assert quiet()


def asked(num_nodes: int, *overrides: str) -> None:
    with as_hydra_config(composition("config", overrides)):
        refuse_folders_apart(num_nodes)


def test_processes_that_would_name_their_folders_apart_need_one_that_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    asked(1)
    asked(1, "hydra.mode=MULTIRUN")
    for num_nodes, variable in ((2, None), (1, "LOCAL_RANK")):
        if variable:
            monkeypatch.setenv(variable, "0")
        with pytest.raises(GanLabError, match=r"need the same folder: .* the same hydra\.run\.dir=FOLDER"):
            asked(num_nodes, "hydra.job.name=x")
        asked(num_nodes, "hydra.run.dir=outputs/x")
        with pytest.raises(GanLabError, match="on several nodes needs hydra/launcher=submitit_slurm"):
            asked(num_nodes, "hydra.mode=MULTIRUN", "hydra.run.dir=outputs/x")


def test_a_launcher_that_is_not_installed_says_how_to_install_it() -> None:
    refuse_missing_launcher("hydra_plugins.gan_lab_sweeps.Launcher")
    refuse_missing_launcher("hydra._internal.core_plugins.basic_launcher.BasicLauncher")
    for package, extra in (("hydra_submitit_launcher", "slurm"), ("hydra_ray_launcher", "ray")):
        if find_spec(f"hydra_plugins.{package}") is None:
            with pytest.raises(GanLabError, match=rf"pip install '\.\[{extra}\]'"):
                refuse_missing_launcher(f"hydra_plugins.{package}.Launcher")
        else:
            refuse_missing_launcher(f"hydra_plugins.{package}.Launcher")
