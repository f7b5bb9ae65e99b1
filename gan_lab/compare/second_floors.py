"""The floor of the other split beside that of a protocol: where an evaluation of test samples of another set has it."""

from collections.abc import Sequence
from statistics import mean

from gan_lab.compare.result import Result, Values

NEEDED = {"dataset", "split", "reference_n", "floor_n"}
"""What both protocols must state."""


def second_floor_of(part: Sequence[Result], evaluations: Sequence[Result]) -> Values:
    """Returns the second floor of the results of one protocol, empty where there is none.

    Evaluations of test samples have it in their record: the floor of the validation samples. Trainings, which are
    measured on validation samples, get that of the test samples from those `evaluations` whose second floor is theirs.
    """
    if own := [result.second_floor for result in part if result.second_floor]:
        return mean_floor(own)
    if part[0].kind != "training" or not part[0].protocol:
        return {}
    return mean_floor([other.measures["floor"] for other in evaluations if is_second(part[0], other)])


def is_second(training: Result, evaluation: Result) -> bool:
    """Returns whether the second floor of the evaluation is that of the training: their protocols agree in all that
    both state. An evaluation may have more measures."""
    own, stated = training.protocol, evaluation.second_protocol
    return own.keys() & stated.keys() >= NEEDED and all(own[key] == stated[key] for key in own.keys() & stated.keys())


def mean_floor(floors: Sequence[Values]) -> Values:
    """Returns the mean of each measure over the floors that have it: their last digits differ between machines."""
    names = dict.fromkeys(name for floor in floors for name in floor)
    return {name: mean(floor[name] for floor in floors if name in floor) for name in names}
