"""python -m gan_lab.reference table|samplers|ablation|pages: trains and measures what is published, and writes it.

Torch is imported only for that.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from gan_lab.cli.command import run_command
from gan_lab.reference.published import refuse_without_checkout
from gan_lab.reference.rows import rows
from gan_lab.reference.sampler_plan import TRAINING

TABLE = """
Trains the rows of experiment=table, measures them on test images and writes their pages. Finished runs below --runs are
taken over, and what is missing then is trained, one run after the other. Everything goes to outputs/reference/table/: a
JSON file for each row and seed, curves, samples and figures. Then outputs/reference/README.md and the marked parts of
the other documents are written anew. The same command goes on where it was stopped. To train many rows at once, start
python -m gan_lab -m experiment=table seed=1,2,3 hydra.sweep.dir=outputs/table with any launcher, then --collect.
"""
SAMPLERS = """
Measures every sampler on the same trained generators. Trains what is not there yet (GAN, WGAN-GP and dynamic GM-GAN for
20 epochs of MNIST, WGAN-GP on the 25 Gaussians), evaluates each sampler, and writes outputs/reference/samplers/:
samplers.json with every value, tables.md and the figures. The same command goes on where it was stopped. --only takes a
part of the models, so that two commands may run side by side.
"""
ABLATION = """
Measures what each part of experiment=best_mnist brings, and what the recipe is without it. Trains
experiment=sweep_best_mnist (half an hour on one core; goes on where it was) and writes
outputs/reference/best_mnist.json, which the page of the table shows.
"""
PAGES = """
Writes outputs/reference/README.md, the table's figures and the marked parts of README.md, outputs/reference/speed.md
and the READMEs of gan_lab/metric and gan_lab/sampler anew from the committed files.
"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command; without `arguments`, those of the process."""
    options = parser().parse_args(arguments)

    def start() -> None:
        refuse_without_checkout()
        options.start(options)

    run_command(start)


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="python -m gan_lab.reference", description="Trains, measures and writes what is published, in a checkout."
    )
    commands = made.add_subparsers(required=True, metavar="table|samplers|ablation|pages")

    table = commands.add_parser("table", help="train, measure and write the table of all rows", description=TABLE)
    table.add_argument("--rows", type=row_names, default=[*rows()], help="names, by commas")
    table.add_argument("--seeds", type=seed_numbers, help="by commas")
    table.add_argument("--runs", type=Path, nargs="*", default=[], help="folders with runs that were trained elsewhere")
    table.add_argument("--collect", action="store_true", help="train nothing, only collect what is finished")
    table.set_defaults(start=start_table)

    samplers = commands.add_parser("samplers", help="measure every sampler and write the tables", description=SAMPLERS)
    samplers.add_argument("--runs", type=Path, help="where run folders lie; outputs/samplers if not given")
    samplers.add_argument("--only", nargs="*", choices=[*TRAINING], default=[*TRAINING], help="parts to run")
    samplers.add_argument("--collect", action="store_true", help="run nothing, only collect what is finished")
    samplers.set_defaults(start=start_samplers)

    ablation = commands.add_parser("ablation", help="train the best recipe without its parts", description=ABLATION)
    ablation.add_argument("overrides", nargs="*", help="of the sweep, such as hydra/launcher=joblib")
    ablation.set_defaults(start=start_ablation)

    pages = commands.add_parser("pages", help="write the pages anew from the committed files", description=PAGES)
    pages.set_defaults(start=start_pages)
    return made


def row_names(words: str) -> list[str]:
    """Return the names of rows given by commas; argparse refuses those that there are not."""
    names = words.split(",")
    if unknown := {*names} - rows().keys():
        raise argparse.ArgumentTypeError(f"no rows: {', '.join(sorted(unknown))}; there are {', '.join(rows())}")
    return names


def seed_numbers(words: str) -> list[int]:
    """Return the whole numbers given by commas."""
    return [int(word) for word in words.split(",")]


def start_table(options: argparse.Namespace) -> None:
    from gan_lab.reference.table_runs import write_table

    write_table(options.rows, options.seeds, options.runs, train=not options.collect)


def start_samplers(options: argparse.Namespace) -> None:
    from gan_lab.reference.sampler_runs import write_samplers

    write_samplers(options.runs, options.only, run=not options.collect)


def start_ablation(options: argparse.Namespace) -> None:
    from gan_lab.reference.ablation import write_ablation

    write_ablation(options.overrides)


def start_pages(_: argparse.Namespace) -> None:
    from gan_lab.reference.pages import write_pages

    write_pages()


if __name__ == "__main__":
    main()
