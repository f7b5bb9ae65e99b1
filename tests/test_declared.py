"""Constructors that refuse values outside of their declared domains, whoever calls them."""

import inspect
import pickle
import re
from collections.abc import Callable, Iterator
from math import inf, nan
from typing import Any, get_type_hints

import numpy as np
import pytest
from hydra.utils import get_class
from torch import nn

from gan_lab.build import build_below, options_of
from gan_lab.callback.evaluation import Evaluation
from gan_lab.domains import Declared, MisfitError, NonNegative, Positive, PositiveInt, fitted, is_plain
from gan_lab.errors import GanLabError, OutOfDomainError
from gan_lab.model.gan import GAN
from gan_lab.penalty.gradient import GradientPenalty
from tests.commands import REPOSITORY
from tests.fixtures import Compose

OUTSIDE: tuple[Any, ...] = (nan, -inf, -1, -0.5, 0, 1.5, 2, "", "nothing", None, True, [], [-1])


def classes() -> list[str]:
    """Every class of gan_lab that a file of conf/ names."""
    texts = [path.read_text() for path in (REPOSITORY / "conf").rglob("*.yaml")]
    return sorted(
        {name for text in texts for name in re.findall(r"_target_: (gan_lab\.[\w.]+\.[A-Z]\w+)$", text, re.M)}
    )


def arguments(found: type) -> Iterator[tuple[Callable[..., None], str, Any]]:
    """The constructors of a class and its bases, with each of their arguments that is a plain value, and its type."""
    for owner in found.__mro__:
        if owner.__module__.startswith("gan_lab") and "__init__" in vars(owner):
            constructor = vars(owner)["__init__"]
            for name, hint in get_type_hints(constructor, include_extras=True).items():
                if name != "return" and is_plain(hint):
                    yield constructor, name, hint


def misfits(value: Any, hint: Any) -> bool:
    try:
        fitted(value, hint)
    except MisfitError:
        return True
    return False


@pytest.mark.parametrize("target", classes())
def test_a_class_refuses_what_lies_outside_of_its_domains_before_anything_else(target: str) -> None:
    found: Any = get_class(target)
    for constructor, name, hint in arguments(found):
        wrong = [value for value in OUTSIDE if misfits(value, hint)]
        assert wrong
        for value in wrong:
            with pytest.raises(OutOfDomainError, match=rf"^{found.__name__}\.{name} is .* and must be "):
                constructor(found.__new__(found), **{name: value})


def test_the_files_of_conf_name_the_classes() -> None:
    assert len(classes()) > 70
    assert {"gan_lab.penalty.gradient.GradientPenalty", "gan_lab.callback.evaluation.Evaluation"} <= {*classes()}


def test_a_model_passes_the_options_of_all_models_on_to_be_checked(composed: Compose) -> None:
    config = composed("model=gan", "data=ring")["model"]
    options = {key: build_below(value, key) for key, value in options_of(config).items()}
    assert GAN(**options).packing == 1
    for wrong in ({"packing": 0}, {"ema_decay": 1}, {"n_critic": 1.5}):
        with pytest.raises(OutOfDomainError, match=r"^GAN\.\w+ is .* and must be"):
            GAN(**options | wrong)


def test_the_sentence_is_that_of_a_configuration_and_an_error_of_both_kinds() -> None:
    with pytest.raises(GanLabError, match=r"^GradientPenalty.weight is -1 and must be a number of 0 or more$"):
        GradientPenalty(weight=-1, form="two_sided")
    with pytest.raises(ValueError, match=r"^GradientPenalty.form is 'none' and must be one of 'two_sided', "):
        GradientPenalty(weight=1, form="none")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"^Evaluation.times is -3 and must be a whole number of 0 or more$"):
        Evaluation(times=-3)  # type: ignore[call-arg]


class Base(Declared, nn.Module):
    def __init__(self, first: Positive, *rest: Positive, last: PositiveInt = 1) -> None:
        super().__init__()
        self.values = (first, *rest, last)


class Own(Base):
    def __init__(self, *, scale: NonNegative, network: nn.Module | None = None, **base: Any) -> None:
        super().__init__(scale, **base)
        self.scale, self.network = scale, network


class Silent(Own):
    """Has no constructor of its own."""


def test_values_arrive_in_their_types_and_objects_as_they_are() -> None:
    network = nn.Linear(1, 1)
    numbers: dict[str, Any] = {"scale": np.float32(2), "last": np.int64(3)}
    found = Silent(network=network, **numbers)
    assert found.values == (2.0, 3)
    assert [type(value) for value in (*found.values, found.scale)] == [float, int, float]
    assert found.network is network


def test_positional_arguments_are_checked_too() -> None:
    assert Base(1, 2, last=3).values == (1, 2, 3)
    with pytest.raises(ValueError, match=r"^Base.first is 0 and must"):
        Base(0)


@pytest.mark.parametrize("wrong", [{"last": 0, "scale": 1}, {"scale": -1}])
def test_what_a_base_refuses_is_named_after_the_class_that_was_built(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"^Silent\.\w+ is (0|-1) and must"):
        Silent(**wrong)


def test_python_still_says_what_is_missing_or_unknown() -> None:
    with pytest.raises(TypeError, match=r"missing 1 required keyword-only argument: 'scale'"):
        Own()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match=r"unexpected keyword argument 'sacle'"):
        Base(1.0, sacle=2)  # type: ignore[call-arg]


def test_signatures_and_pickled_objects_are_as_before() -> None:
    assert [*inspect.signature(Own).parameters] == ["scale", "network", "base"]
    assert pickle.loads(pickle.dumps(Own(scale=1))).values == (1.0, 1)
