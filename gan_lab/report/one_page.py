"""The page of one run: what it drew, what was measured, how it went, and how it is repeated. Imports no torch."""

import time
from collections.abc import Mapping
from html import escape
from typing import Any

from gan_lab.compare.columns import columns_of
from gan_lab.compare.result import Result, columns_of_run
from gan_lab.compare.sections import sections_of
from gan_lab.metric.direction import direction
from gan_lab.metric.headline import headline, headlines
from gan_lab.metric.interval import EXPLAINED
from gan_lab.metric.two_floors import WHY
from gan_lab.page.curve_data import curves_data, frames_data
from gan_lab.page.document import asset, document, filled
from gan_lab.page.elements import html_table, image, paragraph, table_of
from gan_lab.page.thumbnails import frames
from gan_lab.report.changed import changed_settings
from gan_lab.report.findings import Finding, findings_of
from gan_lab.report.repeating import code_of, command_of, facts
from gan_lab.report.subject import Subject
from gan_lab.runs.curves import CLOCKS
from gan_lab.runs.next_steps import next_steps
from gan_lab.runs.run_folder import CHECKPOINTS
from gan_lab.terminal.commands import from_here
from gan_lab.terminal.table import against

PICTURES, WIDTH = 21, 380
"""How many sample pictures a page has, as a run draws them, and their approximate width in pixels."""
LOSS = "/loss"


def one_page(subject: Subject) -> str:
    """Returns the content of report.html. Every text of the run is escaped."""
    run = subject.run
    name = " on ".join(str(run.settings[key]) for key in ("variant", "dataset") if key in run.settings) or "a run"
    pictures = frames_data(frames(run.folder, PICTURES, steps_of(run), None, WIDTH), run.curves)
    found = findings_of(subject.summary, run.folder)
    parts = {
        "name": escape(name),
        "told": escape(" · ".join(told(run))),
        "status": escape(run.status),
        "reason": "" if not run.reason else paragraph(run.reason),
        "samples": samples(pictures, run.grid_rows is not None),
        "measures": measures(subject),
        "findings": card("Findings", "".join(map(finding, found))) if found else "",
        "curves": own("curves.html") if run.curves.series else "",
        "settings": card("Settings that are not the variant's own", settings(subject)),
        "repeat": card("To repeat this run", repeat(subject)),
        "next": card("To go on", going_on(subject)),
        "made": escape(f"{from_here(run.folder)}, written {time.strftime('%Y-%m-%d %H:%M')}"),
    }
    return document(
        title=f"{name}: {run.folder.name}",
        body=filled(own("body.html"), parts),
        styles=[own("report.css")],
        scripts=[own("report.js")],
        data={"data": page_data(run)},
        later={"curves-0": curves_data(run.curves), "frames-0": pictures},
    )


def own(name: str) -> str:
    """Returns the text of a part of this page."""
    return asset(name, "gan_lab.report", "report_assets")


def page_data(run: Result) -> dict[str, Any]:
    """Returns what the scripts know besides curves and pictures: the floors, and which curves come first."""
    names = [*run.curves.series]
    first = headlines([name for name in names if "/" not in name], run.monitor)
    return {
        "clocks": CLOCKS,
        "first": [*(name for name in first if name in names), *(name for name in names if name.endswith(LOSS))],
        "names": names,
        "floor": run.measures["floor"],
        "directions": {name: direction(name) for name in names},
    }


def steps_of(run: Result) -> int:
    return int(run.cost.get("generator_steps", 0))


def told(run: Result) -> list[str]:
    """Returns the seed, the length and the cost of a run in a few words each."""
    units = {"generator_steps": "generator steps", "images_seen": "real samples used", "seconds": "seconds"}
    costs = [f"{run.cost[key]:,.0f} {unit}" for key, unit in units.items() if key in run.cost]
    return [*([] if run.seed is None else [f"seed {run.seed}"]), *costs, *([run.machine] if run.machine else [])]


def card(title: str, content: str) -> str:
    """Returns a part of the page with its title."""
    return f'<section class="card"><h2>{escape(title)}</h2>{content}</section>'


def samples(pictures: list[list[Any]], grid: bool) -> str:
    """Returns the last picture with the slider that moves it through training; nothing where there is none."""
    if not pictures:
        return ""
    last = f'<img id="picture" alt="samples at the end" src="data:image/webp;base64,{pictures[-1][1]}">'
    return filled(
        own("samples.html"), {"slider": asset("slider.html"), "picture": last, "kind": "grid" if grid else ""}
    )


def measures(subject: Subject) -> str:
    """Returns the tables of the training and of each evaluation: the headline, and all measures to be opened."""
    results = [subject.run, *subject.evaluations]
    sections = sections_of(results, columns_of(results))
    tables = [
        measured(result, section.title, section.floors)
        for section in sections
        for row in section.rows
        for result in row.results
    ]
    notes = [
        *([f"{EXPLAINED}."] if any(result.intervals for result in results) else []),
        *([WHY] if any(section.second_floor for section in sections) else []),
    ]
    return "".join([*tables, *(f'<p class="muted">{escape(note)}</p>' for note in notes)])


def measured(result: Result, title: str, floors: Mapping[str, Mapping[str, float]]) -> str:
    """Returns the tables of one training or evaluation, nothing where nothing was measured."""
    columns = columns_of_run(result.measures, result.intervals, result.best_step, floors)
    if not columns:
        return paragraph("Nothing has been measured yet.")
    if result.kind == "evaluation":
        columns = {("generated" if name.startswith("best") else name): values for name, values in columns.items()}
    known = {"reference_n", "split"} <= result.protocol.keys()
    every = f"<details><summary>All measures</summary>{scrolling(html_table(columns))}</details>"
    return (
        f"<h3>{escape(title)}</h3>"
        + scrolling(html_table(headline(columns, result.monitor)))
        + (f'<p class="muted">{escape(against(result.protocol))}</p>' if known else "")
        + every
    )


def scrolling(table: str) -> str:
    """Returns a table that scrolls sideways where it is too wide, by keyboard too."""
    return f'<div class="wide" tabindex="0" role="region" aria-label="table">{table}</div>'


def finding(found: Finding) -> str:
    """Returns one finding."""
    figure = image(found.picture, "webp", f"figure of {found.name}") if found.picture else ""
    return (
        f"<article><h3>{escape(found.name)}{'' if found.serious else ' (not serious)'}</h3>{paragraph(found.sentence)}"
        f"{f'<p class=figure>{escape(found.figure)}</p>' if found.figure else figure}"
        f"{commands({found.command: 'to try'}) if found.command else ''}</article>"
    )


def settings(subject: Subject) -> str:
    """Returns the table of the settings that differ from the variant's yaml."""
    changed = changed_settings(subject.config)
    if changed is None:
        return paragraph("They are not known: the yaml of this variant, or the configuration of the run, is not here.")
    if not changed:
        return paragraph("None: the run has every setting as its variant's yaml and its data set say.")
    return scrolling(table_of(["setting", "the variant's yaml", "this run"], changed))


def repeat(subject: Subject) -> str:
    """Returns the commands that train the same run, and what it was trained with."""
    checkout, changed = code_of(subject)
    lines = {checkout: "the code of the run", command_of(subject): "the same run"}
    return (
        commands({command: what for command, what in lines.items() if command})
        + (paragraph(changed) if changed else "")
        + scrolling(table_of(["with", "this run"], facts(subject)))
    )


def going_on(subject: Subject) -> str:
    """Returns the commands that measure, sample, prolong and compare the run, as far as its folder has checkpoints."""
    if not any((subject.folder / CHECKPOINTS).glob("*.ckpt")):
        return paragraph("Its folder has no checkpoints, so it can be neither sampled from nor trained further.")
    return commands(next_steps(subject.config, subject.folder, subject.run.finished))


def commands(lines: Mapping[str, str]) -> str:
    """Returns a list of commands, each with what it does."""
    items = "".join(
        f'<li>{f"<span>{escape(what)}</span>" if what else ""}<pre class="command">{escape(command)}</pre></li>'
        for command, what in lines.items()
    )
    return f'<ul class="commands">{items}</ul>'
