"""python -m gan_lab.reference.sampler_table: every sampler on the same trained generators, measured alike.

Trains what is not there yet (GAN, WGAN-GP and dynamic GM-GAN on 20 epochs of MNIST, WGAN-GP on the 25 Gaussians), then
evaluates each sampler, and writes outputs/reference/samplers/: samplers.json with every value, tables.md, and the
figures. Goes on where it was; `--only` takes a part of it, so that two may run side by side.
"""

import argparse
import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hydra import compose, initialize_config_dir
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf
from PIL import Image, ImageDraw
from tqdm import tqdm

from gan_lab.cli.conf_dir import CONF_DIR, register_resolvers
from gan_lab.errors import GanLabError
from gan_lab.evaluate.__main__ import USED
from gan_lab.evaluate.cost_figures import save_figures
from gan_lab.evaluate.run import evaluate
from gan_lab.runs.atomic import write_json
from gan_lab.runs.run_folder import RunFolder

RESULT = Path("outputs/reference/samplers")
TRAINING = {
    "gan": ("model=gan", "data=mnist", "epochs=20"),
    "wgan_gp": ("model=wgan_gp", "data=mnist", "epochs=20"),
    "gmgan_dynamic": ("model=gmgan_dynamic", "data=mnist", "epochs=20"),
    "grid": (
        *("model=wgan_gp", "data=grid", "epochs=60"),
        *("model.prior.dim=2", "model.penalties.gradient.weight=0.1"),
    ),
}
LATENT = ("latent_reweighting", "latent_ascent", "latent_reweighting_ascent")
CHEAP = (
    "direct",
    *(f"truncated sampler.t={t}" for t in (2.0, 1.5, 1.0, 0.5)),
    "sir",
    "dot",
    "dgflow",
    "confidence",
    "batch_inception_score",
    *LATENT,
    "drs sampler.m_quantile=0.999",
    "drs",
)
DEAR = ("mh", "ddls", "ddls sampler.eps=0.05", "ddls sampler.mala=true sampler.eps=0.05")
MIXTURE = (
    *(f"sigma_scaled sampler.tau={tau}" for tau in (0.25, 0.5, 0.75, 1.25, 1.5)),
    *(f"{sampler} sampler.weights.lambda_norm=100" for sampler in LATENT),
)
"""Its critic's class scores are large, and the default lambda_norm is refused."""
ENERGY = ("ddls sampler.calibration=energy",)
GRID = (
    *("direct", "drs", "sir", "mh", "ddls sampler.n_steps=400", "ddls sampler.n_steps=400 sampler.mala=true"),
    *("dot", "dgflow", "latent_reweighting"),
    *(f"latent_{kind} sampler.weights.lambda_norm=1" for kind in ("reweighting", "ascent")),
)
BATCHES = (
    "direct",
    *(
        f"batch_inception_score sampler.images_per_batch={size} sampler.quantile={quantile}"
        for size in (100, 1000)
        for quantile in (0.59, 0.72)
    ),
)
"""The course report's rejection at its acceptance rates, .41 and .28."""

MODEL = (
    *("checkpoint", "sha256", "variant", "dataset", "training_seed", "seeds", "n", "ema"),
    *("rounds", "generator_steps", "critic_steps", "images_seen", "seconds"),
)
"""What an evaluation states of its model; the rest is the sampler's."""

MEASURES = {"fid": "FID", "precision_k3": "precision", "recall_k3": "recall", "coverage_k5": "coverage"}
DIGITS = {"fid": ".1f", "modes_covered": ".0f"}
POINTS = {"high_quality_share": "high quality", "modes_covered": "modes", "reverse_kl": "reverse KL", "emd": "EMD"}


Job = tuple[str, tuple[str, ...]]
"""A sampler with its settings, and the rest of the command."""


def plan(part: str) -> list[Job]:
    """What to evaluate of a trained model: the sampler with its settings, and the rest of the command."""
    if part == "grid":
        return [(sampler, ("n=10000", "data=grid")) for sampler in GRID]
    mine = {"gmgan_dynamic": MIXTURE, "wgan_gp": ENERGY}.get(part, ())
    large: list[Job] = [(sampler, ("n=10000",)) for sampler in (*CHEAP, *(mine if part == "gmgan_dynamic" else ()))]
    small: list[Job] = [(sampler, ("n=2000", "repeats=3")) for sampler in (*CHEAP, *mine, *DEAR)]
    claim: list[Job] = [
        (sampler, (f"n={n}", f"repeats={repeats}"))
        for n, repeats in ((100, 10), (1000, 5), (10000, 3))
        for sampler in BATCHES
        if not (n == 100 and "batch=1000" in sampler)
    ]
    return large + small + (claim if part == "wgan_gp" else [])


def folder_of(runs: Path, part: str, sampler: str, rest: Sequence[str]) -> Path:
    """Where an evaluation lies."""
    return runs / "evaluations" / part / "_".join([*sampler.split(), *rest]).replace("sampler.", "").replace("=", "-")


def measure(part: str, run: Path, sampler: str, rest: Sequence[str], folder: Path) -> None:
    """One evaluation, as `python -m gan_lab.evaluate` does it; one that is refused leaves its sentence."""
    own = () if part == "grid" else ("data=mnist",)
    arguments = [f"checkpoint={run}", *(f"sampler={sampler}").split(), *rest, *own]
    config: DictConfig = compose(
        "evaluate", overrides=[*arguments, f"hydra.runtime.output_dir={folder}"], return_hydra_config=True
    )
    HydraConfig.instance().set_config(config)
    plain: Any = OmegaConf.to_container(OmegaConf.masked_copy(config, [*USED]), resolve=True)
    try:
        evaluate(plain, arguments, config.hydra.runtime.choices["data"])
    except GanLabError as error:
        write_json(folder / "refused.json", {"sampler": sampler, "rest": list(rest), "sentence": str(error)})


def row(sampler: str, record: dict[str, Any]) -> dict[str, Any]:
    """What samplers.json keeps of an evaluation."""
    report = {
        key: value for key, value in record["sampling"]["report"].items() if key not in ("thresholds", "warnings")
    }
    return {
        "sampler": sampler,
        "n": record["subject"]["n"],
        "seeds": record["subject"]["seeds"],
        "measures": record["measures"]["generated"],
        "spread": record["measures"]["spread"],
        "floor": record["measures"]["floor"],
        "cost": record["cost"],
        "acceptance": record["sampling"].get("acceptance"),
        "report": report,
        "warnings": record["warnings"],
        "seconds": record["seconds"],
        "settings": {key: value for key, value in record["subject"].items() if key not in MODEL},
    }


def table(rows: list[dict[str, Any]], names: dict[str, str]) -> str:
    """One line for each sampler, in the order of the plan."""
    titles = [*names.values(), *(("class KL",) if "fid" in names else ()), "acceptance", "passes", "ms"]
    lines = ["| `sampler=` | " + " | ".join(titles) + " |", "|---|" + "---:|" * len(titles)]
    keys = [*names, *(("class_kl",) if "fid" in names else ())]
    for kept in rows:
        cells = []
        for key in keys:
            spread = f" ± {kept['spread'][key]:.2g}" if kept["spread"] and key in ("fid", "precision_k3") else ""
            cells.append(f"{kept['measures'][key]:{DIGITS.get(key, '.3f')}}{spread}")
        cells.append("" if kept["acceptance"] is None else f"{kept['acceptance']:.3g}")
        cells += [counted(kept["cost"]["passes"]), f"{kept['cost']['milliseconds']:.2g}"]
        lines.append(f"| `{kept['sampler']}` | " + " | ".join(cells) + " |")
    floor = [f"{rows[0]['floor'][key]:{DIGITS.get(key, '.3f')}}" for key in keys]
    return "\n".join([*lines, "| real (floor) | " + " | ".join([*floor, "", "", ""]) + " |"])


def counted(passes: float) -> str:
    """A number of passes."""
    return f"{passes:,.0f}" if passes >= 10 or passes == round(passes) else f"{passes:.1f}"


def overview(kept: dict[str, dict[str, Any]]) -> str:
    """FID (precision / recall) of every sampler on every model of images, at n = 2,000 and three seeds."""
    parts = [part for part in kept if part != "grid"]
    cells: dict[str, dict[str, str]] = {}
    passes: dict[str, list[float]] = {}
    for part in parts:
        for one in kept[part]["rows"]:
            if one["n"] == 2000:
                values, sampler = one["measures"], one["sampler"]
                shares = f"{values['precision_k3']:.2f} / {values['recall_k3']:.2f}"
                cells.setdefault(sampler, {})[part] = f"{values['fid']:.1f} ({shares})"
                passes.setdefault(sampler, []).append(one["cost"]["passes"])
        for one in kept[part]["refused"]:
            if "n=2000" in one["rest"]:
                cells.setdefault(one["sampler"], {})[part] = "refused"
    lines = [
        "| sampler | " + " | ".join(f"`{part}`" for part in parts) + " | passes per image |",
        "|---|" + "---:|" * (len(parts) + 1),
    ]
    for sampler, row_cells in cells.items():
        of_models = " | ".join(row_cells.get(part, "") for part in parts)
        counts = [counted(count) for count in sorted(passes.get(sampler, []))] or [""]
        least, most = counts[0], counts[-1]
        lines.append(f"| `{sampler}` | {of_models} | {least if least == most else f'{least} to {most}'} |")
    return "\n".join(lines)


def collect(runs: Path) -> None:
    """samplers.json, tables.md and the figures from all evaluations that are there."""
    kept: dict[str, dict[str, Any]] = {}
    for part, training in TRAINING.items():
        of_part: dict[str, Any] = {"training": " ".join(training), "protocols": {}, "rows": [], "refused": []}
        for sampler, rest in dict.fromkeys(plan(part)):
            folder = folder_of(runs, part, sampler, rest)
            if (folder / "evaluation.json").is_file():
                record = json.loads((folder / "evaluation.json").read_text())
                of_part["model"] = {key: record["subject"][key] for key in MODEL[1:5] + MODEL[8:]}
                of_part["machine"], of_part["versions"] = record["machine"], record["versions"]
                of_part["protocols"][str(record["subject"]["n"])] = record["protocol"]
                of_part["rows"].append(row(sampler, record))
            elif (folder / "refused.json").is_file():
                of_part["refused"].append(json.loads((folder / "refused.json").read_text()))
        if of_part["rows"]:
            kept[part] = of_part
    write_json(RESULT / "samplers.json", kept)
    draw(kept)
    for part in kept:
        chains = folder_of(runs, part, "ddls sampler.eps=0.05", ("n=2000", "repeats=3")) / "figures" / "chains.png"
        if chains.is_file():
            shutil.copy(chains, RESULT / part / "ddls_chains.png")
    if "grid" in kept:
        points_picture(runs, [one["sampler"] for one in kept["grid"]["rows"]]).save(RESULT / "grid" / "samples.png")
    (RESULT / "tables.md").write_text(tables(kept))


def draw(kept: dict[str, dict[str, Any]]) -> None:
    """The figures of every part."""
    for part, of_part in kept.items():
        n = 10_000 if part == "grid" else 2_000
        shown = [one for one in of_part["rows"] if one["n"] == n]
        (RESULT / part).mkdir(parents=True, exist_ok=True)
        records = [
            {"measures": {**one, "generated": one["measures"]}, "cost": one["cost"], "subject": one["settings"]}
            for one in shown
        ]
        save_figures(RESULT / part, records, [one["sampler"] for one in shown], 0)


def points_picture(runs: Path, samplers: list[str]) -> Image.Image:
    """The samples of each on the 25 Gaussians, four in a row."""
    side, rows = 300, -(-len(samplers) // 4)
    picture = Image.new("RGB", (4 * side, rows * (side + 18)), "white")
    draw = ImageDraw.Draw(picture)
    for number, sampler in enumerate(samplers):
        left, top = number % 4 * side, number // 4 * (side + 18)
        path = folder_of(runs, "grid", sampler, ("n=10000", "data=grid")) / "samples.png"
        with Image.open(path) as one:
            picture.paste(one.convert("RGB").resize((side, side)), (left, top + 18))
        draw.text((left + 6, top + 3), sampler.replace("sampler.", ""), fill="black")
    return picture


def tables(kept: dict[str, dict[str, Any]]) -> str:
    """The text of tables.md."""
    parts = [
        "# Samplers: all tables",
        "",
        "FID (precision / recall) at n = 2,000, three seeds:",
        "",
        overview(kept),
        "",
    ]
    for part, of_part in kept.items():
        groups: dict[tuple[int, int], list[dict[str, Any]]] = {}
        for one in of_part["rows"]:
            groups.setdefault((one["n"], len(one["seeds"])), []).append(one)
        for (n, seeds), group in groups.items():
            repeats = "one seed" if seeds == 1 else f"{seeds} seeds"
            names = POINTS if part == "grid" else MEASURES
            parts += [f"## `{of_part['training']}`, n = {n:,}, {repeats}", "", table(group, names), ""]
        parts += [
            f"Refused: `{one['sampler']}`, {' '.join(one['rest'])}: {one['sentence']}\n" for one in of_part["refused"]
        ]
    return "\n".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=Path, default=Path("outputs/samplers"), help="where run folders lie")
    parser.add_argument("--only", nargs="*", choices=[*TRAINING], default=[*TRAINING], help="parts to run")
    parser.add_argument("--collect", action="store_true", help="run nothing, only collect what is finished")
    options = parser.parse_args()
    register_resolvers()
    if not options.collect:
        for part in options.only:
            run = options.runs / part
            if RunFolder(run).read_summary().get("status") != "finished":
                arguments = (*TRAINING[part], f"hydra.run.dir={run}")
                subprocess.run([sys.executable, "-m", "gan_lab", *arguments], check=True)
            with initialize_config_dir(str(CONF_DIR), version_base="1.3"):
                for sampler, rest in tqdm(plan(part), part):
                    folder = folder_of(options.runs, part, sampler, rest)
                    if not any((folder / name).is_file() for name in ("evaluation.json", "refused.json")):
                        measure(part, run, sampler, rest, folder)
    collect(options.runs)
    print(f"result: {RESULT}")


if __name__ == "__main__":
    main()
