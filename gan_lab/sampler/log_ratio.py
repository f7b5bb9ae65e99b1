"""The log-ratio d(x) = log p_data(x) / p_g(x), estimated by a trained critic."""

from collections.abc import Iterator
from itertools import repeat
from typing import Any, Literal

import torch
from jaxtyping import Float, Int
from torch import Tensor

from gan_lab.errors import CalibrationError, GanLabError
from gan_lab.loss.classes import ClassLoss, component_classes
from gan_lab.maths.float64 import double
from gan_lab.runs.cache import Tensors
from gan_lab.sampler.base import Sampler
from gan_lab.sampler.calibration import auc, deviation_of_auc, interpolated, isotonic, platt, platt_by_class, quality
from gan_lab.sampler.context import SamplingContext, require_finite
from gan_lab.sampler.direct import Direct
from gan_lab.types import Latent

Calibration = Literal["platt", "isotonic", "none", "energy"]
Scored = tuple[Float[Tensor, " n"], Int[Tensor, " n"] | None]
"""Scores, and the class of each sample where classes have scores of their own."""

LEAST_AUC = 0.52
LEAST_REALS = 20
SUSPICIOUS = 3.0
"""The |z| above which there is a warning that probabilities are not calibrated; z of a right model has a standard
deviation of 1."""


class LogRatio:
    """Converts the critic's score s to a log-ratio d in one of four ways.

    `platt` (d = a s + b) and `isotonic` (an increasing step function) are fitted on half of `samples` validation
    samples and as many generated ones, and their quality is measured on the other half. Here s is the log-ratio that
    the loss defines, or if it defines none, the score. A class critic's is that of the sample's class y, and as such
    scores are compared within a class only, `platt` is then d = a s + b_y, and `isotonic` a step function of it.
    `none` uses the loss's log-ratio without a fit and refuses losses without one. `energy` uses the score as it is,
    d = s. Then p_g exp(d) is the distribution that the critic defines as an energy-based model.

    A critic must rank more than 52 % of held-out pairs of a real and a generated sample correctly, and by two standard
    deviations more than the half that chance gives: with h samples of each, chance's is sqrt((2 h + 1) / (12 h^2)),
    that of the Mann-Whitney statistic.
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
        self.raw = self.is_raw()
        self.report: dict[str, Any] = {"calibration": calibration, "score": "raw_score" if self.raw else "log_ratio"}
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
            if self.classes:
                self.report["b"] = self.fitted["b"].tolist()
            if abs(self.report["z"]) > SUSPICIOUS:
                self.warnings.append(f"the calibrated probabilities are inaccurate: |z| is {abs(self.report['z']):.1f}")

    def __call__(self, x: Float[Tensor, " b *shape"], component: Int[Tensor, " b"] | None) -> Float[Tensor, " b"]:
        """Returns d of each sample, computed in one batch; differentiable unless `isotonic`."""
        score = self.score_of(x, component)
        return self.of_score(score, self.class_of(component)) if self.calibration in ("platt", "isotonic") else score

    def of_code(self, latent: Latent) -> Float[Tensor, " b"]:
        """Returns d(G(z)) of each code."""
        return self(self.context.generate(latent), latent.component)

    def of_images(self, x: Float[Tensor, " n *shape"], component: Int[Tensor, " n"] | None) -> Float[Tensor, " n"]:
        """Returns d of many samples, computed in batches. Raises SamplingNumericsError if one is not finite."""
        return require_finite(torch.cat([self(part, labels) for part, labels in self.parts(x, component)]))

    def of_score(self, score: Float[Tensor, " b"], y: Int[Tensor, " b"] | None) -> Float[Tensor, " b"]:
        """Returns d of scores, with the class of each sample where classes have scores of their own."""
        line = self.line(score, y)
        return interpolated(line, self.fitted["scores"], self.fitted["d"]) if "scores" in self.fitted else line

    def line(self, score: Float[Tensor, " b"], y: Int[Tensor, " b"] | None) -> Float[Tensor, " b"]:
        """Returns a s + b, with the b of each sample's class; s itself where no line was fitted."""
        if "a" not in self.fitted:
            return score
        b = self.fitted["b"].to(score)
        return self.fitted["a"].to(score) * score + (b if y is None else b[y.to(score.device)])

    @property
    def classes(self) -> int:
        """The number of classes with scores of their own, which are compared within a class only; 0 if s is none."""
        loss = self.context.loss
        return loss.asked_classes if self.raw and isinstance(loss, ClassLoss) else 0

    def class_of(self, component: Int[Tensor, " b"] | None) -> Int[Tensor, " b"] | None:
        return component_classes(component, self.classes) if self.classes else None

    def is_raw(self) -> bool:
        """Returns whether s is the score as it is: as an energy, or since the loss defines no log-ratio. Raises
        GanLabError for a loss without one where none is learnt."""
        loss = self.context.loss
        if self.calibration == "energy" and loss.outputs == 1:
            return True
        try:
            loss.log_ratio(torch.zeros(1, loss.outputs, device=self.context.device))
        except GanLabError as error:
            if self.calibration == "none":
                learnt = "which learns log p_data / p_g from real and generated samples"
                raise GanLabError(f"{error}, with sampler.calibration=platt, {learnt}") from error
            return True
        return False

    def score(self, output: Tensor, component: Tensor | None) -> Tensor:
        """Returns s from the critic's output and the samples' components."""
        loss = self.context.loss
        if not self.raw:
            return loss.log_ratio(output)
        if loss.needs_labels and component is None:
            raise GanLabError("this critic judges by class, but the held-out data have no labels")
        return loss.realness(output, component)

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
        scored = (double(real), self.class_of(labels)), (double(fake), self.class_of(fakes.component))
        half = len(real) // 2
        first, second = (
            [(score[part], None if y is None else y[part]) for score, y in scored]
            for part in (slice(half), slice(half, None))
        )
        self.fitted = self.fit_line(*first)
        if self.calibration == "isotonic":
            scores, d = isotonic(*(self.line(*one) for one in first))
            self.fitted |= {"scores": scores, "d": d}
        d_real, d_fake = (self.of_score(*one) for one in second)
        worth = quality(d_real, d_fake, fitted=half)
        a = self.fitted["a"].item() if "a" in self.fitted else 1.0
        order = auc(*(self.line(*one) for one in second))
        chance = 2 * deviation_of_auc(len(real) - half)
        if a <= 0 or order < max(LEAST_AUC, 0.5 + chance):
            order = order if a > 0 else 1 - order  # that of s, which a turns around
            raise CalibrationError(
                "this sampler keeps what the critic finds real, but the critic does not tell real from generated "
                f"samples (it ranks {order:.0%} of pairs correctly, and chance 50% ± {chance:.0%}): train it longer, "
                "or choose a sampler without a critic, such as sampler=direct or sampler=truncated"
            )
        return self.fitted | {name: torch.tensor(value, dtype=torch.float64) for name, value in worth.items()}

    def fit_line(self, real: Scored, fake: Scored) -> Tensors:
        """Returns a and b, by name; nothing for an isotonic calibration that needs no line."""
        (real_score, real_class), (fake_score, fake_class) = real, fake
        if real_class is not None and fake_class is not None:
            a, b = platt_by_class(real_score, fake_score, real_class, fake_class, self.classes)
            return {"a": torch.tensor(a, dtype=torch.float64), "b": b}
        if self.calibration == "isotonic":
            return {}
        return {
            name: torch.tensor(value, dtype=torch.float64)
            for name, value in zip("ab", platt(real_score, fake_score), strict=True)
        }

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
