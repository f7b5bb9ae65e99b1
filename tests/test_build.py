"""Configurations to objects: what is wrong names itself."""

from dataclasses import dataclass
from typing import Any, Literal

import pytest
import torch

from gan_lab.build import build, is_config, signature_of
from gan_lab.domains import NonNegative, conform, readable
from gan_lab.errors import GanLabError
from gan_lab.model.ebgan import EBGAN
from gan_lab.model.gan import GAN
from gan_lab.model.mmgan import MMGAN
from gan_lab.network.base import Critic


@dataclass(kw_only=True)
class Part:
    """What the configurations below are for."""

    size: int
    rate: float = 0.5
    widths: tuple[int, ...] = ()
    betas: tuple[float, float] = (0.5, 0.9)
    kind: Literal["a", "b"] = "a"
    name: str | None = None
    inner: Any = None

    def __post_init__(self) -> None:
        if self.size < 0:
            raise ValueError("size must not be negative")


class Extended(Part):
    """A part with an option more than its base."""

    def __init__(self, *, extra: int, **base: Any) -> None:
        super().__init__(**base)
        self.extra = extra


class Inherited(Extended):
    """A part that leaves the constructor as it is."""


class Open(Part):
    """A part that takes anything."""

    def __init__(self, *, size: int, **anything: Any) -> None:
        super().__init__(size=size)
        self.anything = anything


def config(**values: Any) -> dict[str, Any]:
    return {"_target_": f"{__name__}.Part", "size": 1} | values


def test_values_arrive_as_the_signature_says() -> None:
    part = build(config(rate=1, widths=[1, 2], betas=[0, 0.9], inner={"x": config(size=2)}), "part")
    assert (part.rate, part.widths, part.betas) == (1.0, (1, 2), (0.0, 0.9))
    assert isinstance(part.rate, float)
    assert isinstance(part.betas[0], float)
    assert part.inner["x"].size == 2


def test_partial() -> None:
    make = build({"_target_": "torch.optim.Adam", "_partial_": True, "lr": 1, "betas": [0, 0.9]}, "optimizer")
    optimizer = make([torch.nn.Parameter(torch.zeros(1))])
    assert (optimizer.defaults["lr"], optimizer.defaults["betas"]) == (1.0, (0.0, 0.9))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"size": "abc"}, "part.size is 'abc' and must be a whole number"),
        ({"size": 1.5}, "part.size"),
        ({"size": True}, "part.size"),
        ({"rate": "fast"}, "part.rate"),
        ({"widths": [1, "x"]}, "part.widths"),
        ({"betas": [0.5]}, "part.betas"),
        ({"kind": "c"}, "one of"),
        ({"sise": 1}, "part.sise is no option of Part: it takes size, rate"),
        ({"size": -1}, "part: size must not be negative"),
        ({"inner": {"x": {"_target_": f"{__name__}.Part", "size": "no"}}}, "part.inner.x.size"),
    ],
)
def test_mistakes_name_their_key(values: dict[str, Any], message: str) -> None:
    with pytest.raises(GanLabError, match=message):
        build(config(**values), "part")


def test_a_missing_option_names_itself() -> None:
    with pytest.raises(GanLabError, match="part is no whole object: it lacks its _target_"):
        build({"size": 1}, "part")
    with pytest.raises(GanLabError, match="part lacks size"):
        build({"_target_": f"{__name__}.Part"}, "part")


def test_configurations_are_built_wherever_they_lie_and_plain_values_stay() -> None:
    part = build(config(inner=[config(size=2), {"deep": [config(size=3)], "plain": 4}, [5]]), "part")
    assert part.inner[0].size == 2
    assert part.inner[1]["deep"][0].size == 3
    assert (part.inner[1]["plain"], part.inner[2]) == (4, [5])
    with pytest.raises(GanLabError, match=r"part.inner\[1\].deep\[0\].size is 'no'"):
        build(config(inner=[1, {"deep": [config(size="no")]}]), "part")


def test_only_what_is_to_be_called_later_may_lack_an_option() -> None:
    make = build({"_target_": f"{__name__}.Part", "_partial_": True, "rate": 1}, "part")
    assert (make(size=7).size, make(size=7).rate) == (7, 1.0)
    assert isinstance(build({"_target_": f"{__name__}.Part", "_partial_": False, "size": 1}, "part"), Part)


def test_values_keep_their_types_but_for_what_loses_nothing() -> None:
    assert conform([1, 2.5], tuple[float, ...], "x") == (1.0, 2.5)
    assert all(isinstance(value, float) for value in conform([1, 2], tuple[float, ...], "x"))
    assert conform([], tuple[int, ...], "x") == ()
    assert conform([1, 2], list[int], "x") == [1, 2]
    assert conform([[1, 2], [3]], tuple[tuple[int, ...], ...], "x") == ((1, 2), (3,))
    assert isinstance(conform(1, int | float, "x"), int)
    assert conform(True, bool, "x") is True
    for value, hint in [(True, float), (True, int), ([True], tuple[int, ...]), ([1, 2, 3], tuple[int, int])]:
        with pytest.raises(GanLabError, match=r"x is .* must be "):
            conform(value, hint, "x")


def test_a_type_is_written_as_a_user_reads_it() -> None:
    assert readable(int) == "a whole number"
    assert readable(NonNegative) == "a number of 0 or more"
    assert readable(tuple[int, ...]) == "a list of values, each a whole number"
    assert readable(tuple[int, int] | None) == "a list of 2 values, each a whole number or null"
    assert readable(Literal["a", "b"]) == "one of 'a', 'b'"


def test_a_configuration_is_an_object_or_holds_nothing_else() -> None:
    assert is_config(config())
    assert is_config({"first": config(), "second": {"third": config()}})
    assert not is_config({})
    assert not is_config({"first": config(), "second": 1})
    assert not is_config([config()])


def test_an_int_is_not_a_bool_and_none_only_where_allowed() -> None:
    assert conform(None, str | None, "x") is None
    with pytest.raises(GanLabError):
        conform(None, int, "x")


@pytest.mark.parametrize("kind", ["Extended", "Inherited"])
def test_the_options_of_a_base_are_options_and_checked_alike(kind: str) -> None:
    given = config(_target_=f"{__name__}.{kind}", extra=3, rate=1, widths=[1, 2])
    part = build(given, "part")
    assert (part.extra, part.size, part.rate, part.widths) == (3, 1, 1.0, (1, 2))
    assert isinstance(part.rate, float)
    mistakes: list[tuple[dict[str, Any], str]] = [
        ({"extra": "x"}, "part.extra is 'x' and must be a whole number"),
        ({"size": "x"}, "part.size is 'x' and must be a whole number"),
        ({"sise": 1}, f"part.sise is no option of {kind}: it takes size, rate, .*, extra"),
        ({"size": -1}, "part: size must not be negative"),
    ]
    for wrong, message in mistakes:
        with pytest.raises(GanLabError, match=message):
            build(given | wrong, "part")
    for name in ("size", "extra"):
        with pytest.raises(GanLabError, match=f"part lacks {name}, which {kind} needs"):
            build({key: value for key, value in given.items() if key != name}, "part")


def test_other_open_constructors_take_anything() -> None:
    assert build(config(_target_=f"{__name__}.Open", sise=1), "part").anything == {"sise": 1}


@pytest.mark.parametrize(
    ("model", "own"), [(EBGAN, {"pretraining_epochs": NonNegative}), (MMGAN, {"encoder": Critic, "alpha": NonNegative})]
)
def test_a_model_has_the_options_of_all_models_and_its_own(model: type, own: dict[str, type]) -> None:
    found, of_all = signature_of(model), signature_of(GAN)
    assert found.hints == of_all.hints | own
    assert {*found.hints} - found.needed == {
        "packing",
        "top_k",
        "ema_half_life",
        "instance_noise",
        "schedules",
        "augment",
    }
