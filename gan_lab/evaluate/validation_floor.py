"""The second floor of an evaluation: training samples measured against the validation samples."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import torch

from gan_lab.data.base import DataModule
from gan_lab.errors import GanLabError
from gan_lab.metric.base import Evaluator
from gan_lab.metric.two_floors import WHY


@dataclass(frozen=True)
class SecondFloor:
    """The measures of training samples against validation samples, under their own protocol.

    `sentence` says why there are two floors, or why there is no second one where it is wanted; it is empty where none
    is.
    """

    values: Mapping[str, float] = field(default_factory=dict)
    protocol: Mapping[str, str | int | float] = field(default_factory=dict)
    sentence: str = ""


def has_second(split: str, data: DataModule) -> bool:
    """Returns whether a comparison with this split needs a second floor: the test samples are of another set."""
    return split == "test" and not data.one_pool


def validation_floor(measure: Evaluator, data: DataModule, n: int, seed: int, device: torch.device) -> SecondFloor:
    """Returns the floor of n training samples against n validation samples (as many as there are, if they are fewer).

    `measure` is an evaluator of the validation split with the settings of the comparison, not prepared yet. Every rank
    calls it. What it needs is found in the measure's cache or with gan_lab, or is computed and kept, as for any floor.
    """
    assert measure.split == "validation"
    try:
        measure.plan(data, n)
    except GanLabError as error:
        return SecondFloor(sentence=f"There is no second floor, of the validation samples: {error}.")
    measure.prepare(data, n, seed, device)
    return SecondFloor(measure.floor(), measure.protocol(), f"{WHY}{fewer(measure.n, n)}")


def fewer(there: int, compared: int) -> str:
    """Returns a sentence where the second floor is of fewer samples than the first."""
    if there >= compared:
        return ""
    return (
        f" real (validation) is of {there:,} samples, since there are no more for validation, and real (test) of "
        f"{compared:,}: of fewer samples most measures are worse."
    )
