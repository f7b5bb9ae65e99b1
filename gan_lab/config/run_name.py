"""The name of a run: its variant, and what differs from the variant's yaml. Imports no torch."""

from pathlib import Path
from typing import Any

import yaml
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig

GROUPS = ("loss", "penalty", "prior")
"""The groups of which a model's yaml chooses options that make it the variant of its name."""

Choices = dict[str, Any]


def run_name(conf_dir: Path, config: DictConfig) -> str:
    """Returns `wgan_gp`, or `wgan_gp, loss=hinge, penalty=[r1]` where these are not those of conf/model/wgan_gp.yaml.

    A model whose yaml does not lie in `conf_dir` has its own name alone.
    """
    chosen = HydraConfig.get().runtime.choices
    penalties = [*config.model.get("penalties", {}), *config.model.get("constraints", {})]
    own = own_choices(conf_dir, chosen["model"])
    return named(chosen["model"], own, {**chosen, "penalty": penalties})


def named(variant: str, own: Choices, chosen: Choices) -> str:
    """Returns the variant and the choices that are not its own, as they are written on the command line.

    The order of penalties makes no difference.
    """
    words = [variant]
    for group in GROUPS:
        if group in own and canonical(own[group]) != canonical(chosen[group]):
            value = chosen[group]
            words.append(f"{group}=[{','.join(value)}]" if isinstance(value, list) else f"{group}={value}")
    return ", ".join(words)


def canonical(choice: Any) -> Any:
    return sorted(choice) if isinstance(choice, list) else choice


def own_choices(conf_dir: Path, model: str) -> Choices:
    """Returns the options that the yaml of a model and those that it builds on choose, by group; empty without one."""
    path = conf_dir / "model" / f"{model}.yaml"
    if not path.is_file():
        return {}
    found: Choices = {}
    for entry in yaml.safe_load(path.read_text(encoding="utf-8")).get("defaults", []):
        if isinstance(entry, str):
            found |= own_choices(conf_dir, entry)
        else:
            found |= {key.removeprefix("override /"): value for key, value in entry.items()}
    return found
