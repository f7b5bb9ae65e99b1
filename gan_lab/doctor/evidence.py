"""What a run folder says about a run, read once for all findings. Imports no torch."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from hydra.errors import HydraException
from omegaconf.errors import OmegaConfBaseException

from gan_lab.config.compose import compose_config
from gan_lab.doctor.thresholds import LEAST_LINES, PARTS, TELLING
from gan_lab.errors import GanLabError, UnreadableFileError
from gan_lab.runs.alone import alone
from gan_lab.runs.atomic import without_nan
from gan_lab.runs.curves import Array, Metrics, read_metrics
from gan_lab.runs.run_folder import RunFolder
from gan_lab.trust.lenient import finite_numbers, finite_pairs, listed, mapping, tamed, whole

GRADIENT = "parameter_gradient_norm"


@dataclass(frozen=True)
class Evidence:
    """The configuration, the summary and the curves of a run, which anybody may have written.

    Whatever is missing or of another kind is None, or empty: then there is no finding.
    """

    config: Mapping[str, Any] = field(default_factory=dict)
    summary: Mapping[str, Any] = field(default_factory=dict)
    metrics: Metrics = field(default_factory=Metrics)

    def setting(self, key: str) -> Any:
        """Returns the value of a dotted key of the configuration."""
        value: Any = self.config
        for part in key.split("."):
            value = mapping(value).get(part)
        return value

    def number(self, key: str) -> float | None:
        """Returns the value of a dotted key if it is a number."""
        return finite_numbers({"value": self.setting(key)}).get("value")

    def word(self, key: str) -> str:
        """Returns the value of a dotted key as text; of a class only its name."""
        return str(self.setting(key) or "").rpartition(".")[2]

    def has(self, key: str) -> bool:
        """Returns whether the configuration has an object at a dotted key."""
        return bool(mapping(self.setting(key)))

    @property
    def judged(self) -> bool:
        """Whether the model has a critic, as far as the configuration tells."""
        model = mapping(self.setting("model"))
        return "critic" not in model or model["critic"] is not None

    @property
    def of_images(self) -> bool:
        """Whether the data are images."""
        return len(listed(self.setting("data.shape"))) == 3

    @property
    def overrides(self) -> list[str]:
        """The command line of the run, without what belongs to another run or to the search around it."""
        return alone([str(word) for word in listed(self.config.get("overrides"))])

    @property
    def finished(self) -> bool:
        return self.summary.get("status") == "finished"

    @property
    def progress(self) -> float:
        """The share of the run that is done, 1 where that is not known."""
        done, length = whole(self.summary.get("generator_steps")), whole(self.summary.get("length"))
        return 1.0 if self.finished or done is None or not length else done / length

    @property
    def monitor(self) -> str:
        """The measure that chooses the best checkpoint."""
        return str(self.summary.get("monitor", "fid"))

    def protocol(self, key: str) -> float | None:
        """Returns a number of the protocol of the measures."""
        return finite_numbers(self.summary.get("protocol")).get(key)

    def measures(self, row: str) -> dict[str, float]:
        """Returns the measures of the `best`, `last` or `raw` generator, or the `floor`."""
        return finite_numbers(mapping(self.summary.get("measures")).get(row))

    def measure(self, name: str) -> float | None:
        """Returns the newest value of a measure."""
        newest = self.measures("last") or self.measures("latest")
        if name in newest:
            return newest[name]
        curve = self.curve(name)
        return float(curve[-1]) if len(curve) else None

    def interval(self, name: str) -> tuple[float, float] | None:
        """Returns the 95 % interval of a measure of the best generator."""
        return finite_pairs(mapping(self.summary.get("intervals")).get("best")).get(name)

    def against_real(self, name: str) -> float | None:
        """Returns the newest value of a measure divided by that of real data, or by 1 until the end of a run, when real
        data are measured."""
        value, floor = self.measure(name), self.measures("floor").get(name, 1.0)
        return None if value is None or floor <= 0 else value / floor

    @property
    def beside_real(self) -> str:
        """What `against_real` divided by, in words."""
        return ", divided by that of real ones:" if self.measures("floor") else " (real ones are measured at the end):"

    @property
    def precision(self) -> float | None:
        """The precision divided by that of real data. It is None where real data have less than `TELLING`: then it
        tells of the extractor, and not of the samples."""
        floor = self.measures("floor").get("precision_k3", 1.0)
        return None if floor < TELLING else self.against_real("precision_k3")

    def curve(self, name: str) -> Array:
        """Returns the finite values of a column of metrics.csv."""
        values = self.metrics.columns.get(name, np.empty(0))
        return values[np.isfinite(values)]

    def parts(self, values: Array) -> list[float]:
        """Returns the medians of `PARTS` equal parts of a curve; nothing for a curve that is too short."""
        if len(values) < LEAST_LINES:
            return []
        with np.errstate(over="ignore"):
            return [float(np.median(part)) for part in np.array_split(values, PARTS)]

    def ending(self, name: str) -> float | None:
        """Returns the median of a term over the last part of the run."""
        return next(reversed(self.parts(self.curve(name))), None)

    def gradient(self, player: str) -> list[float]:
        """Returns the norms of a player's gradient over all of its weights, by parts of the run.

        Where only those of its layers are known, theirs are put together. An encoder's, which the optimizer of the
        generator trains too, is taken off.
        """
        columns = self.metrics.columns
        layers = [v for name, v in columns.items() if name.startswith(f"{player}/{GRADIENT}_layer_")]
        with np.errstate(over="ignore", invalid="ignore"):
            norms = columns.get(f"{player}/{GRADIENT}", np.sqrt(np.square(layers).sum(0)) if layers else np.empty(0))
            encoder = columns.get(f"{player}/encoder_gradient_norm")
            if encoder is not None and len(encoder) == len(norms):
                norms = np.sqrt(np.clip(np.square(norms) - np.square(encoder), 0, None))
        return self.parts(norms[np.isfinite(norms)])

    def shrunk(self, player: str) -> float | None:
        """Returns the norm of a player's gradient in the last part of the run divided by that of its largest part."""
        parts = self.gradient(player)
        return parts[-1] / max(parts) if parts and max(parts) > 0 else None

    def slower(self, *divisors: float) -> Sequence[str]:
        """Returns overrides with lower learning rates."""
        lr = self.number("optimizer.lr") or self.number("model.optimizers.critic.lr")
        return [f"optimizer.lr={lr / divisor:.3g}" for divisor in divisors] if lr else []

    def length_times(self, factor: float) -> Sequence[str]:
        """Returns an override with another length of the run."""
        key = "epochs" if self.setting("generator_steps") is None else "generator_steps"
        length = self.number(key)
        return [f"{key}={max(1, factor * length):.0f}"] if length else []


def evidence_of(folder: Path, summary: Mapping[str, Any] | None = None) -> Evidence:
    """Returns what the files of a run folder say, as far as they can be read.

    `summary` is what summary.json will hold in a moment, where a run has not written it yet. Where config.yaml is
    missing, the configuration is what this version composes from the summary's command line, if it can.
    """
    run = RunFolder(folder)
    found = tamed(run.read_summary() if summary is None else without_nan(dict(summary)))
    try:
        config = tamed(run.read_config())
    except UnreadableFileError:
        config = composed(words_of(str(found.get("command", ""))))
    return Evidence(config, found, read_metrics(run.metrics))


def composed(overrides: list[str]) -> dict[str, Any]:
    """Returns the configuration of a command line, an empty one where there is none."""
    try:
        return tamed(compose_config(*overrides)) | {"overrides": overrides} if overrides else {}
    except (HydraException, OmegaConfBaseException, GanLabError):
        return {}


def words_of(command: str) -> list[str]:
    """Returns the overrides of `python -m gan_lab OVERRIDES`."""
    try:
        return [word for word in shlex.split(command)[3:] if not word.startswith("-")]
    except ValueError:
        return []
