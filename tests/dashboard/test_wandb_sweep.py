"""A sweep of W&B: its distributions are those of the search, and what its agents start trains and logs the metric."""

import random
from math import exp, log
from pathlib import Path
from typing import Any

import pytest
import yaml
from hydra.core.override_parser.overrides_parser import OverridesParser
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from wandb.sdk.launch.sweeps.utils import create_sweep_command, create_sweep_command_args

from gan_lab.dashboard.__main__ import main
from gan_lab.dashboard.wandb_sweep import parameter
from gan_lab.sweep.space import distribution
from gan_lab.trust.targets import CONF_DIR
from tests.commands import ended, run_folders, start
from tests.documents import SHORT
from tests.wandb_records import records


def written(file: Path, *words: str) -> dict[str, Any]:
    """What the command writes with these words."""
    main(["--sweep", str(file), *words])
    found: dict[str, Any] = yaml.safe_load(file.read_text())
    return found


def drawn(kind: dict[str, Any], chance: random.Random) -> Any:
    """A value of one of W&B's distributions, by its documentation."""
    if "values" in kind:
        return chance.choice(kind["values"])
    if kind["distribution"] == "int_uniform":
        return chance.randint(kind["min"], kind["max"])
    if kind["distribution"] == "uniform":
        return chance.uniform(kind["min"], kind["max"])
    value = exp(chance.uniform(log(kind["min"]), log(kind["max"])))
    return value if kind["distribution"] == "log_uniform_values" else round(value / kind["q"]) * kind["q"]


def expanded(command: list[str], values: dict[str, Any]) -> list[str]:
    """What an agent starts, by W&B's own functions and with the words that these leave to the agent."""
    macros = create_sweep_command_args({"args": {key: {"value": value} for key, value in values.items()}})
    macros |= {"env": ["/usr/bin/env"], "interpreter": ["python"]}
    words = create_sweep_command(command)
    return [part for word in words for part in (macros[word[2:-1]] if word.startswith("${") else [word])]


@pytest.mark.slow
def test_an_agent_trains_three_draws_and_they_log_the_metric(tmp_path: Path) -> None:
    sweep = written(
        *(tmp_path / "sweep.yaml", "model=gmgan_static", "data=digits", *SHORT),
        *("optimizer.lr=tag(log,interval(1e-5,1e-3))", "model.n_critic=range(1,6,2)", "penalty=[],[r1]"),
    )
    assert sweep["metric"] == {"name": "measure/fid", "goal": "minimize"}
    assert "early_terminate" not in sweep
    chance = random.Random(1)
    agents = []
    for number in range(3):
        values = {key: drawn(kind, chance) for key, kind in sweep["parameters"].items()}
        parameters = tmp_path / f"{number}.yaml"
        parameters.write_text(yaml.safe_dump({"wandb_version": 1, **{key: {"value": v} for key, v in values.items()}}))
        own = {"WANDB_SWEEP_ID": "abcdefgh", "WANDB_RUN_ID": f"run{number}", "WANDB_SWEEP_PARAM_PATH": str(parameters)}
        words = expanded(sweep["command"], values)
        assert words[:4] == ["/usr/bin/env", "python", "-m", "gan_lab"]
        folder = tmp_path / str(number)
        folder.mkdir()
        agents.append((values, folder, start(*words[4:], cwd=folder, **own)))
    for number, (values, folder, process) in enumerate(agents):
        ended(process)
        (run,) = run_folders(folder)
        config = yaml.safe_load((run / "config.yaml").read_text())
        assert config["model"]["n_critic"] == values["model.n_critic"]
        assert config["model"]["prior"]["std"] == pytest.approx(values["model.prior.std"])
        (found,) = records(run)
        assert any(sweep["metric"]["name"] in item for item in found.history), "what the sweep minimises is logged"
        assert found.run["run_id"] == f"run{number}", "the run that W&B's server has made for this setting"
        assert found.run["sweep_id"] == "abcdefgh"


SPACES = [
    (path.stem, key, text)
    for path in sorted((CONF_DIR / "model").glob("*.yaml"))
    for key, text in (yaml.safe_load(path.read_text()).get("search") or {}).items()
    if text is not None
]


def as_wandb_reads(kind: dict[str, Any]) -> BaseDistribution:
    """W&B's own translation into a distribution of Optuna."""
    theirs = pytest.importorskip("wandb.sdk.sweeps.scheduler.optuna", reason="only newer versions of wandb have it")
    found: BaseDistribution = theirs.sweep_parameter_to_distribution(kind)
    return found


@pytest.mark.parametrize(
    "text",
    [
        *dict.fromkeys(text for _, _, text in SPACES),
        *("tag(log,int(interval(2,64)))", "range(1,7,2)", "null,true,5,5.0,1e-05,[1,2]"),
    ],
)
def test_wandb_reads_the_space_of_the_search(text: str) -> None:
    ours = distribution(OverridesParser.create().parse_override(f"key={text}"))
    theirs = as_wandb_reads(parameter(ours))
    if isinstance(ours, CategoricalDistribution) or (isinstance(ours, IntDistribution) and ours.step > 1):
        choices = ours.choices if isinstance(ours, CategoricalDistribution) else range(ours.low, ours.high + 1, 2)
        assert isinstance(theirs, CategoricalDistribution)
        assert [str(choice) for choice in theirs.choices] == [str(choice) for choice in choices], "an agent writes str"
    else:
        assert isinstance(ours, IntDistribution | FloatDistribution)
        assert theirs == ours


def test_points_have_a_metric_of_their_own_and_options_their_place(tmp_path: Path) -> None:
    found = written(tmp_path / "b.yaml", "model=gan", "data=ring", "--hyperband", "4", "--runs", "7", "--entity", "us")
    assert found["metric"] == {"name": "measure/emd", "goal": "minimize"}
    assert found["early_terminate"] == {"type": "hyperband", "min_iter": 4}
    assert (found["run_cap"], found["entity"], found["project"]) == (7, "us", "gan_lab")
    assert found["command"][2:] == ["-m", "gan_lab", "model=gan", "data=ring", "logger=wandb", "${args_no_hyphens}"]


def test_a_sweep_that_could_not_run_is_not_written(tmp_path: Path) -> None:
    file = tmp_path / "sweep.yaml"
    for words, sentence in (
        (("model=gan", "hydra.run.dir=mine"), "W&B starts each run by itself"),
        (("model=gan", "logger=tensorboard"), "they need callback=evaluation and logger=wandb"),
        (("model=gan", "~search"), "this search has nothing to vary"),
        (("model=wgan", "model.n_critic=0,1"), "model.n_critic is 0 and must be"),
        (("experiment=search",), "experiment=search is several runs"),
        (("model=gan", "+model.extra=1,2"), "it cannot vary"),
        (("model=gan", "--runs", "0"), "--runs is 0 and must be a whole number of 1 or more"),
    ):
        with pytest.raises(SystemExit, match=sentence):
            main(["--sweep", str(file), *words])
    assert not file.exists()


def test_no_file_is_replaced_unless_that_is_allowed(tmp_path: Path) -> None:
    for option, words in (("--sweep", ["model=gan"]), ("--dry-run", [])):
        file = tmp_path / option
        file.write_text("mine")
        with pytest.raises(SystemExit, match="exists: choose another file, or allow it with --overwrite"):
            main([option, str(file), *words])
        assert file.read_text() == "mine"
        main([option, str(file), *words, "--overwrite"])
        assert file.read_text() != "mine"
