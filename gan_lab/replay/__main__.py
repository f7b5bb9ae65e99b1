"""python -m gan_lab.replay: replays runs on points in the plane on one page. Imports no torch."""

import argparse
import webbrowser
from pathlib import Path

from gan_lab.errors import GanLabError, said_in_a_sentence
from gan_lab.replay.run import write_replay
from gan_lab.replay.theory import FOLDER, train_theory

EXAMPLES = """
  python -m gan_lab.replay outputs/gan/DATE_TIME              one run on points in the plane
  python -m gan_lab.replay outputs/multirun/NAME              all runs of a sweep, side by side and in step
  python -m gan_lab.replay theory --open                      trains four critics in about a minute, and shows why
                                                              two of them fail
"""
THEORY = "theory"


def main() -> None:
    """Replays the runs below the folders of the command line."""
    arguments = parser().parse_args()
    with said_in_a_sentence():
        if out := [word for word in arguments.folders if word.startswith("out=")]:
            raise GanLabError(f"replay takes --out FILE, not {out[0]}")
        if arguments.folders[0] == THEORY:
            page = train_theory(arguments.out or FOLDER, arguments.folders[1:])
        else:
            page = write_replay([Path(folder) for folder in arguments.folders], arguments.out)
    if arguments.open:
        webbrowser.open(page.resolve().as_uri())


def parser() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(
        prog="gan_lab.replay",
        allow_abbrev=False,
        description="Replays the training of points in the plane on one page that needs no network.",
        epilog=f"examples:{EXAMPLES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    options.add_argument(
        "folders",
        nargs="+",
        metavar="RUN",
        help=f"run folders, sweeps, or folders above them; or the word {THEORY}, which trains four runs, followed by "
        "words of their training, if any",
    )
    options.add_argument(
        "--out",
        type=Path,
        help="the page (default: replay.html in the folder that is given); for theory, the folder of its runs",
    )
    options.add_argument("--open", action="store_true", help="open the page in the browser")
    return options


if __name__ == "__main__":
    main()
