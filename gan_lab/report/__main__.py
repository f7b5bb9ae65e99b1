"""python -m gan_lab.report: shows each run on one page, report.html in its folder. Imports no torch."""

import argparse
import webbrowser
from pathlib import Path

from gan_lab.errors import said_in_a_sentence
from gan_lab.report.run import write_reports

EXAMPLES = """
  python -m gan_lab.report outputs/wgan_gp/DATE_TIME          of one run, as the run itself does at its end
  python -m gan_lab.report outputs/multirun/NAME              of every run of a sweep
  python -m gan_lab.report outputs/wgan_gp/DATE_TIME --open   and opens it in the browser
"""


def main() -> None:
    """Writes the reports of the runs below the folders of the command line."""
    arguments = parser().parse_args()
    with said_in_a_sentence():
        pages = write_reports(arguments.folders)
    for page in pages if arguments.open else ():
        webbrowser.open(page.resolve().as_uri())


def parser() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(
        prog="gan_lab.report",
        allow_abbrev=False,
        description="Shows each run on one page that needs no network, report.html in its folder.",
        epilog=f"examples:{EXAMPLES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    options.add_argument(
        "folders",
        nargs="+",
        type=Path,
        metavar="RUN",
        help="run folders, finished or not, sweeps, or folders above them",
    )
    options.add_argument("--open", action="store_true", help="open the pages in the browser")
    return options


if __name__ == "__main__":
    main()
