"""A W&B sweep over the search space of a variant, whose agents run `python -m gan_lab`. Imports no torch."""

import re
from collections.abc import Sequence
from typing import Any

from omegaconf import DictConfig
from optuna.distributions import BaseDistribution, CategoricalDistribution, IntDistribution

from gan_lab.__main__ import COMMAND, refuse_many
from gan_lab.checks.data_set import choice_of
from gan_lab.checks.training import check_training
from gan_lab.cli.arguments import parsed, understood
from gan_lab.config.plain_values import as_hydra_config, plain
from gan_lab.errors import GanLabError
from gan_lab.library.words import checked, composed
from gan_lab.logger.names import wandb_name
from gan_lab.sweep.space import corners, divided
from gan_lab.terminal.commands import typed

KEY = r"[A-Za-z_][A-Za-z0-9_.-]*"
"""What W&B takes as the name of a parameter."""


def wandb_sweep(
    words: Sequence[str], *, project: str, entity: str | None, runs: int, hyperband: int | None
) -> dict[str, Any]:
    """Returns the configuration of a sweep as `wandb sweep` reads it: the space of `-m sweep=search WORDS`, and a
    command into which an agent puts one setting of it at a time.

    W&B's Bayesian search takes the place of Optuna's. It ends after so many `runs`. With `hyperband`, runs that are
    behind are stopped after that many evaluations or later (Li et al. 2018, arXiv 1603.06560). Raises GanLabError where
    the words, with any of the settings, cannot be those of a training.
    """
    given = [word for word in understood(["-m", *words], COMMAND) if not word.startswith("-")]
    if hydras := [word.partition("=")[0] for word in given if word.startswith(("hydra", "sweep="))]:
        raise GanLabError(f"{hydras[0]} is for sweeps of gan_lab: W&B starts each run by itself, in a new folder")
    if not any(word.startswith("logger=") for word in given):
        given.append("logger=wandb")
    config, _ = composed(COMMAND, [word for word in given if not parsed(word).is_sweep_override()])
    with as_hydra_config(config):
        check_run(config)
        name, dataset = config.name, config.dataset
        measure = plain(config.callbacks.evaluation.measure)
    own = [f"{key}={text}" for key, text in (config.get("search") or {}).items() if text is not None]
    fixed, space = divided([parsed(word) for word in (*own, *given)])
    if strange := [key for key in space if not re.fullmatch(KEY, key)]:
        raise GanLabError(f"W&B takes letters, digits, dots and hyphens in a name, so it cannot vary {strange[0]}")
    for chosen in corners(space):
        checked(COMMAND, [*fixed, *chosen], check_training, ())
    monitor = measure.get("monitor") or {"points": "emd"}.get(choice_of("metric", config), "fid")
    return {
        "program": "gan_lab",
        "project": project,
        **({"entity": entity} if entity else {}),
        "name": f"{name} on {dataset}",
        "description": typed("gan_lab.dashboard", "--sweep", "FILE", *words),
        "method": "bayes",
        "metric": {"name": wandb_name(monitor), "goal": "minimize"},
        "run_cap": runs,
        **({"early_terminate": {"type": "hyperband", "min_iter": hyperband}} if hyperband else {}),
        "parameters": {key: parameter(kind) for key, kind in space.items()},
        "command": ["${env}", "${interpreter}", "-m", "gan_lab", *fixed, "${args_no_hyphens}"],
    }


def check_run(config: DictConfig) -> None:
    """Raises GanLabError for a configuration of several runs, and for one whose runs tell W&B no measure."""
    refuse_many(config)
    if "evaluation" not in config.callbacks or "wandb" not in config.loggers:
        raise GanLabError("W&B learns from the measures of its runs: they need callback=evaluation and logger=wandb")


def parameter(kind: BaseDistribution) -> dict[str, Any]:
    """Returns a distribution in W&B's words. Whole numbers in steps are listed, since W&B rounds to multiples of the
    step, wherever the first one lies."""
    if isinstance(kind, CategoricalDistribution):
        return {"values": [number_or_text(str(choice)) for choice in kind.choices]}
    if isinstance(kind, IntDistribution) and kind.step > 1:
        return {"values": [*range(kind.low, kind.high + 1, kind.step)]}
    log, step = kind.log, {"q": 1} if isinstance(kind, IntDistribution) else {}  # type: ignore[attr-defined]
    ends = {"min": kind.low, "max": kind.high}  # type: ignore[attr-defined]
    if log:
        return {"distribution": "q_log_uniform_values" if step else "log_uniform_values", **ends, **step}
    return {"distribution": "int_uniform" if step else "uniform", **ends}


def number_or_text(text: str) -> int | float | str:
    """Returns the number that Python writes as this text, or the text. So an agent, which writes with `str`, gives
    back the text in any case: `null` and `true` too."""
    for kind in (int, float):
        try:
            if str(kind(text)) == text:
                return kind(text)
        except ValueError:
            pass
    return text
