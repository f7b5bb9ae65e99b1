"""python -m gan_lab.explore: writes a page that generates images in the browser. Imports torch only to do so."""

import argparse
import webbrowser
from pathlib import Path

from gan_lab.cli.command import heavy_imports, run_command
from gan_lab.explore.command_words import PAGE, divided, refuse_network, refuse_taken_file
from gan_lab.explore.replayed_points import replay_page_of
from gan_lab.runs.run_folder import find_checkpoint
from gan_lab.trust.home import expanded

EXAMPLES = """
  python -m gan_lab.explore outputs/wgan_gp/DATE_TIME               a run, as explore.html in this folder
  python -m gan_lab.explore gmgan_dynamic out=digits.html --open    a model that comes with gan_lab, in the browser
  python -m gan_lab.explore RUN OTHER_RUN out=both.html             two models on the same codes, side by side
  python -m gan_lab.explore theory                                  four critics on points in the plane, replayed
"""


def main() -> None:
    """Writes the page of the models of the command line."""
    run_command(start)


def start() -> None:
    arguments = parser().parse_intermixed_args()
    paths, values = divided(arguments.words)
    out = None if values["out"] is None else expanded(values["out"])
    if out is not None:
        refuse_taken_file(out, arguments.overwrite)
    page = replay_page_of(paths, out)
    if page is None:
        for path in paths:
            find_checkpoint(path, values["which"])
            refuse_network(path)
        page = out or Path(PAGE)
        refuse_taken_file(page, arguments.overwrite)
        with heavy_imports():
            from gan_lab.explore.run import explore

        explore(paths, page, values["which"], values["samples"])
    if arguments.open:
        webbrowser.open(page.resolve().as_uri())


def parser() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(
        prog="gan_lab.explore",
        allow_abbrev=False,
        description="Writes one page, explore.html, that generates images of trained models in the browser: from "
        "seeds, along directions and paths, on a map of samples, and from what one draws. Of points in the plane it "
        "replays the training. It needs no network.",
        epilog=f"examples:{EXAMPLES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    options.add_argument(
        "words",
        nargs="+",
        metavar="MODEL or KEY=VALUE",
        help="run folders, .ckpt files, saved folders, hub:USER/NAME or names of models that come with gan_lab; "
        "out=FILE (default: explore.html; of points, replay.html in the run folder), which=best or last, samples=N on "
        "the map (default and most: 2000)",
    )
    options.add_argument("--open", action="store_true", help="open the page in the browser")
    options.add_argument("--overwrite", action="store_true", help="replace the file if it exists")
    return options


if __name__ == "__main__":
    main()
