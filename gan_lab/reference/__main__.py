"""python -m gan_lab.reference COMMAND: trains, measures and writes the published results.

Torch is imported only when a command runs.
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
used first; the rows that are still missing are trained, --jobs at a time: with as many jobs as cores, set
OMP_NUM_THREADS=1. The results go to outputs/reference/table/: a JSON file and curves for each row and seed, samples and
figures. Then outputs/reference/README.md and the marked parts of the other documents are rewritten. A stopped command
continues where it was. On several machines, run python -m gan_lab -m experiment=table seed=1,2,3
hydra.sweep.dir=outputs/table with any launcher, then use --collect. Records are made by committed code only.
"""
SAMPLERS = """
Measures every sampler on the same trained generators. Trains the models that are missing (GAN, WGAN-GP and dynamic
GM-GAN for 20 epochs of MNIST, WGAN-GP on the 25 Gaussians), evaluates each sampler, and writes
outputs/reference/samplers/: samplers.json with every value, tables.md and the figures. If the command is stopped, the
same command continues. --only selects some of the models, so that several commands can run at the same time.
"""
ABLATION = """
Measures what each part of experiment=best_mnist contributes, by training the recipe with that part changed. Trains
experiment=sweep_best_mnist (half an hour on one core; if it is stopped, the same command continues) and writes
outputs/reference/best_mnist.json, which outputs/reference/README.md shows.
"""
DOCTOR = """
Examines the records and curves of the table as python -m gan_lab.doctor examines runs, and writes
outputs/reference/doctor.md, which says what is found in which row, and doctor.json, which counts the broken runs that
are missed and the healthy ones that are flagged. With --table, it prints the page of the records in another folder, and
writes nothing. With --train, it trains short runs before, some of them broken on purpose, on which no threshold was
fixed (some seven minutes of one core; a stopped command continues where it was), and their errors are counted too.
"""
STUDY = """
Takes the methods whose trials and finals have all ended from the folder of python -m gan_lab -m experiment=study into
outputs/reference/study/, and writes the page there. --pilot adds studies of other networks or ranges to pilot.json.
--costs times the rounds that gan_lab/study/costs.json lacks, each beside one of model=gan, on this machine, which
should have nothing else to do. A line that is removed from the file is timed again.
"""
PAGES = """
Rewrites outputs/reference/README.md, the figures of the table and the marked parts of README.md,
outputs/reference/speed.md and the READMEs of gan_lab/metric and gan_lab/sampler from the committed files.
"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the command; without `arguments`, those of the process."""
    options = parser().parse_args(arguments)

    def start() -> None:
        refuse_without_checkout()
        options.start(options)

    run_command(start)


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="python -m gan_lab.reference",
        description="Trains, measures and writes the published results, in a checkout of the repository.",
    )
    commands = top.add_subparsers(required=True, metavar="table|samplers|ablation|doctor|study|pages")

    table = commands.add_parser("table", help="train, measure and write the table of all rows", description=TABLE)
    table.add_argument(
        "--rows", type=row_names, default=[*rows()], help="names of rows, separated by commas (default: all)"
    )
    table.add_argument(
        "--seeds", type=seed_numbers, help="training seeds, separated by commas (default: those of each row)"
    )
    table.add_argument("--runs", type=Path, nargs="*", default=[], help="folders of runs that were trained elsewhere")
    table.add_argument("--jobs", type=at_least_one, default=1, help="trainings at once (default: 1)")
    table.add_argument("--collect", action="store_true", help="collect finished runs without training any")
    table.set_defaults(start=start_table)

    samplers = commands.add_parser("samplers", help="measure every sampler and write the tables", description=SAMPLERS)
    samplers.add_argument("--runs", type=Path, help="the folder of the runs (default: outputs/samplers)")
    samplers.add_argument(
        "--only", nargs="*", choices=[*TRAINING], default=[*TRAINING], help="models to run (default: all)"
    )
    samplers.add_argument("--collect", action="store_true", help="collect finished evaluations without running any")
    samplers.set_defaults(start=start_samplers)

    ablation = commands.add_parser(
        "ablation", help="train the best recipe with each part changed", description=ABLATION
    )
    ablation.add_argument("overrides", nargs="*", help="overrides of the sweep, such as hydra/launcher=joblib")
    ablation.set_defaults(start=start_ablation)

    doctor = commands.add_parser("doctor", help="examine the rows and write what is found", description=DOCTOR)
    doctor.add_argument("--table", type=Path, help="a folder with other records and curves")
    doctor.add_argument("--train", action="store_true", help="train the short runs that no threshold was fixed on")
    doctor.set_defaults(start=start_doctor)

    study = commands.add_parser("study", help="take a study into the committed records", description=STUDY)
    study.add_argument("folders", type=Path, nargs="*", help="the folder of a study, or with --pilot several")
    study.add_argument("--pilot", action="store_true", help="add them to pilot.json")
    study.add_argument("--costs", action="store_true", help="time the rounds that costs.json lacks")
    study.set_defaults(start=start_study)

    pages = commands.add_parser("pages", help="rewrite the pages from the committed files", description=PAGES)
    pages.set_defaults(start=start_pages)
    return top


def row_names(words: str) -> list[str]:
    """Returns the names of rows in a list with commas; argparse refuses unknown names."""
    names = words.split(",")
    if unknown := {*names} - rows().keys():
        raise argparse.ArgumentTypeError(
            f"unknown rows: {', '.join(sorted(unknown))}; the rows are {', '.join(rows())}"
        )
    return names


def seed_numbers(words: str) -> list[int]:
    """Returns the whole numbers in a list with commas."""
    return [int(word) for word in words.split(",")]


def at_least_one(word: str) -> int:
    """Returns a number of 1 or more."""
    if (number := int(word)) < 1:
        raise argparse.ArgumentTypeError(f"{number} must be 1 or more")
    return number


def start_table(options: argparse.Namespace) -> None:
    from gan_lab.reference.table_runs import write_table

    write_table(options.rows, options.seeds, options.runs, jobs=0 if options.collect else options.jobs)


def start_samplers(options: argparse.Namespace) -> None:
    from gan_lab.reference.sampler_runs import write_samplers

    write_samplers(options.runs, options.only, run=not options.collect)


def start_ablation(options: argparse.Namespace) -> None:
    from gan_lab.reference.ablation import write_ablation

    write_ablation(options.overrides)


def start_doctor(options: argparse.Namespace) -> None:
    from gan_lab.reference.doctor_page import start

    start(options.table, options.train)


def start_study(options: argparse.Namespace) -> None:
    from gan_lab.reference.study_records import collect, collect_pilot, time_rounds

    if options.costs:
        time_rounds()
    elif options.pilot:
        collect_pilot(options.folders)
    else:
        for folder in options.folders:
            collect(folder)


def start_pages(_: argparse.Namespace) -> None:
    from gan_lab.reference.pages import write_pages

    write_pages()


if __name__ == "__main__":
    main()
