"""What the explorer does with points in the plane: it replays their training. Imports no torch."""

from collections.abc import Sequence
from pathlib import Path

from gan_lab.errors import GanLabError
from gan_lab.replay.run import write_replay
from gan_lab.replay.theory import FOLDER, train_theory
from gan_lab.runs.run_folder import config_at
from gan_lab.trust.home import expanded
from gan_lab.trust.lenient import listed, mapping

THEORY = "theory"


def replay_page_of(paths: Sequence[str], out: Path | None) -> Path | None:
    """Writes the page that replays runs on points in the plane, or the four critics of `theory`, and returns its path.

    Returns None for models of images. Raises GanLabError for points beside images, and for `theory` with anything else.
    """
    if THEORY in paths:
        if len(paths) > 1 or out is not None:
            raise GanLabError(
                f"explore {THEORY} stands alone: python -m gan_lab.replay {THEORY} has a folder of your choice and "
                "words of the training"
            )
        return train_theory(FOLDER)
    on_points = [path for path in paths if makes_points(path)]
    if not on_points:
        return None
    if len(on_points) < len(paths):
        raise GanLabError(f"{on_points[0]} makes points in the plane, and others make images: they need a page each")
    return write_replay([expanded(path) for path in paths], out)


def makes_points(path: str) -> bool:
    """Returns whether a model's samples have one axis, as far as its configuration tells."""
    return len(listed(mapping(config_at(path).get("data")).get("shape"))) == 1
