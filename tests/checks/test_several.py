"""Options of sweepers and launchers, refused before a job starts."""

import pytest
from omegaconf import OmegaConf

from gan_lab.checks.several import OPTIONS, refuse_wrong_options
from gan_lab.config.choices import choices
from gan_lab.config.compose import composition
from gan_lab.config.plain_values import as_hydra_config
from gan_lab.errors import GanLabError

# files in conf/hydra/launcher are checked against the plugins' own of the same names, on purpose
pytestmark = pytest.mark.filterwarnings(r"ignore:\n'hydra/launcher/")


def check(*words: str) -> None:
    config = composition("config", words)
    with as_hydra_config(config):
        refuse_wrong_options(config.hydra)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["hydra/launcher=joblib", "hydra.launcher.n_jobs=0"], "n_jobs is 0 and must be a whole number other than 0"),
        (
            ["hydra/launcher=joblib", "hydra.launcher.pre_dispatch=x"],
            "must be all, n_jobs, 2",
        ),
        (["hydra/launcher=joblib", "hydra.launcher.batch_size=0"], "batch_size is '0' and must be auto or"),
        (["hydra/launcher=joblib", "hydra.launcher.prefer=threads"], "must be 'processes' or null"),
        (["hydra/launcher=submitit_slurm", "hydra.launcher.nodes=0"], "nodes is 0 and must be a whole number of 1"),
        (["hydra/launcher=ray", "hydra.launcher.ray.remote.num_cpus=-1"], "num_cpus is -1 and must be a number of 0"),
        (["hydra.sweeper.max_batch_size=-1"], "max_batch_size is -1 and must be a whole number of 1 or more or null"),
        (["hydra.sweeper.params=3"], r"params is 3 and must be names with their values, \{NAME: VALUE\}"),
        (["sweep=search", "hydra.sweeper.n_trials=0"], "n_trials is 0 and must be a whole number of 1 or more"),
        (["sweep=search", "hydra.sweeper.sampler=3"], "sampler is 3 and must be names with their values"),
        (["sweep=search", "hydra.sweeper.sampler._target_=os.system"], "'os.system' and must be a sampler of Optuna"),
        (["experiment=sweep_n_critic", "hydra.sweeper.max_batch_size=0.5"], "max_batch_size is 0.5 and must"),
    ],
)
def test_what_would_fail_when_the_jobs_start_is_refused(words: list[str], sentence: str) -> None:
    with pytest.raises(GanLabError, match=sentence):
        check(*words)


@pytest.mark.parametrize("group", ["hydra/launcher", "hydra/sweeper"])
def test_every_choice_of_ours_is_right_as_it_is_and_each_checked_option_is_there(group: str) -> None:
    for choice in choices(group):
        check(f"{group}={choice}")
        own = composition("config", (f"{group}={choice}",)).hydra[group.partition("/")[2]]
        for name in OPTIONS.get(own["_target_"], {}):
            assert OmegaConf.select(own, name, default="absent") != "absent", (choice, name)


def test_the_choices_of_an_experiment_count_as_well() -> None:
    check("experiment=search", "hydra.sweeper.n_trials=3")
    check("hydra/launcher=joblib", "hydra.launcher.n_jobs=-1", "hydra.launcher.pre_dispatch=2*n_jobs")
    check("hydra/launcher=joblib", "hydra.launcher.timeout=60", "hydra.launcher.batch_size=auto")
