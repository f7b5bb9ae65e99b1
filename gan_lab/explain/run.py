"""Draws the chosen explanations, for `python -m gan_lab.explain`."""

import time
from pathlib import Path
from typing import Any

import torch

from gan_lab.build import build
from gan_lab.domains import conform
from gan_lab.errors import GanLabError
from gan_lab.explain.base import Explanation
from gan_lab.noise import seed_of
from gan_lab.runs.atomic import write_json
from gan_lab.runs.picture_file import save_picture
from gan_lab.runs.provenance import provenance
from gan_lab.terminal.commands import from_here, typed


def explain(config: dict[str, Any], overrides: list[str]) -> tuple[dict[str, Any], list[str]]:
    """Draws the chosen figures into the run folder and returns the report and sentences to print.

    The folder gets a `<figure>.png` for each figure and `explanation.json`, the report, with every number, setting and
    seed. Raises GanLabError for unknown figures and impossible settings.
    """
    run_dir = Path(config["run_dir"])
    chosen = chosen_figures(config)
    if conform(config["threads"], int, "threads") < 1:
        raise GanLabError(f"threads is {config['threads']} and must be above 0")
    torch.set_num_threads(config["threads"])
    explanations: dict[str, Explanation] = {}
    for name in chosen:
        torch.manual_seed(seed_of("weights", config["seed"]))
        explanations[name] = build(config[name], name, Explanation)
    figures, sentences = {}, []
    for name, explanation in explanations.items():
        start = time.perf_counter()
        explained = explanation.explain()
        run_dir.mkdir(parents=True, exist_ok=True)
        save_picture(explained.figure, run_dir / f"{name}.png", dpi=120)
        seconds = round(time.perf_counter() - start, 2)
        figures[name] = {"settings": config[name], "numbers": explained.numbers, "seconds": seconds}
        sentences += [name, *(f"  {sentence}" for sentence in explained.sentences)]
    report = {
        "command": typed("gan_lab.explain", *overrides),
        "overrides": overrides,
        "seed": config["seed"],
        "figures": figures,
        **provenance(torch.device("cpu")),
    }
    write_json(run_dir / "explanation.json", report)
    return report, [*sentences, f"figures and explanation.json: {from_here(run_dir)}"]


def chosen_figures(config: dict[str, Any]) -> list[str]:
    """Returns the names in `figures`. Raises GanLabError where one is not a section of the configuration."""
    chosen = config["figures"]
    known = [name for name, value in config.items() if isinstance(value, dict) and "_target_" in value]
    if not isinstance(chosen, list) or not chosen or not all(name in known for name in chosen):
        raise GanLabError(f"figures is {chosen!r} and must be a list of one or more of {', '.join(known)}")
    return list(dict.fromkeys(chosen))
