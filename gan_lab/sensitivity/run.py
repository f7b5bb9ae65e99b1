"""Studies how measures depend on their settings, for `python -m gan_lab.sensitivity`."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gan_lab.build import build
from gan_lab.cli.command import no_empty_folder
from gan_lab.data.base import DataModule
from gan_lab.domains import conform
from gan_lab.errors import GanLabError
from gan_lab.evaluate.subjects import FromModel
from gan_lab.images import to_uint8
from gan_lab.metric.feature import FeatureMeasure
from gan_lab.metric.frechet import FrechetDistance
from gan_lab.metric.real_images import quantised
from gan_lab.runs.atomic import write_json
from gan_lab.runs.picture_file import save_picture
from gan_lab.runs.provenance import provenance
from gan_lab.sensitivity.figure import picture
from gan_lab.sensitivity.results import SAMPLES, Record, compared, intercepts, table
from gan_lab.terminal.bar import bar
from gan_lab.trained_model import chosen_device


def sensitivity(config: dict[str, Any], command: str, overrides: list[str], dataset: str) -> dict[str, Any]:
    """Compares N training images, and N generated ones, with N real images of the split, for each extractor, N and k.

    Prints a table, writes sensitivity.json and sensitivity.png to `run_dir`, and returns the content of the former.

    What to expect: precision and recall rise with k, because the balls grow. As N rises, the balls shrink: the values
    of samples that lie outside the data fall, those of real images hardly change (coverage: see `PRDC`). FID falls as
    FID_∞ + c/N, and its units are those of the extractor. So two such values can only be compared if k, N and the
    extractor are the same.

    `results` there holds a record for each extractor, kind of samples and N. `fid_infinity` is the intercept of the
    least squares line through FID against 1/N, where both sides have N samples, unlike in `FrechetInfinity`. It is
    about 0 for two sets of real images of one distribution, if N is well above the number of features. MNIST's test
    images are from another distribution than its training images: other people wrote them.

    `overrides` are those of the command line, `dataset` is the chosen data's name. Raises GanLabError for what cannot
    be compared; nothing is written then.
    """
    with no_empty_folder(config["run_dir"]):
        if config["checkpoint"] is None:
            raise GanLabError("sensitivity needs checkpoint=PATH, a run folder or a .ckpt file")
        ks, sizes = numbers(config, "ks", least=1, count=1), numbers(config, "sizes", least=2, count=2)
        if ks[-1] >= sizes[0]:
            raise GanLabError(
                f"ks={ks} must be below {sizes[0]}, the smallest of sizes: a sample has no more neighbours"
            )
        if len(config["data"]["shape"]) != 3:
            raise GanLabError(f"sensitivity is for images, not for points: data={dataset} has no extractors to compare")
        return study(config, ks, sizes, " ".join([command, *overrides]), overrides, dataset)


def study(
    config: dict[str, Any], ks: list[int], sizes: list[int], command: str, overrides: list[str], dataset: str
) -> dict[str, Any]:
    """Does what `sensitivity` describes, once ks and sizes have been checked."""
    device = chosen_device(config["device"])
    measures = chosen_measures(config)
    start = time.perf_counter()
    subject = FromModel.of(config, dataset, overrides, device, config["split"])
    data = subject.data
    refuse_sizes(sizes, data, config["split"], dataset)
    for measure in measures:
        measure.prepare(data, sizes[-1], config["seed"], device)
    real = [measure.reference.features for measure in measures]
    prepared = time.perf_counter()
    drawn = subject.draw(sizes[-1], config["seed"]).x
    images = dict(zip(SAMPLES, (quantised(data.train, sizes[-1]), to_uint8(drawn)), strict=True))
    sampled = time.perf_counter()

    results: list[Record] = []
    for measure, reals in zip(measures, real, strict=True):
        name = measure.extractor.name
        features = {kind: measure.extract(some).features for kind, some in images.items()}
        for n in bar(sizes, f"numbers of samples by {name}"):
            firsts = {kind: some[:n] for kind, some in features.items()}
            found = compared(reals[:n], firsts, ks)
            results += [{"extractor": name, "samples": kind, "n": n, **values} for kind, values in found.items()]
    measured = time.perf_counter()

    seconds = {"reference": prepared - start, "sampling": sampled - prepared, "measuring": measured - sampled}
    limits = intercepts(results)
    report = {
        "command": command,
        "overrides": overrides,
        "subject": subject.stated() | {"seed": config["seed"]},
        "protocol": {
            "dataset": dataset,
            "split": config["split"],
            "real": "the first N training images",
            "ks": ks,
            "sizes": sizes,
            "extractors": [measure.protocol() for measure in measures],
        },
        "results": results,
        "fid_infinity": limits,
        "seconds": {name: round(value, 3) for name, value in seconds.items()},
        **provenance(device),
    }
    run_dir = Path(config["run_dir"])
    write_json(run_dir / "sensitivity.json", report)
    against = f"{dataset}, {config['split']} images"
    save_picture(picture(results, against), run_dir / "sensitivity.png", dpi=120)
    print("\n".join(["", *table(results, ks, limits)]))
    print(f"compared with N {config['split']} images; the real samples are training images")
    print("seconds: " + ", ".join(f"{name} {value:.1f}" for name, value in seconds.items()))
    print(f"all values: {config['run_dir']}/sensitivity.json")
    print(f"figure: {config['run_dir']}/sensitivity.png")
    return report


def numbers(config: Mapping[str, Any], key: str, least: int, count: int) -> list[int]:
    """Returns `count` or more different whole numbers from `least` on, sorted. Raises GanLabError for anything else."""
    given = conform(config[key], tuple[int, ...], key)
    found = sorted(set(given))
    if len(found) < count or found[0] < least:
        many = "one number or more" if count == 1 else f"{count} different numbers or more"
        raise GanLabError(f"{key}={config[key]} must be {many}, each {least} or above")
    return found


def refuse_sizes(sizes: Sequence[int], data: DataModule, split: str, dataset: str) -> None:
    """Raises GanLabError where either side has fewer real images than the largest size."""
    there = {f"{split} images": len(getattr(data, split)), "training images": len(data.train)}
    if sizes[-1] > min(there.values()):
        have = " and ".join(f"{count} {name}" for name, count in there.items())
        raise GanLabError(f"sizes go up to {sizes[-1]}, but data={dataset} has {have}: set sizes= to fewer")


def chosen_measures(config: Mapping[str, Any]) -> list[FeatureMeasure]:
    """Returns an evaluator for each extractor: that of `metric` and those of `extractors`, each once.

    Raises GanLabError for a metric without an extractor, and where two extractors share a name.
    """
    metrics = {"metric": config["metric"]} | {f"extractors.{key}": value for key, value in config["extractors"].items()}
    # Whatever else the metric measures is neither wanted nor prepared.
    alone = {
        "metrics": {"frechet": {"_target_": f"{FrechetDistance.__module__}.FrechetDistance"}},
        "while_training": ["frechet"],
        "monitor": "fid",
        "split": config["split"],
    }
    measures: dict[str, FeatureMeasure] = {}
    settings: dict[str, Any] = {}
    for path, metric in metrics.items():
        if not {"extractor", "metrics"} <= metric.keys():
            raise GanLabError(f"{path} must be a metric with an extractor, such as mnistcnn, random and pixels")
        measure: FeatureMeasure = build(metric | alone, path, FeatureMeasure)
        name = measure.extractor.name
        if settings.setdefault(name, metric["extractor"]) != metric["extractor"]:
            raise GanLabError(f"{path}.extractor has the same name as another one, {name}: give them different names")
        measures.setdefault(name, measure)
    return list(measures.values())
