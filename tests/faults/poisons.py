"""NaN and infinity, put into each part of a training in turn, and what must be said of them."""

from collections.abc import Callable
from functools import partial
from math import inf, nan
from typing import Any

from torch.optim import Adam

from gan_lab.data.ring import Ring
from gan_lab.data.samples import Samples
from gan_lab.loss.wasserstein import Wasserstein
from gan_lab.metric.points import PointMeasure
from gan_lab.penalty.gradient import GradientPenalty
from gan_lab.sampler.direct import Direct
from gan_lab.types import SampleResult, Terms


def spoil(owner: type, name: str, call: int, change: Callable[[Any], Any]) -> None:
    """Changes what the `call`-th call of a method returns."""
    method, calls = getattr(owner, name), 0

    def spoiled(self: Any, *arguments: Any, **options: Any) -> Any:
        nonlocal calls
        calls += 1
        found = method(self, *arguments, **options)
        return change(found) if calls == call else found

    setattr(owner, name, spoiled)


def spoil_gradient(call: int) -> None:
    """Makes the gradient of the last weight NaN before the `call`-th step of an optimizer, whatever the loss was."""
    step, calls = Adam.step, 0

    def spoiled(self: Adam, *arguments: Any, **options: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == call:
            self.param_groups[-1]["params"][-1].grad.fill_(nan)
        return step(self, *arguments, **options)

    Adam.step = spoiled  # type: ignore[method-assign]


def broken_data(parts: tuple[Samples, ...]) -> tuple[Samples, ...]:
    parts[0].values[7, 1] = nan
    return parts


def broken_terms(value: float, terms: Terms) -> Terms:
    name = next(iter(terms.minimised))
    return Terms(terms.minimised | {name: terms.minimised[name] * value}, terms.diagnostics)


def broken_sample(value: float, drawn: SampleResult) -> SampleResult:
    drawn.x[3, 0] = value
    return drawn


def broken_measure(value: float, measures: dict[str, float]) -> dict[str, float]:
    return measures | {"emd": value}


POISONS: dict[str, tuple[Callable[[], None], str]] = {
    "data": (partial(spoil, Ring, "load", 1, broken_data), "1 of 50,000 samples of Ring hold NaN or infinity"),
    "the critic's loss": (
        partial(spoil, Wasserstein, "critic", 20, partial(broken_terms, inf)),
        "the term critic/real is not finite in generator step 10",
    ),
    "the generator's loss": (
        partial(spoil, Wasserstein, "generator", 10, partial(broken_terms, nan)),
        "the term generator/fake is not finite in generator step 10",
    ),
    "a penalty": (
        partial(spoil, GradientPenalty, "forward", 20, partial(broken_terms, nan)),
        "the term critic/gradient_penalty is not finite in generator step 10",
    ),
    "the critic's gradient": (
        partial(spoil_gradient, 29),
        "the term generator/fake is not finite in generator step 10",
    ),
    "the generator's gradient": (
        partial(spoil_gradient, 30),
        "the term generator/gradient is not finite in generator step 10",
    ),
    "a sample": (
        partial(spoil, Direct, "sample", 2, partial(broken_sample, inf)),
        "a sample of sampler=direct is not finite at generator step 40",
    ),
    "a measure": (
        partial(spoil, PointMeasure, "_compute", 2, partial(broken_measure, nan)),
        "the measure emd is not finite at generator step 40",
    ),
}
"""What is spoilt, how, and what the run says when it stops: two critic steps make a round with three steps."""
