"""python -m gan_lab.explore: writes a page that generates images in the browser. Imports torch only to do so."""

import argparse
import webbrowser
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from gan_lab.cli.command import heavy_imports, run_command
from gan_lab.domains import FolderPath, at_least, conform
from gan_lab.errors import GanLabError
from gan_lab.runs.run_folder import BestOrLast, config_at, find_checkpoint
from gan_lab.terminal.commands import from_here
from gan_lab.trust.home import expanded
from gan_lab.trust.lenient import listed, mapping

EXAMPLES = """
  python -m gan_lab.explore outputs/wgan_gp/DATE_TIME               a run, as explore.html in this folder
  python -m gan_lab.explore gmgan_dynamic out=digits.html --open    a model that comes with gan_lab, in the browser
  python -m gan_lab.explore RUN OTHER_RUN out=both.html             two models on the same codes, side by side
"""
OPTIONS: dict[str, Any] = {
    **{"out": FolderPath, "which": Literal["best", "last"], "samples": Annotated[int, at_least(4, most=2000)]}
}
USUAL: dict[str, Any] = {"out": "explore.html", "which": "best", "samples": 2000}


def main() -> None:
    """Writes the page of the models of the command line."""
    run_command(start)


def start() -> None:
    arguments = parser().parse_intermixed_args()
    paths, values = divided(arguments.words)
    out = expanded(values["out"])
    refuse_taken_file(out, arguments.overwrite)
    for path in paths:
        refuse_unsuitable(path, values["which"])
    with heavy_imports():
        from gan_lab.explore.run import explore

    explore(paths, out, values["which"], values["samples"])
    if arguments.open:
        webbrowser.open(out.resolve().as_uri())


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
        raise GanLabError(f"out={from_here(file)} is a folder, and must be a file such as explore.html")
    if file.exists() and not overwrite:
        raise GanLabError(f"{from_here(file)} exists: choose another file with out=FILE, or allow it with --overwrite")


def refuse_unsuitable(path: str, which: BestOrLast) -> None:
    """Raises GanLabError where there is no model, or one of points, as far as its configuration tells."""
    find_checkpoint(path, which)
    shape = listed(mapping(config_at(path).get("data")).get("shape"))
    if len(shape) == 1:
        raise GanLabError(f"explore generates images, and the model of {path} makes points in the plane")


def parser() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(
        prog="gan_lab.explore",
        allow_abbrev=False,
        description="Writes one page, explore.html, that generates images of trained models in the browser: from "
        "seeds, along directions and paths, on a map of samples, and from what one draws. It needs no network.",
        epilog=f"examples:{EXAMPLES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    options.add_argument(
        "words",
        nargs="+",
        metavar="MODEL or KEY=VALUE",
        help="run folders, .ckpt files, saved folders, hub:USER/NAME or names of models that come with gan_lab; "
        "out=FILE (default: explore.html), which=best or last, samples=N on the map (default and most: 2000)",
    )
    options.add_argument("--open", action="store_true", help="open the page in the browser")
    options.add_argument("--overwrite", action="store_true", help="replace the file if it exists")
    return options


if __name__ == "__main__":
    main()
