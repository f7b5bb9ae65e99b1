"""samplers.json, the records of all evaluations of samplers."""

from pathlib import Path

from gan_lab.reference.published import Record
from gan_lab.reference.sampler_plan import TRAINING, folder_of, plan
from gan_lab.runs.run_folder import EVALUATION
from gan_lab.trust.foreign import read_json

MODEL = (
    *("checkpoint", "sha256", "variant", "dataset", "training_seed", "seeds", "n", "ema"),
    *("rounds", "generator_steps", "critic_steps", "images_seen", "seconds"),
)
"""Keys of an evaluation that describe its model; the other settings are those of the sampler."""
BY_SEED = ("fid", "kid", "precision_k3", "recall_k3", "coverage_k5", "class_kl")
"""The measures that are kept for each sampling seed."""


def collected(runs: Path) -> dict[str, Record]:
    """Returns the content of samplers.json: a record for each trained model, with all finished evaluations."""
    kept: dict[str, Record] = {}
    for part, training in TRAINING.items():
        of_part: Record = {"training": " ".join(training), "protocols": {}, "rows": [], "refused": []}
        for sampler, rest in dict.fromkeys(plan(part)):
            folder = folder_of(runs, part, sampler, rest)
            if (folder / EVALUATION).is_file():
                record = read_json(folder / EVALUATION)
                of_part["model"] = {key: record["subject"][key] for key in MODEL[1:5] + MODEL[8:]}
                of_part["protocols"][f"{record['subject']['n']} {record['protocol']['split']}"] = record["protocol"]
                of_part["rows"].append(row(sampler, record))
            elif (folder / "refused.json").is_file():
                of_part["refused"].append(read_json(folder / "refused.json"))
        if of_part["rows"]:
            kept[part] = of_part
    return kept


def row(sampler: str, record: Record) -> Record:
    """Returns the record of an evaluation in samplers.json."""
    report = {
        key: value for key, value in record["sampling"]["report"].items() if key not in ("thresholds", "warnings")
    }
    runs = record["measures"]["runs"]
    return {
        "sampler": sampler,
        "n": record["subject"]["n"],
        "split": record["protocol"]["split"],
        "seeds": record["subject"]["seeds"],
        "runs": {name: [run[name] for run in runs] for name in BY_SEED if name in runs[0]},
        "measures": record["measures"]["generated"],
        "spread": record["measures"]["spread"],
        "floor": record["measures"]["floor"],
        "floor_validation": record["measures"].get("floor_validation", {}),
        "cost": record["cost"],
        "acceptance": record["sampling"].get("acceptance"),
        "report": report,
        "warnings": record["warnings"],
        "seconds": record["seconds"],
        **{key: record.get(key) for key in ("commit", "machine", "versions")},  # older evaluations have no commit
        "settings": {key: value for key, value in record["subject"].items() if key not in MODEL},
    }
