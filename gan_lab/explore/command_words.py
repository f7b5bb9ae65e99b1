"""The words of the explorer's command line, and what they cannot mean. Imports no torch."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from gan_lab.domains import FolderPath, at_least, conform
from gan_lab.errors import GanLabError
from gan_lab.runs.next_steps import IN_A_BROWSER
from gan_lab.runs.run_folder import config_at
from gan_lab.terminal.commands import from_here
from gan_lab.trust.home import expanded
from gan_lab.trust.lenient import mapping

PAGE = "explore.html"
OPTIONS: dict[str, Any] = {
    **{"out": FolderPath, "which": Literal["best", "last"], "samples": Annotated[int, at_least(4, most=2000)]}
}
USUAL: dict[str, Any] = {"out": None, "which": "best", "samples": 2000}


def divided(words: Sequence[str]) -> tuple[list[str], dict[str, Any]]:
    """Returns the paths and names of models, and the values of all options. Raises GanLabError for other options."""
    paths: list[str] = []
    values = dict(USUAL)
    for word in words:
        key, equals, text = word.partition("=")
        if not equals or expanded(word).exists() or "/" in key:
            paths.append(word)
        elif key in OPTIONS:
            given = int(text) if key == "samples" and text.isdecimal() else text
            values[key] = conform(given, OPTIONS[key], key)
        else:
            raise GanLabError(f"there is no option {key}=: the options are {', '.join(f'{one}=' for one in OPTIONS)}")
    if not paths:
        raise GanLabError("explore needs a run folder, a checkpoint or the name of a model: explore RUN out=FILE")
    return paths, values


def refuse_taken_file(file: Path, overwrite: bool) -> None:
    """Raises GanLabError where a file is there that may not be replaced, and for a folder."""
    if file.is_dir():
        raise GanLabError(f"out={from_here(file)} is a folder, and must be a file such as {PAGE}")
    if file.exists() and not overwrite:
        raise GanLabError(f"{from_here(file)} exists: choose another file with out=FILE, or allow it with --overwrite")


def refuse_network(path: str) -> None:
    """Raises GanLabError for a generator of gan_lab that the browser cannot compute; of others, their layers tell."""
    target = str(mapping(mapping(config_at(path).get("model")).get("generator")).get("_target_"))
    if target.startswith("gan_lab.") and not target.endswith(IN_A_BROWSER):
        raise GanLabError(
            f"explore shows generators that are layers one after another, as of network=mlp and network=dcgan, and "
            f"that of {path} is {target.rpartition('.')[2]}"
        )
