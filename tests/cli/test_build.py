"""Configurations to objects: what is wrong names itself."""

from dataclasses import dataclass
from typing import Any, Literal

import pytest
import torch

from gan_lab.cli.build import build, fit
from gan_lab.errors import GanLabError


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
        ({"size": "abc"}, r"part.size is 'abc' \(str\) and must be int"),
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
    with pytest.raises(GanLabError, match="part lacks size"):
        build({"_target_": f"{__name__}.Part"}, "part")


def test_an_int_is_not_a_bool_and_none_only_where_allowed() -> None:
    assert fit(None, str | None, "x") is None
    with pytest.raises(GanLabError):
        fit(None, int, "x")
