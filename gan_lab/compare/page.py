"""Writes the comparison as one HTML page that loads nothing from elsewhere."""

import base64
import html
import json
import re
import time
from collections.abc import Sequence
from importlib.resources import files
from importlib.util import find_spec
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from gan_lab.compare.columns import Column
from gan_lab.compare.result import GENERATORS, Result
from gan_lab.compare.section_verdicts import verdicts_of
from gan_lab.compare.sections import Row, Section, Statistic, brief
from gan_lab.compare.tables import COSTS, spread_note
from gan_lab.compare.thumbnails import FRAMES, LEAST, frames, frames_per_run
from gan_lab.errors import GanLabError
from gan_lab.metric.direction import direction
from gan_lab.runs.curves import CLOCKS, Array, Curves

SCRIPTS = ("data.js", "state.js", "filters.js", "table.js", "curves.js", "scatter.js", "samples.js", "main.js")
PAGE = files("gan_lab.compare") / "page_assets"


def page(sections: Sequence[Section], columns: Sequence[Column], skipped: Sequence[str], title: str) -> str:
    """Returns the content of the file. Data that only some views need stay text until the browser parses them."""
    results = [result for section in sections for row in section.rows for result in row.results]
    number = {id(result): index for index, result in enumerate(results)}
    names = short_names([result.folder for result in results])
    data = {
        "title": title,
        "made": time.strftime("%Y-%m-%d %H:%M"),
        "skipped": list(skipped),
        "clocks": CLOCKS,
        "costs": COSTS,
        "columns": [{"key": c.key, "name": c.name, "same": c.repeated_by} for c in columns],
        "sections": [
            section_data(section, [row_data(section, row, number) for row in section.rows]) for section in sections
        ],
        "results": [result_data(result, name) for result, name in zip(results, names, strict=True)],
    }
    trained = [(index, result) for index, result in enumerate(results) if result.kind == "training"]
    most = frames_per_run(len(trained))
    kept = [script(f"curves-{index}", curves_data(result.curves)) for index, result in trained]
    shown = trained[: FRAMES // LEAST]  # a page with the pictures of ten thousand runs could not be opened
    for index, result in tqdm(shown, "shrinking samples", delay=1.0, leave=False, disable=None):
        kept.append(script(f"frames-{index}", frames_data(result, most)))
    parts = {
        "title": html.escape(title),
        "css": (PAGE / "page.css").read_text(),
        "data": script("data", data),
        "kept": "\n".join(kept),
        "js": "\n".join((PAGE / name).read_text() for name in SCRIPTS),
        "plotly": plotly(),
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda match: parts[match[1]], (PAGE / "page.html").read_text())


def script(name: str, content: Any) -> str:
    """Returns an element with data. No text in the data can end the element."""
    text = json.dumps(content, allow_nan=False, separators=(",", ":"), default=str).replace("<", "\\u003c")
    return f'<script type="application/json" id="{name}">{text}</script>'


def plotly() -> str:
    """Returns the script of Plotly, found without importing the package."""
    spec = find_spec("plotly")
    path = Path(next(iter(spec.submodule_search_locations))) if spec and spec.submodule_search_locations else Path()
    try:
        return (path / "package_data" / "plotly.min.js").read_text()
    except OSError as error:
        raise GanLabError("the page needs the script of Plotly: pip install plotly") from error


def short_names(folders: Sequence[Path]) -> list[str]:
    """Returns the paths without the folders that all of them share."""
    shared = 0
    while folders and all(len(f.parts) > shared + 1 and f.parts[shared] == folders[0].parts[shared] for f in folders):
        shared += 1
    return ["/".join(folder.parts[shared:]) for folder in folders]


def section_data(section: Section, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Returns the data of a section for the page."""
    return {
        "kind": section.kind,
        "title": section.title,
        "protocol": [[key, brief(value)] for key, value in section.protocol.items()],
        "unlike": section.unlike,
        "monitor": section.monitor,
        "measures": section.measures,
        "directions": {name: direction(name) for name in section.measures},
        "headlines": section.headlines,
        "floor": section.floor,
        "spread": spread_note(section),
        "verdicts": verdicts_of(section),
        "swept": section.swept,
        "apart": section.apart,
        "folded": section.folded,
        "alike": section.alike,
        "rows": rows,
    }


def row_data(section: Section, row: Row, number: dict[int, int]) -> dict[str, Any]:
    """Returns the data of a row, with the numbers of its results."""
    return {
        "label": row.label,
        "values": row.values,
        "results": [number[id(result)] for result in row.results],
        "counted": [number[id(result)] for result in row.counted],
        "machine": row.machines,
        **{which: {name: triple(row.statistic(which, name)) for name in section.measures} for which in GENERATORS},
        "cost": {name: triple(row.cost(name)) for name in COSTS},
    }


def triple(statistic: Statistic | None) -> list[float | int | None] | None:
    """Returns mean, spread and number of runs as a list."""
    return None if statistic is None else [statistic.mean, statistic.spread, statistic.n]


def result_data(result: Result, name: str) -> dict[str, Any]:
    """Returns the data of one run or evaluation."""
    return {
        "name": name,
        "group": (result.folder if result.kind == "training" else result.folder.parent).parent.name,
        "seed": result.seed,
        "status": result.status,
        "reason": result.reason,
        "sampling": result.sampling[0],
        "spread": result.sampling[1],
        "best_step": result.best_step,
        **{which: result.measures[which] for which in GENERATORS},
        "cost": result.cost,
        "machine": result.machine,
        "series": list(result.curves.series),
    }


def curves_data(curves: Curves) -> dict[str, Any]:
    """Returns the curves as data; curves that were recorded at the same steps share their x."""
    grids: dict[bytes, int] = {}
    x: list[list[str]] = []
    series = {}
    for name, curve in curves.series.items():
        key = curve.x.tobytes()
        if key not in grids:
            grids[key] = len(x)
            x.append([encoded(clock) for clock in curve.x])
        series[name] = [grids[key], encoded(curve.y)]
    return {"x": x, "series": series}


def encoded(values: Array) -> str:
    """Returns the values as little-endian float32 in base64."""
    with np.errstate(over="ignore"):
        return base64.b64encode(values.astype("<f4").tobytes()).decode()


def frames_data(result: Result, most: int) -> list[list[Any]]:
    """Returns each picture of the run with the three clocks, where these are known."""
    last_step = int(result.cost.get("generator_steps", 0))
    pictures = frames(result.folder, most, last_step, result.grid_rows)
    return [
        [
            [clock if isfinite(clock) else None for clock in result.curves.clocks_at(step)],
            base64.b64encode(picture).decode(),
        ]
        for step, picture in pictures
    ]
