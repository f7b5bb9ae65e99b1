"""python -m gan_lab.compare: compares runs in an HTML page, a Markdown table and a CSV file. Imports no torch."""

import argparse
import sys
import webbrowser
from pathlib import Path

from gan_lab.compare.run import write
from gan_lab.errors import said_in_a_sentence

EXAMPLES = """
  python -m gan_lab.compare                                   every run below outputs/
  python -m gan_lab.compare outputs/multirun/NAME             the runs of a sweep; the page is saved there
  python -m gan_lab.compare outputs/gan outputs/wgan_gp --out comparison
  python -m gan_lab.compare outputs/multirun/NAME --figures --curves fid,critic/loss
"""


def main() -> None:
    """Compares the runs below the folders of the command line."""
    arguments = parser().parse_args()
    if arguments.curves is not None and not arguments.figures:
        sys.exit("gan_lab: --curves is for --figures, which draws them: add --figures")
    folders = arguments.folders or [Path("outputs")]
    default = arguments.folders[0] if len(arguments.folders) == 1 else Path("outputs/comparison")
    out = arguments.out or default
    curves = "fid" if arguments.curves is None else arguments.curves
    with said_in_a_sentence():
        page = write(folders, out)
        if arguments.figures:
            from gan_lab.compare.curve_figures import save_figures  # matplotlib is slow to import

            print(f"figures: {save_figures(folders, out, curves.split(','), arguments.against)}")
    if arguments.open:
        webbrowser.open(page.resolve().as_uri())


def parser() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(
        prog="gan_lab.compare",
        allow_abbrev=False,
        description="Compares runs in compare.html, which needs no network, compare.md and compare.csv.",
        epilog=f"examples:{EXAMPLES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    options.add_argument(
        "folders",
        nargs="*",
        type=Path,
        metavar="FOLDER",
        help="run folders, sweeps, or any folder above them (default: outputs)",
    )
    options.add_argument(
        "--out",
        type=Path,
        help="folder for the results (default: FOLDER if one is given, otherwise outputs/comparison)",
    )
    options.add_argument("--open", action="store_true", help="open the page in the browser")
    options.add_argument("--figures", action="store_true", help="also draw curves.png with matplotlib")
    options.add_argument("--curves", help="columns of metrics.csv for --figures (default: fid)")
    options.add_argument(
        "--against",
        default="generator_steps",
        choices=("generator_steps", "images_seen", "seconds"),
        help="the horizontal axis for --figures",
    )
    return options


if __name__ == "__main__":
    main()
