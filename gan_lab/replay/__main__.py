"""python -m gan_lab.replay: replays runs on points in the plane on one page. Imports no torch."""

import argparse
import webbrowser
from collections.abc import Sequence
from pathlib import Path

from gan_lab.domains import FolderPath, conform
from gan_lab.errors import GanLabError, said_in_a_sentence
from gan_lab.replay.run import write_replay
from gan_lab.replay.theory import FOLDER, train_theory
from gan_lab.trust.home import expanded

EXAMPLES = """
  python -m gan_lab.replay outputs/gan/DATE_TIME              one run on points in the plane
  python -m gan_lab.replay outputs/multirun/NAME              all runs of a sweep, side by side and in step
  python -m gan_lab.replay theory --open                      trains four critics in about a minute, and shows why
                                                              two of them fail
"""
THEORY, OUT = "theory", "out="


def main() -> None:
    """Replays the runs below the folders of the command line."""
    arguments = parser().parse_intermixed_args()
    with said_in_a_sentence():
        words, out = divided(arguments.words)
        if words[0] == THEORY:
            page = train_theory(out or FOLDER, words[1:])
        else:
            page = write_replay([Path(folder) for folder in words], out)
    if arguments.open:
        webbrowser.open(page.resolve().as_uri())


def divided(words: Sequence[str]) -> tuple[list[str], Path | None]:
    """Returns the words without out=PATH, and that path. Raises GanLabError where there is nothing else."""
    others = [word for word in words if not word.startswith(OUT)]
    places = [word.removeprefix(OUT) for word in words if word.startswith(OUT)]
    if not others:
        raise GanLabError(f"replay needs run folders, or the word {THEORY}: replay RUN out=FILE")
    return others, expanded(conform(places[-1], FolderPath, "out")) if places else None


def parser() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(
        prog="gan_lab.replay",
        allow_abbrev=False,
        description="Replays the training of points in the plane on one page that needs no network.",
        epilog=f"examples:{EXAMPLES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    options.add_argument(
        "words",
        nargs="+",
        metavar="RUN or out=FILE",
        help=f"run folders, sweeps, or folders above them; or the word {THEORY}, which trains four runs, followed by "
        "words of their training, if any; out=FILE, the page (default: replay.html in the folder that is given), or "
        f"for {THEORY} out=FOLDER, where its runs go",
    )
    options.add_argument("--open", action="store_true", help="open the page in the browser")
    return options


if __name__ == "__main__":
    main()
