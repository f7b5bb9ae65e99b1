"""The log-ratio d(x) = log p_data(x) / p_g(x), estimated by a trained critic."""

from collections.abc import Callable, Iterator
from itertools import repeat
from typing import Any, Literal

import torch
from jaxtyping import Float, Int
from torch import Tensor

from gan_lab.errors import CalibrationError, GanLabError
from gan_lab.maths.float64 import double
from gan_lab.runs.cache import Tensors
from gan_lab.sampler.base import Sampler
from gan_lab.sampler.calibration import auc, interpolated, isotonic, platt, quality
from gan_lab.sampler.context import SamplingContext, require_finite
from gan_lab.sampler.direct import Direct
from gan_lab.types import Latent

Calibration = Literal["platt", "isotonic", "none", "energy"]

LEAST_AUC = 0.52
LEAST_REALS = 20
SUSPICIOUS = 3.0
"""The |z| above which there is a warning that probabilities are not calibrated; z of a right model has a standard
deviation of 1."""


class LogRatio:
    """Converts the critic's score s to a log-ratio d in one of four ways.

    `platt` (d = a s + b) and `isotonic` (an increasing step function) are fitted on half of `samples` validation
    samples and as many generated ones, and their quality is measured on the other half. Here s is the log-ratio that
    the loss defines, or if it defines none, the score (with a class critic, that of the sample's class). `none` uses
    the loss's log-ratio without a fit and refuses losses without one. `energy` uses the score as it is, d = s. Then
    p_g exp(d) is the distribution that the critic defines as an energy-based model.
    """

    def __init__(self, context: SamplingContext, *, calibration: Calibration, samples: int, source: Sampler) -> None:
        """`source` draws samples of p_g. Raises CalibrationError for a critic that does not distinguish real from
        generated samples, GanLabError for one that cannot score a single sample."""
        if calibration in ("none", "energy") and not isinstance(source, Direct):
            raise GanLabError(
                f"calibration={calibration} is defined for the plain generator, but this sampler chooses among "
                f"samples of {source.name}: use platt"
            )
        self.context, self.calibration = context, calibration
        self.score = self.score_of_loss()
        self.report: dict[str, Any] = {"calibration": calibration, "score": self.score.__name__}
        self.warnings: list[str] = []
        if calibration in ("platt", "isotonic"):
            key = {
                "what": "calibration",
                "form": calibration,
                "samples": str(samples),
                "source": source.name + str(source.stated()),
            }
            self.fitted = context.prepared.get(key, lambda: self.fit(samples, source))
            self.report |= {name: value.item() for name, value in self.fitted.items() if value.ndim == 0}
            if abs(self.report["z"]) > SUSPICIOUS:
                self.warnings.append(f"the calibrated probabilities are inaccurate: |z| is {abs(self.report['z']):.1f}")

    def __call__(self, x: Float[Tensor, " b *shape"], component: Int[Tensor, " b"] | None) -> Float[Tensor, " b"]:
        """Returns d of each sample, computed in one batch; differentiable unless `isotonic`."""
        score = self.score_of(x, component)
        return self.of_score(score) if self.calibration in ("platt", "isotonic") else score

    def of_code(self, latent: Latent) -> Float[Tensor, " b"]:
        """Returns d(G(z)) of each code."""
        return self(self.context.generate(latent), latent.component)

    def of_images(self, x: Float[Tensor, " n *shape"], component: Int[Tensor, " n"] | None) -> Float[Tensor, " n"]:
        """Returns d of many samples, computed in batches. Raises SamplingNumericsError if one is not finite."""
        return require_finite(torch.cat([self(part, labels) for part, labels in self.parts(x, component)]))

    def of_score(self, score: Float[Tensor, " b"]) -> Float[Tensor, " b"]:
        if self.calibration == "isotonic":
            return interpolated(score, self.fitted["scores"], self.fitted["d"])
        return self.fitted["a"].to(score.dtype) * score + self.fitted["b"].to(score.dtype)

    def score_of_loss(self) -> Callable[..., Tensor]:
        """Returns the function from the critic's output and the samples' components to s."""
        loss = self.context.loss

        def log_ratio(score: Tensor, component: Tensor | None) -> Tensor:
            return loss.log_ratio(score)

        def raw_score(score: Tensor, component: Tensor | None) -> Tensor:
            if loss.needs_labels and component is None:
                raise GanLabError("this critic judges by class, but the held-out data have no labels")
            return loss.realness(score, component)

        if self.calibration == "energy" and loss.outputs == 1:
            return raw_score
        try:
            loss.log_ratio(torch.zeros(1, loss.outputs, device=self.context.device))
        except GanLabError as error:
            if self.calibration == "none":
                learnt = "which learns log p_data / p_g from real and generated samples"
                raise GanLabError(f"{error}, with sampler.calibration=platt, {learnt}") from error
            return raw_score
        return log_ratio

    def fit(self, samples: int, source: Sampler) -> Tensors:
        """Fits the calibration on the first halves, and returns it and its `quality` on the second halves."""
        x, labels = self.context.reals(samples)
        if len(x) < LEAST_REALS:
            raise GanLabError(
                f"calibration needs {LEAST_REALS} held-out samples or more, and the data have {len(x)}: set "
                "calibration=none"
            )
        real = torch.cat([self.score_of(part, those) for part, those in self.parts(x, labels)])
        fakes = source.trial(len(real), "calibration")
        fake = self.context.values(lambda part: self.score_of(self.context.generate(part), part.component), fakes)
        half = len(real) // 2
        found: Tensors = {}
        if self.calibration == "platt":
            a, b = platt(real[:half], fake[:half])
            found = {"a": torch.tensor(a, dtype=torch.float64), "b": torch.tensor(b, dtype=torch.float64)}
        else:
            found["scores"], found["d"] = isotonic(real[:half], fake[:half])
            a = 1.0  # it always increases, so an inverted critic is found by `order`
        self.fitted = found
        worth = quality(self.of_score(real[half:]), self.of_score(fake[half:]))
        order = auc(double(real[half:]), double(fake[half:]))
        if a <= 0 or order < LEAST_AUC:
            raise CalibrationError(
                "this sampler keeps what the critic finds real, but the critic does not tell real from generated "
                f"samples (it ranks {order:.0%} of pairs correctly, and chance 50%): train it longer, or choose a "
                "sampler without a critic, such as sampler=direct or sampler=truncated"
            )
        return found | {name: torch.tensor(value, dtype=torch.float64) for name, value in worth.items()}

    def score_of(self, x: Tensor, component: Tensor | None) -> Float[Tensor, " b"]:
        return self.score(self.context.judge(x).score, component)

    def parts(self, x: Tensor, component: Tensor | None) -> Iterator[tuple[Tensor, Tensor | None]]:
        """Yields samples and their components, a batch at a time."""
        size = self.context.batch_size
        labels = repeat(None) if component is None else component.split(size)
        return zip(x.split(size), labels, strict=False)


def refuse_steps(calibration: Calibration) -> None:
    """Raises ValueError for a calibration that has no gradient."""
    if calibration == "isotonic":
        raise ValueError("an isotonic calibration is piecewise constant and has no gradient: use platt")
