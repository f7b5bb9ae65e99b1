"""python -m tests.benchmarks.methods: every variant as its yaml has it, for five epochs of MNIST, measured alike.

Trains what is not finished yet, one run after the other (about three minutes each on one core), and writes
outputs/reference/methods/: methods.json, README.md with the table, and samples.png, ten samples of each.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw
from tqdm import tqdm

from gan_lab.conf_dir import CONF_DIR
from gan_lab.records import write_json

RESULT = Path("outputs/reference/methods")
ARGUMENTS = ("data=mnist", "epochs=5", "callbacks.evaluation.times=5")
MEASURES = (
    "fid",
    "kid",
    "precision_k3",
    "recall_k3",
    "density_k5",
    "coverage_k5",
    "classes_covered",
    "class_least_share",
)
COLUMNS = {"fid": "FID", "precision_k3": "precision", "recall_k3": "recall", "coverage_k5": "coverage"}
SIDE = 60  # pixels of one picture in samples/latest.png


def finished(run: Path) -> bool:
    """Whether a run folder holds a run that came to its end."""
    summary = run / "summary.json"
    return summary.is_file() and json.loads(summary.read_text())["status"] == "finished"


def row(run: Path) -> dict[str, Any]:
    """What methods.json keeps of a run."""
    summary = json.loads((run / "summary.json").read_text())
    kept = ("command", "seed", "generator_steps", "critic_steps", "images_seen", "seconds", "best_step")
    measures = {which: {m: summary["measures"][which][m] for m in MEASURES} for which in ("best", "last", "floor")}
    return (
        {key: summary[key] for key in kept}
        | measures
        | {"protocol": summary["protocol"], "machine": summary["machine"]}
    )


def table(rows: dict[str, dict[str, Any]]) -> str:
    """The rows by FID, best first."""
    lines = [
        "| `model=` | generator steps | minutes | " + " | ".join(COLUMNS.values()) + " | classes | best at step |",
        "|---|" + "---:|" * (len(COLUMNS) + 4),
    ]
    for variant, kept in sorted(rows.items(), key=lambda item: item[1]["best"]["fid"]):
        best = kept["best"]
        cells = [f"{best[name]:.1f}" if name == "fid" else f"{best[name]:.2f}" for name in COLUMNS]
        lines.append(
            f"| `{variant}` | {kept['generator_steps']} | {kept['seconds'] / 60:.1f} | {' | '.join(cells)} "
            f"| {best['classes_covered']:.0f} | {kept['best_step']} |"
        )
    return "\n".join(lines)


def samples(runs: Path, variants: list[str]) -> Image.Image:
    """The first ten samples of each variant beside its name, in two columns."""
    rows = (len(variants) + 1) // 2
    width = 190 + 10 * SIDE // 2
    picture = Image.new("RGB", (2 * width, rows * SIDE // 2), "white")
    draw = ImageDraw.Draw(picture)
    for number, variant in enumerate(variants):
        left, top = number // rows * width, number % rows * SIDE // 2
        with Image.open(runs / variant / "samples" / "latest.png") as sheet:
            strip = sheet.convert("RGB").crop((0, 0, sheet.width, SIDE)).resize((10 * SIDE // 2, SIDE // 2))
        picture.paste(strip, (left + 190, top))
        draw.text((left + 6, top + 8), variant, fill="black")
    return picture


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=Path, default=Path("outputs/methods"), help="where the run folders lie")
    parser.add_argument("--collect", action="store_true", help="train nothing, only collect what is finished")
    options = parser.parse_args()
    variants = sorted(path.stem for path in (CONF_DIR / "model").glob("*.yaml"))
    if not options.collect:
        for variant in tqdm([v for v in variants if not finished(options.runs / v)], "variants"):
            arguments = (f"model={variant}", *ARGUMENTS, f"hydra.run.dir={options.runs / variant}")
            subprocess.run([sys.executable, "-m", "gan_lab", *arguments], check=True)
    there = [variant for variant in variants if finished(options.runs / variant)]
    rows = {variant: row(options.runs / variant) for variant in there}
    write_json(RESULT / "methods.json", rows)
    samples(options.runs, there).save(RESULT / "samples.png", optimize=True)
    floor = next(iter(rows.values()))["floor"]
    reals = ", ".join(f"{title} {floor[name]:.2f}" for name, title in COLUMNS.items())
    text = f"""# Every variant, five epochs of MNIST

Each as `python -m gan_lab model=X {" ".join(ARGUMENTS)}`
trains it: the settings of its yaml, `network=mlp`, seed 1. Of the checkpoint with the best FID on 10,000 validation
images, by the protocol in [methods.json](methods.json), which holds all values, the last ones too, and the machine;
`python -m tests.benchmarks.methods` writes it all. An epoch counts the real images that are used: with five critic
turns a round there is a fifth of the generator steps. Real images score {reals}.
So short a budget shows that a method trains, not how good it gets.

{table(rows)}

![ten samples of each](samples.png)
"""
    (RESULT / "README.md").write_text(text)
    print(table(rows))
    print(f"result: {RESULT}, of {len(there)} of {len(variants)} variants")


if __name__ == "__main__":
    main()
