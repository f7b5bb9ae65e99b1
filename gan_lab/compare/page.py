"""Writes the comparison as one HTML page that loads nothing from elsewhere."""

import html
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tqdm import tqdm

from gan_lab.compare.columns import Column
from gan_lab.compare.result import GENERATORS, Result
from gan_lab.compare.section_verdicts import verdicts_of
from gan_lab.compare.sections import Row, Section, Statistic, brief
from gan_lab.compare.tables import COSTS, interval_note, spread_note
from gan_lab.metric.direction import direction
from gan_lab.metric.two_floors import WHY
from gan_lab.page.curve_data import curves_data, frames_data
from gan_lab.page.document import asset, document, filled
from gan_lab.page.thumbnails import FRAMES, LEAST, frames, frames_per_run
from gan_lab.runs.curves import CLOCKS

SCRIPTS = ("state.js", "means.js", "filters.js", "table.js", "curves.js", "scatter.js", "samples.js", "main.js")


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
    later: dict[str, Any] = {f"curves-{index}": curves_data(result.curves) for index, result in trained}
    shown = trained[: FRAMES // LEAST]  # a page with the pictures of ten thousand runs could not be opened
    for index, result in tqdm(shown, "shrinking samples", delay=1.0, leave=False, disable=None):
        last_step = int(result.cost.get("generator_steps", 0))
        pictures = frames(result.folder, most, last_step, result.grid_rows)
        later[f"frames-{index}"] = frames_data(pictures, result.curves)
    return document(
        title=f"{title}: comparison",
        body=filled(own("body.html"), {"title": html.escape(title), "slider": asset("slider.html")}),
        styles=[own("compare.css")],
        scripts=[own(name) for name in SCRIPTS],
        data={"data": data},
        later=later,
    )


def own(name: str) -> str:
    """Returns the text of a part of this page."""
    return asset(name, "gan_lab.compare", "page_assets")


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
        "floors": [[title, floor] for title, floor in section.floors.items() if floor],
        "why_two_floors": WHY if section.second_floor else "",
        "spread": spread_note(section),
        "interval": interval_note(section),
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
        "interval": {name: found for name in section.measures[: section.headlines] if (found := row.interval(name))},
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
        "findings": result.findings,
        "sampling": result.sampling[0],
        "spread": result.sampling[1],
        "interval": result.intervals,
        "best_step": result.best_step,
        **{which: result.measures[which] for which in GENERATORS},
        "cost": result.cost,
        "machine": result.machine,
        "series": list(result.curves.series),
    }
