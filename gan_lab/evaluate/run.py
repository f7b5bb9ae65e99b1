"""Evaluates a trained model or image files, for `python -m gan_lab.evaluate`."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite, isnan, nan
from pathlib import Path
from statistics import mean, stdev
from typing import Any

import torch

from gan_lab.build import build
from gan_lab.data.loading import load_data
from gan_lab.distributed.environment import one_of_many
from gan_lab.domains import conform
from gan_lab.errors import GanLabError
from gan_lab.evaluate.pictures import save_pictures
from gan_lab.evaluate.subjects import FromFiles, FromModel, Subject
from gan_lab.evaluate.validation_floor import SecondFloor, has_second, validation_floor
from gan_lab.metric.base import Evaluator
from gan_lab.metric.headline import LEGEND, headline, in_one_line
from gan_lab.metric.interval import EXPLAINED, mean_intervals, with_intervals
from gan_lab.metric.measures_page import measures_page
from gan_lab.metric.two_floors import SECOND_PROTOCOL, titled
from gan_lab.runs.atomic import write_json, write_text
from gan_lab.runs.provenance import provenance
from gan_lab.runs.run_folder import EVALUATION, MEASURES
from gan_lab.sampler.cost import cost_in_words, cost_per_sample
from gan_lab.terminal.bar import bar, heading
from gan_lab.terminal.commands import typed
from gan_lab.terminal.table import against, paragraph, spread_in_words, table
from gan_lab.trained_model import chosen_device
from gan_lab.trust.lenient import printable
from gan_lab.types import SampleResult

DUPLICATES = 0.01
"""The share of equal images above which nearest-neighbour metrics get a warning."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A measured subject, with everything that is recorded, drawn and said of it.

    `drawn` are the samples of the last seed, `second` is the floor of the validation samples, where there is one.
    """

    record: dict[str, Any]
    subject: Subject
    evaluator: Evaluator
    drawn: SampleResult
    second: SecondFloor

    @property
    def values(self) -> dict[str, float]:
        """The measures of the samples, means over the sampling seeds."""
        return self.record["measures"]["generated"]

    @property
    def columns(self) -> dict[str, Mapping[str, float | str]]:
        """Every measure of the samples beside those of real data, with intervals and the spread over seeds."""
        found = self.record["measures"]
        measured = {"generated": found["generated"]} | ({"±": found["spread"]} if found["spread"] else {})
        return with_intervals({**measured, **titled(found["floor"], self.second.values)}, found["interval"])


def evaluate(config: dict[str, Any], overrides: list[str], dataset: str) -> float:
    """Measures what the configuration names, prints the headline, and writes evaluation.json, measures.md and pictures.

    They are written to `run_dir`. `overrides` are those of the command line, `dataset` is the chosen data's name.
    Returns the monitored measure, for sweeps. Raises GanLabError for what cannot be measured; nothing is written then.
    """
    if (config["checkpoint"] is None) == (config["images"] is None):
        raise GanLabError("evaluate needs either checkpoint=PATH (a run folder or a .ckpt file) or images=PATH")
    refuse_numbers(config)
    device = chosen_device(config["device"])

    def subject(split: str) -> Subject:
        return subject_of(config, dataset, overrides, split, device)

    found = measured(subject, config, overrides, dataset, device)
    run_dir = Path(config["run_dir"])
    write(found, run_dir)
    print("\n".join(report(found, run_dir)))
    return found.values[found.evaluator.monitor]


def refuse_numbers(config: Mapping[str, Any]) -> None:
    """Raises GanLabError for numbers of samples and seeds that cannot be."""
    for key in ("n", "seed", "repeats"):
        conform(config[key], int, key)
    if config["repeats"] < 1 or (config["repeats"] > 1 and config["images"] is not None):
        raise GanLabError(
            f"repeats={config['repeats']} must be 1 or more, and exactly 1 for images=, which has no seed to vary"
        )


def measured(
    subject_for: Callable[[str], Subject],
    config: dict[str, Any],
    overrides: list[str],
    dataset: str,
    device: torch.device,
) -> Measured:
    """Measures a subject, which is prepared for a comparison with the split that it is given, and writes nothing."""
    measure: Evaluator = build(config["metric"], "metric", Evaluator)
    start = time.perf_counter()
    subject = subject_for(measure.split)
    seconds = {"preparing": time.perf_counter() - start}
    start = time.perf_counter()
    measure.set_label_classes(subject.label_classes)
    measure.set_networks(subject.networks)
    with heading(measure.reference_work):
        measure.prepare(subject.data, min(config["n"], subject.available or config["n"]), config["seed"], device)
        floor = measure.floor()
        second = second_floor(config, subject, measure, device)
        measure.get_ready(final=True)
    for note in [*fewer(config["n"], measure.n), *measure.notes]:
        print(printable(note))
    seconds |= {"reference": time.perf_counter() - start, "sampling": 0.0, "measuring": 0.0}

    runs, found, costs, counts, reports = [], [], [], [], []
    seeds = [config["seed"] + repeat for repeat in range(config["repeats"])]
    for seed in bar(seeds, "sampling seeds"):
        start = time.perf_counter()
        drawn = subject.draw(measure.n, seed)
        sampled = time.perf_counter()
        runs.append(measure_samples(measure, drawn.x, drawn.latent.component))
        found.append(measure.intervals)
        seconds["sampling"] += sampled - start
        seconds["measuring"] += time.perf_counter() - sampled
        costs.append(cost_per_sample(drawn))
        counts.append(drawn.stats)
        reports.append(drawn.report)
    values = {name: mean(run[name] for run in runs) for name in runs[0]}
    warnings = [*dict.fromkeys(warning for report in reports for warning in report.get("warnings", []))]
    warnings += measure.warnings()
    if values.get("duplicates", 0.0) > DUPLICATES:
        warnings.append(
            f"{values['duplicates']:.1%} of the images equal another one, so that nearest-neighbour metrics mean little"
        )
    record = {
        "command": typed("gan_lab.evaluate", *overrides),
        "overrides": overrides,
        "subject": subject.stated() | {"seeds": seeds, "n": len(drawn.x)},
        "measures": {
            "generated": values,
            "interval": mean_intervals(found),
            "spread": {n: deviation([run[n] for run in runs]) for n in runs[0]} if len(runs) > 1 else {},
            "floor": floor,
            "floor_validation": second.values,
            "runs": runs,
        },
        "by_class": measure.by_class,
        "protocol": measure.protocol() | {"dataset": dataset, "samples": len(drawn.x)},
        SECOND_PROTOCOL: second.protocol and {**second.protocol, "dataset": dataset},
        "left_out": measure.left_out,
        "warnings": warnings,
        "seconds": {name: round(value, 3) for name, value in seconds.items()},
        "cost": {name: mean(each[name] for each in costs) for name in costs[0]},
        "sampling": {name: mean(each[name] for each in counts) for name in counts[0]} | {"report": reports[-1]},
        **provenance(device),
    }
    return Measured(record, subject, measure, drawn, second)


def write(found: Measured, run_dir: Path) -> None:
    """Writes the record, the table of all measures and the pictures to a folder."""
    record, subject = found.record, found.subject
    run_dir.mkdir(parents=True, exist_ok=True)
    write_json(run_dir / EVALUATION, record)  # first: what was measured must not be lost with a picture
    titles = {"±": f"± over {len(record['subject']['seeds'])} sampling seeds"}  # which the terminal says in a sentence
    named = {titles.get(title, title): values for title, values in found.columns.items()}
    write_text(run_dir / MEASURES, measures_page(named, record["protocol"], found.second.sentence))
    save_pictures(run_dir, found.evaluator, subject.data, found.drawn, subject.row_name)
    subject.save_pictures(run_dir, found.drawn)


def report(found: Measured, run_dir: Path) -> list[str]:
    """Returns the lines that the command prints; a job of many says one."""
    record, monitor = found.record, found.evaluator.monitor
    measures, cost, seeds = record["measures"], record["cost"], record["subject"]["seeds"]
    warnings = [printable(f"warning: {warning}") for warning in record["warnings"]]
    if one_of_many():
        values = in_one_line(found.values, measures["floor"], monitor, found.second.values)
        return [f"{run_dir.name}: {values}", *warnings]
    lines = [
        printable(found.subject.title),
        table(headline(found.columns, monitor)),
        LEGEND,
        *([paragraph(f"{EXPLAINED}.")] if measures["interval"] else []),
        paragraph(against(record["protocol"])),
        *([paragraph(found.second.sentence)] if found.second.sentence else []),
    ]
    if measures["spread"]:
        lines.append(paragraph(spread_in_words([len(seeds)], "sampling seeds")))
    if cost:
        lines.append(cost_in_words(cost))
    seconds = ", ".join(f"{name} {value:.1f}" for name, value in record["seconds"].items())
    return [*lines, *warnings, f"seconds: {seconds}", *written(run_dir, seeds)]


def second_floor(config: Mapping[str, Any], subject: Subject, measure: Evaluator, device: torch.device) -> SecondFloor:
    """Returns the floor of the validation samples where the comparison is with test samples of another set."""
    if not has_second(measure.split, subject.data):
        return SecondFloor()
    other: Evaluator = build(config["metric"] | {"split": "validation"}, "metric", Evaluator)
    other.set_label_classes(measure.label_classes)
    other.set_networks(measure.networks)
    return validation_floor(other, subject.data, measure.n, config["seed"], device)


def deviation(values: list[float]) -> float:
    """Returns the standard deviation, NaN where a measure has no value for one of the seeds."""
    return stdev(values) if all(map(isfinite, values)) else nan


def fewer(wanted: int, there: int) -> list[str]:
    """Returns a sentence where there are fewer samples to compare than were asked for."""
    return [f"n={wanted} is more than there are: {there} samples are compared with {there}"] if there < wanted else []


def written(run_dir: Path, seeds: list[int]) -> list[str]:
    """Returns the lines that say what was written and where, and which of several seeds is shown, the last one."""
    of = f" of seed {seeds[-1]}" if len(seeds) > 1 else ""
    figures = sorted(path.name for path in (run_dir / "figures").glob("*.png"))
    return [
        f"samples{of}: {run_dir}/samples.png",
        *([f"figures{of}: {run_dir}/figures: {', '.join(figures)}"] if figures else []),
        f"all measures: {run_dir}/{MEASURES}",
        f"the whole record: {run_dir}/{EVALUATION}",
    ]


def subject_of(config: dict[str, Any], dataset: str, overrides: list[str], split: str, device: torch.device) -> Subject:
    """Returns what is measured, with the data that it is compared with."""
    if config["checkpoint"] is not None:
        return FromModel.of(config, dataset, overrides, device, split)
    data = load_data(config["data"])
    wanted = min(config["n"], len(getattr(data, split)))
    return FromFiles(config["images"], data, wanted, config["seed"], config["links"])


def measure_samples(measure: Evaluator, samples: torch.Tensor, labels: torch.Tensor | None) -> dict[str, float]:
    """Returns all measures of the samples. Raises GanLabError for too few samples and for features that are not
    finite."""
    measure.update(samples, labels)
    try:
        values = measure.compute(final=True)
    except ValueError as error:
        raise GanLabError(f"{len(samples)} samples cannot be measured: {error}") from error
    if isnan(values[measure.monitor]):
        raise GanLabError(f"{measure.monitor} is NaN, because the features of these samples are not finite")
    return values
