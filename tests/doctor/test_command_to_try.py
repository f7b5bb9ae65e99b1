"""The command of each finding is one that trains: it composes, passes the checks, builds, and changes one option."""

import shlex
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from gan_lab.checks.training import check_training
from gan_lab.config.compose import composition
from gan_lab.doctor.command_to_try import command_to_try
from gan_lab.doctor.evidence import Evidence
from gan_lab.doctor.examination import examined
from tests.doctor.test_signs import CASES
from tests.fixtures import BuildModel, Compose

RUNS = {
    "gradient vanished": ["model=gan_minimax", "data=mnist"],
    "loss exploded": ["model=wgan", "penalty=[]", "data=ring"],
    "weights clipped": ["model=wgan", "data=ring", "optimizer.lr=1e-3"],
    "critic dead": ["model=wgan", "data=ring", "model.constraints.weight_clipping.limit=1e-4"],
    "batch statistics": ["model=gan", "data=digits", "data.batch_size=4"],
    "recall gone": ["model=gmgan_dynamic", "data=mnist", "model.prior.std=0.5"],
    "images alike": ["model=gan", "data=mnist", "++model.packing=1"],
    "average behind": ["model=gan", "data=digits", "model.ema_half_life=1e6"],
    "measure noisy": ["model=gan_r1", "data=digits", "callbacks.evaluation.n=30"],
}
"""A run that may have the finding; another one for those that are not here."""
OTHER = ["model=gan", "data=digits", "epochs=20", "seed=3"]


def with_overrides(name: str, config: dict[str, Any], overrides: list[str]) -> Evidence:
    """The run that has a finding, trained with these overrides."""
    run = CASES[name][0]
    machine = {"machine": {"processes": 1}}
    return replace(run, config=config | {"overrides": overrides}, summary={**run.summary, **machine})


@pytest.mark.parametrize("name", CASES)
def test_it_trains_and_changes_one_option(name: str, composed: Compose, build_model: BuildModel) -> None:
    own = RUNS.get(name, OTHER)
    run = with_overrides(name, composed(*own), own)
    (found,) = [one for one in examined(run) if one.name == name]
    python, dash, module, *words = shlex.split(command_to_try(found, run))
    assert (python, dash, module) == ("python", "-m", "gan_lab")
    (changed,) = {*words} - {*own}
    key = changed.partition("=")[0]
    assert [word for word in words if word != changed] == [
        word for word in own if word.lstrip("+").partition("=")[0] != key
    ]
    check_training(composition("config", tuple(words)), words)
    before, after = composed(*own), composed(*words)
    assert (before["model"], before["data"], before["epochs"], before["seed"], before["callbacks"]["evaluation"]) != (
        *(after["model"], after["data"], after["epochs"], after["seed"], after["callbacks"]["evaluation"]),
    )
    build_model(*words)


def test_what_the_run_already_has_is_not_tried(composed: Compose) -> None:
    """R1 is tried first against collapse, which this run has."""
    own = ["model=gan_r1", "data=digits"]
    run = with_overrides("images alike", composed(*own), own)
    (found,) = examined(run)
    assert "r1]" not in "".join(found.tries)
    assert command_to_try(found, run).endswith("model.packing=2")


def test_a_run_that_cannot_be_composed_any_more_has_no_command() -> None:
    own = ["model=of_another_version"]
    run = with_overrides("images alike", {}, own)
    assert command_to_try(examined(run)[0], run) == ""


def test_the_command_begins_a_run_of_its_own(composed: Compose) -> None:
    own = ["model=gan", "data=digits", "resume=outputs/gan/1", "overwrite=true", "hydra.run.dir=x", "epochs=3"]
    own += ["callbacks.pruning.findings=true"]
    run = with_overrides("still falling", composed("model=gan", "data=digits", "epochs=3"), own)
    (found,) = examined(run)
    assert command_to_try(found, run) == "python -m gan_lab model=gan data=digits epochs=6"


def test_the_command_of_a_trial_keeps_what_its_search_chose(composed: Compose) -> None:
    """The recipe of this search chooses the model, the data and the length."""
    own = ["experiment=search_wgan_gp", "optimizer.lr=1e-5"]
    run = with_overrides("still falling", composed(*own), own)
    (found,) = examined(run)
    words = shlex.split(command_to_try(found, run))[3:]
    assert words[:-1] == ["experiment=search_wgan_gp", "optimizer.lr=1e-5", "~callbacks.pruning"]
    assert words[-1].startswith("epochs=")


FITTING = {
    "the critic sees samples together": (["model=gan", "model.critic.norm=batch"], "images alike", "model.packing=2"),
    "the term that keeps samples apart": (
        ["model=ebgan", "data=mnist"],
        "images alike",
        "penalty=[pull_away,r1]",
    ),
    "a difference of scores needs more than R1": (["model=wgan_gp"], "images alike", "model.packing=2"),
    "a score for each class": (["model=gmgan_static", "data=mnist"], "loss exploded", "penalty=[r1]"),
    "a pack has no class": (["model=cgan_wgan_gp", "data=mnist"], "images alike", "optimizer.lr=5e-05"),
}


@pytest.mark.parametrize("why", FITTING)
def test_what_does_not_fit_the_run_is_not_tried(why: str, composed: Compose, build_model: BuildModel) -> None:
    own, name, option = FITTING[why]
    linear = {"critic/wasserstein_estimate": np.ones(3)} if "wgan_gp" in own[0] else {}
    run = with_overrides(name, composed(*own), own)
    run = replace(run, metrics=replace(run.metrics, columns=run.metrics.columns | linear))
    found = next(one for one in examined(run) if one.name == name)
    *_, word = words = shlex.split(command_to_try(found, run))[3:]
    assert word == option
    build_model(*words)
