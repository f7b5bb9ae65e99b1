"""The command that may mend what was found. Imports no torch."""

from typing import Any

from gan_lab.checks.training import check_training
from gan_lab.config.compose import compose_config, composition
from gan_lab.doctor.evidence import Evidence
from gan_lab.doctor.finding import Finding
from gan_lab.terminal.commands import key_of, typed

COMPARED = ("model", "data", "seed", "epochs", "generator_steps")
"""What a command must change, besides what is measured."""


def command_to_try(found: Finding, run: Evidence) -> str:
    """Returns the command of the run with one option changed, the first of the finding's tries that can be trained and
    changes something; an empty text where none can, as for runs of other versions."""
    own = run.overrides
    before = trained(own)
    for option in found.tries if before else ():
        words = with_option(own, option)
        if trained(words) not in (None, before):
            return typed("gan_lab", *words)
    return ""


def with_option(words: list[str], option: str) -> list[str]:
    """Returns the overrides with this one in the place of an earlier one of its key."""
    return [*(word for word in words if key_of(word) != key_of(option)), option]


def trained(words: list[str]) -> dict[str, Any] | None:
    """Returns what overrides train and measure, None where a training with them would be refused."""
    try:
        check_training(composition("config", tuple(words)), words)
        config = compose_config(*words)
    except Exception:  # whatever is wrong with words that anybody may have written: no run ends for want of advice
        return None
    return {key: config[key] for key in COMPARED} | {"evaluation": config["callbacks"].get("evaluation")}
