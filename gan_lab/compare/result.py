"""Reads the results of a run folder or of an evaluation."""

import shlex
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from gan_lab.compare.purpose import with_purpose
from gan_lab.compare.settings import Settings, settings_of, settings_of_command
from gan_lab.doctor.evidence import Evidence
from gan_lab.doctor.examination import examined
from gan_lab.errors import UnreadableFileError
from gan_lab.metric.interval import Interval, with_intervals
from gan_lab.metric.two_floors import SECOND_PROTOCOL
from gan_lab.runs.curves import Curves, Metrics, read_metrics
from gan_lab.runs.run_folder import RunFolder
from gan_lab.trust.foreign import read_json, read_yaml
from gan_lab.trust.lenient import finite_numbers, finite_pairs, listed, mapping, named_measure, tamed, whole

Values = dict[str, float]
Ending = tuple[str, ...]
COUNTERS = ("generator_steps", "images_seen", "seconds")
MOST_NAMES = 2000
"""A run has some two hundred settings, and fewer measures and terms."""
NOT_SETTINGS = (
    "checkpoint",
    "sha256",
    "training_seed",
    "seeds",
    "n",
    "rounds",
    "critic_steps",
    "batch_size",
    *COUNTERS,
)
"""The entries of an evaluation's subject that do not affect how samples are drawn."""


def noted(read: Callable[[Path], dict[str, Any]], path: Path, notes: list[str]) -> dict[str, Any]:
    """Returns the content of the file; where it cannot be read, an empty dictionary, and a note is added."""
    try:
        return tamed(read(path))
    except UnreadableFileError as error:
        notes.append(str(error))
        return {}


class NoRunError(Exception):
    """The folder holds no run, for the reason in the message."""


GENERATORS = ("best", "last", "raw")
"""The generators of a run that are measured: of the best step, of the last one, and of the last one not averaged."""


@dataclass(frozen=True)
class Result:
    """The results of one run under one protocol."""

    folder: Path
    kind: Literal["training", "evaluation"]
    settings: Settings
    complete: bool  # whether `settings` are all: config.yaml was there
    given: frozenset[str]  # keys of the command line
    seed: int | None
    status: str
    reason: str
    protocol: dict[str, Any]
    monitor: str
    measures: dict[str, Values]  # of GENERATORS, and floor
    sampling: tuple[int, Values] = (1, {})  # an evaluation's sampling seeds, and the spread over them
    intervals: dict[str, Interval] = field(default_factory=dict)  # of the best generator
    best_step: int | None = None
    cost: Values = field(default_factory=dict)
    machine: str = ""
    grid_rows: int | None = None  # of its sample pictures
    curves: Curves = field(default_factory=Curves)
    second_floor: Values = field(default_factory=dict)  # of an evaluation of test samples: that of the validation ones
    second_protocol: dict[str, Any] = field(default_factory=dict)  # of the second floor
    findings: tuple[str, ...] = ()  # the names of what the doctor finds in a training run

    @property
    def finished(self) -> bool:
        return self.status == "finished"


def read_run(folder: Path, ending: dict[str, Any] | None = None) -> Result:
    """Returns the results of a training run, as far as its files go. Raises NoRunError where it has none.

    `ending` is what summary.json will hold in a moment, where a run that ends has not written it yet.
    """
    notes: list[str] = []
    run = RunFolder(folder)
    config = noted(read_yaml, run.config, notes)
    summary = tamed(ending) if ending else noted(read_json, run.summary, notes)
    metrics = named_alone(read_metrics(run.metrics))
    config = config if isinstance(config.get("model"), dict) else {}
    summary = summary if "variant" in summary else {}
    if not (config or summary or metrics.clocks.size):
        raise NoRunError(f"no run of gan_lab ({'; '.join(notes)})" if notes else "no run of gan_lab")
    command = str(summary.get("command", ""))
    given = settings_of_command(shlex.join(map(str, listed(config.get("overrides")))) if config else command)
    settings = settings_of(config) or {**given}
    refuse_many(settings, "settings")
    refuse_many(metrics.columns, "columns in metrics.csv")
    settings |= {key: summary[key] for key in ("variant", "dataset") if key in summary and not config}
    if name := config.get("name") or summary.get("name"):
        settings["variant"] = name  # with the loss and the penalties that are not the variant's own
    measures = {row: finite_numbers(values) for row, values in mapping(summary.get("measures")).items()}
    monitor = named_monitor(summary, config, measures, metrics)
    best, last, best_step = metrics.best_and_last(monitor)
    measures = {
        "best": measures.get("best") or best,
        "last": measures.get("last") or last or measures.get("latest", {}),
        "raw": measures.get("raw", {}),
        "floor": measures.get("floor", {}),
    }
    protocol = mapping(summary.get("protocol"))
    for what, found in (("entries in its protocol", protocol), *((f"measures of {k}", v) for k, v in measures.items())):
        refuse_many(found, what)
    intervals = finite_pairs(mapping(summary.get("intervals")).get("best"))
    refuse_many(intervals, "intervals")
    dataset = settings.get("dataset")
    return Result(
        folder=folder,
        kind="training",
        settings=settings,
        complete=bool(config),
        given=frozenset(given),
        seed=whole(summary.get("seed", config.get("seed"))),
        status=str(summary.get("status", "unknown")),
        reason="; ".join([*state_of(summary, folder), *notes]),
        protocol=with_purpose({"dataset": dataset, **protocol}) if protocol else {},
        monitor=monitor,
        measures=measures,
        intervals=intervals,
        best_step=whole(summary.get("best_step")) or best_step,
        cost=cost_of(summary, metrics),
        machine=machine_of(summary),
        grid_rows=whole(mapping(mapping(config.get("callbacks")).get("image_samples")).get("rows")),
        curves=metrics.curves(),
        findings=tuple(found.name for found in examined(Evidence(config, summary, metrics))),
    )


def columns_of_run(
    measures: Mapping[str, Values],
    intervals: Mapping[str, Interval],
    best_step: int | None,
    floors: Mapping[str, Mapping[str, float]],
) -> dict[str, Mapping[str, float | str]]:
    """Returns the columns of a run's table by their titles, as far as they are known: the best generator with its
    intervals, real data beside it, and the other generators."""
    best = measures.get("best")
    first = with_intervals({f"best (step {best_step})": best}, intervals) if best else {}
    others = {"last": measures.get("last"), "last, not averaged": measures.get("raw")}
    return first | {title: values for title, values in {**floors, **others}.items() if values}


def refuse_many(found: Collection[str], what: str) -> None:
    """Raises NoRunError for more names than any run of ours has: each would be compared with those of all runs."""
    if len(found) > MOST_NAMES:
        raise NoRunError(f"no run of gan_lab, which has fewer than {len(found):,} {what}")


def named_alone(metrics: Metrics) -> Metrics:
    """Returns the columns whose names a measure or a term can have."""
    return Metrics(metrics.clocks, {name: values for name, values in metrics.columns.items() if named_measure(name)})


def named_monitor(
    summary: Mapping[str, Any], config: Mapping[str, Any], measures: Mapping[str, Values], metrics: Metrics
) -> str:
    """Returns the measure that chooses the best checkpoint; a usual one for runs that do not state it."""
    stated = summary.get("monitor") or mapping(config.get("metric")).get("monitor")
    there = [*dict.fromkeys([*(name for values in measures.values() for name in values), *metrics.measures()])]
    usual = [name for name in ("fid", "emd") if name in there]
    return stated if isinstance(stated, str) and named_measure(stated) else (usual or there or ["fid"])[0]


def state_of(summary: Mapping[str, Any], folder: Path) -> list[str]:
    """Returns the reason that the run gave, or the progress of an unfinished run."""
    if reason := summary.get("reason"):
        return [str(reason)]
    if summary.get("status") not in ("running", "interrupted"):
        return []
    length = f" of {length:,}" if (length := whole(summary.get("length"))) else ""
    written = time.strftime("%Y-%m-%d %H:%M", time.localtime(RunFolder(folder).summary.stat().st_mtime))
    return [f"at generator step {whole(summary.get('generator_steps')) or 0:,}{length}, last written {written}"]


def cost_of(summary: Mapping[str, Any], metrics: Metrics) -> Values:
    """Returns generator steps, real images used, seconds (including evaluation during training) and their ratio."""
    recorded = metrics.clocks[:, -1].tolist() if metrics.clocks.size else [None] * 3
    cost = finite_numbers({name: summary.get(name, value) for name, value in zip(COUNTERS, recorded, strict=True)})
    if cost.get("generator_steps") and "seconds" in cost:
        cost["seconds_per_1000_steps"] = 1000 * cost["seconds"] / cost["generator_steps"]
    return cost


def machine_of(record: Mapping[str, Any]) -> str:
    """Returns the machine in a few words, to which the seconds belong."""
    machine = mapping(record.get("machine"))
    if not machine:
        return ""
    device = str(machine.get("device", "cpu"))
    words = [f"{machine.get('threads', '?')} threads", str(machine.get("cpu", ""))] if device == "cpu" else []
    processes = machine.get("processes", 1)
    return " ".join([device, *words, *([f"x {processes}"] if processes != 1 else [])]).strip()


def read_evaluation(path: Path, trained: Mapping[Path, Result], named: Mapping[Ending, list[Result]]) -> Result:
    """Returns the results of an evaluation.json, with the settings of the run that it measured if that is in `trained`.

    `trained` has the runs by absolute path, `named` by the end of their path. Raises NoRunError where the file is no
    evaluation.
    """
    notes: list[str] = []
    record = noted(read_json, path, notes)
    subject, found = mapping(record.get("subject")), mapping(record.get("measures"))
    generated = finite_numbers(found.get("generated"))
    if not generated:
        raise NoRunError(notes[0] if notes else f"{path.name} is not an evaluation of gan_lab")
    around = next((trained[parent] for parent in path.resolve().parents if parent in trained), None)
    run = around or by_name(subject, named)
    drawn = {
        f"sampling.{key}": value for key, value in subject.items() if key not in (*NOT_SETTINGS, "variant", "dataset")
    }
    known = {key: subject[key] for key in ("variant", "dataset") if key in subject}
    protocol, intervals = mapping(record.get("protocol")), finite_pairs(found.get("interval"))
    second, second_protocol = finite_numbers(found.get("floor_validation")), mapping(record.get(SECOND_PROTOCOL))
    for what, entries in (
        ("measures", generated),
        ("intervals", intervals),
        ("entries in its protocol and subject", {**drawn, **protocol}),
        ("measures of its second floor", second),
        ("entries in the protocol of its second floor", second_protocol),
    ):
        refuse_many(entries, what)
    return Result(
        folder=path.parent,
        kind="evaluation",
        settings=(run.settings if run else known) | drawn,
        complete=run.complete if run else False,
        given=(run.given if run else frozenset()) | frozenset(drawn),
        seed=run.seed if run else whole(subject.get("training_seed")),
        status="finished",
        reason="; ".join(map(str, listed(record.get("warnings")))),
        protocol=with_purpose(protocol),
        monitor=run.monitor if run else ("fid" if "fid" in generated else next(iter(generated))),
        measures={"best": generated, "last": {}, "raw": {}, "floor": finite_numbers(mapping(found.get("floor")))},
        intervals=intervals,
        sampling=(max(1, len(listed(subject.get("seeds")))), finite_numbers(mapping(found.get("spread")))),
        cost=cost_of(subject, Metrics()),
        machine=machine_of(record),
        second_floor=second,
        second_protocol=with_purpose(second_protocol) if second and second_protocol else {},
    )


def by_ending(trained: Mapping[Path, Result]) -> dict[Ending, list[Result]]:
    """Returns the runs by model folder and date, the last two parts of their paths."""
    named: dict[Ending, list[Result]] = {}
    for folder, result in trained.items():
        named.setdefault(folder.parts[-2:], []).append(result)
    return named


def by_name(subject: Mapping[str, Any], named: Mapping[Ending, list[Result]]) -> Result | None:
    """Returns the only run with the same model folder and date, because an evaluation may state a relative path."""
    path = Path(str(subject.get("checkpoint", "")))
    path = path.parent.parent if path.suffix == ".ckpt" else path
    same = named.get(path.parts[-2:], [])
    return same[0] if len(same) == 1 else None
