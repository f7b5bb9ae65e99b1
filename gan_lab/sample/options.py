"""The options of `python -m gan_lab.sample`, checked before anything is loaded."""

from dataclasses import dataclass
from typing import Any, Literal

from gan_lab.domains import conform
from gan_lab.errors import GanLabError
from gan_lab.prior.base import LatentPrior
from gan_lab.sample.files import Format
from gan_lab.sampler.base import Sampler
from gan_lab.sampler.from_prior import FromPrior

Trajectory = Literal["interpolation", "traversal"]


@dataclass(frozen=True, slots=True)
class Settings:
    """The options of the command, with checked types and ranges."""

    n: int
    seed: int
    format: Format
    label: int | None
    component: int | None
    trajectory: Trajectory | None
    rows: int
    steps: int

    @classmethod
    def of(cls, config: dict[str, Any]) -> "Settings":
        """Reads the options. Raises GanLabError for values that no model allows."""
        found = cls(
            n=conform(config["n"], int, "n"),
            seed=conform(config["seed"], int, "seed"),
            format=conform(config["format"], Format, "format"),
            label=conform(config["label"], int | None, "label"),
            component=conform(config["component"], int | None, "component"),
            trajectory=conform(config["trajectory"], Trajectory | None, "trajectory"),
            rows=conform(config["trajectory_rows"], int, "trajectory_rows"),
            steps=conform(config["trajectory_steps"], int, "trajectory_steps"),
        )
        if found.n < 1:
            raise GanLabError(f"n={found.n} must be 1 or more")
        if found.rows < 1 or found.steps < 2:
            raise GanLabError(
                f"trajectory_rows must be 1 or more and trajectory_steps 2 or more, not {found.rows} and {found.steps}"
            )
        if found.trajectory == "interpolation" and found.n <= found.rows:
            raise GanLabError(
                f"an interpolation of trajectory_rows={found.rows} goes through {found.rows + 1} samples: n={found.n} "
                "is too small"
            )
        return found

    def refuse_sampler(self, sampler: Sampler) -> None:
        """Raises GanLabError for a trajectory of a sampler that chooses or moves codes."""
        if self.trajectory is not None and not isinstance(sampler, FromPrior):
            raise GanLabError(
                f"trajectory={self.trajectory} needs codes of the prior, which sampler={sampler.name} changes: use "
                "sampler=direct, truncated, sigma_scaled or ode"
            )

    def refuse_model(self, shape: tuple[int, ...], prior: LatentPrior) -> None:
        """Raises GanLabError for points as PNG files, and for a traversal of more rows than coordinates."""
        if self.format == "png" and len(shape) != 3:
            raise GanLabError("format=png is for images, but this model generates points: set format=npz")
        if self.trajectory == "traversal" and self.rows > prior.dim:
            raise GanLabError(
                f"a traversal changes one coordinate in each row, and codes have {prior.dim} of them: "
                f"trajectory_rows={self.rows} is too large"
            )
