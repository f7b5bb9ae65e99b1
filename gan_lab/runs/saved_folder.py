"""A trained model in a folder of two files, for other people and other programs. Imports no torch."""

from pathlib import Path
from typing import Any

from gan_lab.errors import GanLabError, UnreadableFileError
from gan_lab.trust.foreign import read_json
from gan_lab.trust.lenient import mapping

WEIGHTS, CARD, README = "model.safetensors", "config.json", "README.md"
"""The tensors; what they are: the configuration of their networks, what was measured on them, and their hash; and the
page for people, which no program needs."""
PICTURE = "samples.png"
"""What the page shows."""
SHIPPED = Path(__file__).parent.parent / "weights"
"""The folder of the models that come with gan_lab, a saved folder each."""


def is_saved(path: Path) -> bool:
    """Returns whether a path is such a folder."""
    return (path / WEIGHTS).is_file() and (path / CARD).is_file()


def read_card(folder: Path) -> dict[str, Any]:
    """Returns what config.json says. Raises UnreadableFileError that names the folder."""
    try:
        return read_json(folder / CARD)
    except UnreadableFileError as error:
        raise UnreadableFileError(f"{folder} holds no model of gan_lab: {error}") from error


def saved_config(folder: Path) -> dict[str, Any]:
    """Returns the configuration in config.json, an empty one where there is none."""
    return mapping(read_card(folder).get("config"))


def shipped() -> dict[str, Path]:
    """Returns the folders of the models that come with gan_lab, by name."""
    return {path.name: path for path in sorted(SHIPPED.glob("*")) if is_saved(path)}


def shipped_place(name: str) -> Path:
    """Returns the folder of the model of a name, which need not be there."""
    return SHIPPED / name


def is_shipped(file: Path) -> bool:
    """Returns whether a file belongs to a model that comes with gan_lab."""
    return SHIPPED in file.parents


def is_name(text: str) -> bool:
    """Returns whether a text can be the name of a model: a single word that names no checkpoint file."""
    return Path(text).name == text and not text.endswith(".ckpt")


def no_such_model(name: str) -> GanLabError:
    """Returns the mistake of a name that is nothing."""
    known = f"these come with it: {', '.join(shipped())}" if shipped() else "none comes with it yet"
    return GanLabError(
        f"there is no checkpoint at {name}, and no model of gan_lab has this name ({known}): give a run folder, a "
        ".ckpt file, the folder of a saved model, or a name"
    )
