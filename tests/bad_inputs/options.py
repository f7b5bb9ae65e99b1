"""Wrong values for the options of every choice of every group, and for those of every command."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from omegaconf import DictConfig, OmegaConf

from gan_lab.build import build
from gan_lab.callback.config_file import ConfigFile
from gan_lab.checks.training import check_training
from gan_lab.cli.arguments import Command, understood
from gan_lab.cli.diagnosis import diagnosis
from gan_lab.config.choices import LISTED, choices, groups, root_file, values_of_choice
from gan_lab.config.compose import composition
from gan_lab.config.plain_values import as_hydra_config, plain
from gan_lab.evaluate.__main__ import check as check_evaluate
from gan_lab.explain.__main__ import check as check_explain
from gan_lab.export.__main__ import check as check_export
from gan_lab.extractor.__main__ import check as check_extractor
from gan_lab.invert.__main__ import check as check_invert
from gan_lab.logger.metrics_csv import MetricsCSV
from gan_lab.sample.__main__ import check as check_sample
from gan_lab.sensitivity.__main__ import check as check_sensitivity
from gan_lab.training.run import build_trainer
from tests.bad_inputs.outcome import Outcome, outcome

WRONG = (
    *("nan", "inf", "-inf", "1e100", "-1e100", "-1", "0", "0.5", "99999999999999999999", "true", "null"),
    *("[]", "[nan]", "[1,x]", "{}", "{a:1}", "abc", "''", "[[1]]", "/nowhere"),
)
"""Some of them are right for some options: what is accepted is counted apart."""
NEVER = ("nan", "1e100", "-1e100", "99999999999999999999", "[nan]")
"""No option of ours takes these."""
EACH = 12
"""Inputs for each group and each command, at least."""

Check = Callable[[DictConfig, Sequence[str]], None]
COMMANDS: dict[str, tuple[Command, Check]] = {
    "config": (Command("gan_lab", "config"), check_training),
    "evaluate": (Command("gan_lab.evaluate", "evaluate", path="checkpoint"), check_evaluate),
    "sample": (Command("gan_lab.sample", "sample", path="checkpoint"), check_sample),
    "invert": (Command("gan_lab.invert", "invert", path="checkpoint"), check_invert),
    "sensitivity": (Command("gan_lab.sensitivity", "sensitivity", path="checkpoint"), check_sensitivity),
    "export": (Command("gan_lab.export", "export", path="checkpoint"), check_export),
    "explain": (Command("gan_lab.explain", "explain"), check_explain),
    "extractor": (Command("gan_lab.extractor", "extractor"), check_extractor),
}
NEEDED = {
    "autoencoder": ("model=ebgan",),
    "flow": ("model=flow_matching",),
    "ode": ("model=flow_matching",),
    "point_samples": ("data=ring",),
    "points": ("data=ring",),
    "replay": ("data=ring",),
    "trained": ("metric.extractor.name=mnistcnn-v1",),
}
"""Words without which a choice, or the choices of a group, would be refused whatever the value is."""
FOR_ITSELF = ("sweep", "experiment")
"""Groups whose options are those of others: `tests.bad_inputs.lines` has them."""


def read(root: str, words: Sequence[str]) -> DictConfig:
    """What a command line composes, after all checks that come before torch."""
    command, check = COMMANDS[root]
    given = understood(words, command)
    config = composition(root, tuple(word for word in given if not word.startswith("-")))
    with as_hydra_config(config):
        check(config, [word for word in given if not word.startswith("hydra")])
    return config


def built(root: str, words: Sequence[str]) -> None:
    """The same, and the objects of a training: what the checks let through must be refused in a sentence, too."""
    config = read(root, words)
    if root == "config":
        with as_hydra_config(config):
            whole: Any = {
                part: plain(OmegaConf.select(config, part)) for part in ("model", "data", "callbacks", "trainer")
            }
        build(whole["data"], "data")
        build(whole["model"], "model")
        build_trainer(whole, MetricsCSV(Path("metrics.csv")), ConfigFile({}, Path("config.yaml")))


def of_groups(random: Random, run: Path) -> Iterator[Outcome]:
    """Wrong values for options that the choices of a group bring."""
    for group in groups():
        if group in FOR_ITSELF:
            continue
        options = [
            (choice, key)
            for choice in choices(group)
            for key, value in values_of_choice(group, choice).items()
            if "_target_" not in key and "_partial_" not in key and not isinstance(value, dict)
        ]
        for _ in range(max(EACH, min(3 * len(options), 60))):
            choice, key = random.choice(options)
            root = "evaluate" if group in ("sampler", "metric") else "config"
            chosen = f"{group}=[{choice}]" if group in LISTED else f"{group}={choice}"
            start = [f"checkpoint={run}"] if root == "evaluate" else []
            start += ["data=digits"] if root == "evaluate" and choice != "points" else []
            needed = NEEDED.get(choice, NEEDED.get(group, ()))
            yield given(group, root, [*start, *needed, chosen, f"{key}={random.choice(WRONG)}"])


def of_commands(random: Random, run: Path) -> Iterator[Outcome]:
    """Wrong values for the own options of a command, and options that it does not have."""
    for root in COMMANDS:
        own = [key for key, value in root_file(root).items() if key not in ("defaults", "hydra", "overrides")]
        alone = {"explain": [], "config": [], "extractor": ["name=x"], "export": [f"checkpoint={run}"]}
        start = alone.get(root, [f"checkpoint={run}", "data=digits"])
        for number in range(3 * EACH):
            key = random.choice(own) if number % 3 else random.choice(("lr", "--n", "n_", "modle", "x.y", "+z", "~n"))
            words = [word for word in start if not word.startswith(f"{key}=")]
            yield given(f"python -m gan_lab.{root}", root, [*words, f"{key}={random.choice(WRONG)}"])


def given(place: str, root: str, words: Sequence[str]) -> Outcome:
    """What becomes of one command line; a value that nothing takes must not be accepted."""
    line = " ".join(word for word in words if not word.startswith("checkpoint="))
    explain = partial(said, words=words, root=root)
    found = outcome(place, f"{root}: {line}", lambda: built(root, words), explain)
    if found.kind == "accepted" and line.endswith(tuple(f"={value}" for value in NEVER)):
        return Outcome(place, found.given, "nonsense")
    return found


def said(error: Exception, words: Sequence[str], root: str) -> str:
    return diagnosis(error, words, COMMANDS[root][0])
