"""Refuses assignments that Hydra would read, and that mean something else here. Imports no torch."""

from pathlib import Path

from gan_lab.cli.lists import bracketed, is_list
from gan_lab.cli.suggestions import instead, of_both_players
from gan_lab.config.choices import BUILT_IN, LISTED, choices, groups_of
from gan_lab.data.folder_classes import image_files
from gan_lab.errors import GanLabError
from gan_lab.runs.run_folder import CONFIG
from gan_lab.runs.saved_folder import is_saved

WHOLE_PARTS = ("callbacks", "loggers", "model.penalties", "model.constraints")
"""Parts with an entry for each choice of a group."""


def refuse_misspelt(word: str, sign: str, key: str, value: str | None, root: str) -> None:
    """Raises GanLabError for a choice with a + before it, a list without brackets, and what is chosen for one player
    alone."""
    value = value or ""
    if (said := of_both_players(key, word)) is not None and "{" not in value:
        raise GanLabError(said)
    if sign.startswith("+") and key in groups_of(root) and key not in LISTED:
        raise GanLabError(f"{word} is written {key}={value} here: without {sign}, since there is a choice already")
    if key.startswith("hydra/") and not choices(key):
        raise GanLabError(f"there is no {key}=: the choices are {', '.join(f'{group}=' for group in BUILT_IN)}")
    if word == "hydra.run.dir=":
        raise GanLabError(f"{word} is empty: give it a path")
    if value.startswith("[") and "]" not in value:
        raise GanLabError(f"{word} is no whole list: a list is [a,b], without spaces")
    if value and not value.startswith("{"):
        refuse_without_brackets(word, key, value, root)


def refuse_without_brackets(word: str, key: str, value: str, root: str) -> None:
    """Raises GanLabError for a list without brackets, and for one that is given to a key with another name."""
    found, brackets = instead(key, value, root), bracketed(value)
    needed = brackets is not None and (value.startswith("(") or is_list(key, root))
    if needed:
        raise GanLabError(f"{word} is written {found or f'{key}={brackets}'} here: a list is [a,b], without spaces")
    if found is None or key in groups_of(root):
        return
    if key in WHOLE_PARTS or found.startswith("-m") or ("=[" in found and brackets is not None):
        raise GanLabError(f"there is no option {key}: did you mean {found}?")


def holds_pictures(path: Path) -> bool:
    """Returns whether a path leads to pictures of which no run is the source, as `images=` takes them."""
    if path.is_file():
        return path.name.endswith((".npy", ".npz", "-ubyte", "-ubyte.gz"))
    return bool(image_files(path)) and not is_saved(path) and not any(path.rglob(CONFIG))
