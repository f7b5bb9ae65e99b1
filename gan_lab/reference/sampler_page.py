"""The samplers' tables in Markdown: tables.md, and the overview in gan_lab/sampler/README.md."""

from collections.abc import Sequence

from gan_lab.metric.two_floors import WHY, titled
from gan_lab.reference.published import Record
from gan_lab.reference.sampler_plan import TEST, N
from gan_lab.terminal.markdown_table import markdown_table

MEASURES = {"fid": "FID", "precision_k3": "precision", "recall_k3": "recall", "coverage_k5": "coverage"}
DIGITS = {"fid": ".1f", "modes_covered": ".0f"}
POINTS = {"high_quality_share": "high quality", "modes_covered": "modes", "reverse_kl": "reverse KL", "emd": "EMD"}


def tables(kept: dict[str, Record]) -> str:
    """Returns the text of tables.md."""
    parts = [
        "# Samplers: all tables",
        "",
        overview(kept),
        "",
        *([WHY, ""] if any(second_of(of_part["rows"]) for of_part in kept.values()) else []),
    ]
    for part, of_part in kept.items():
        groups: dict[tuple[int, int, str], list[Record]] = {}
        for one in of_part["rows"]:
            groups.setdefault((one["n"], len(one["seeds"]), split_of(one)), []).append(one)
        for (n, seeds, split), group in groups.items():
            names = POINTS if part == "grid" else MEASURES
            title = f"## `{of_part['training']}`, n = {n:,}, {repeats(seeds)}"
            parts += [title + ("" if split == TEST else f", {split} images"), "", table(group, names), ""]
        parts += [
            f"`{one['sampler']}` with {' '.join(one['rest'])} was refused: {one['sentence']}\n"
            for one in of_part["refused"]
        ]
    return "\n".join(parts)


def split_of(one: Record) -> str:
    """Returns the images that a setting was measured against: the test images in records that do not state it."""
    return one.get("split", TEST)


def repeats(seeds: int) -> str:
    """Returns the number of sampling seeds in words."""
    return "one sampling seed" if seeds == 1 else f"{seeds} sampling seeds"


def overview(kept: dict[str, Record]) -> str:
    """Returns FID (precision / recall) of every sampler on every model of images, for 2,000 samples and test images."""
    parts = [part for part in kept if part != "grid"]
    cells: dict[str, dict[str, str]] = {}
    passes: dict[str, list[float]] = {}
    counted_seeds: set[int] = set()
    for part in parts:
        for one in kept[part]["rows"]:
            if one["n"] == N and split_of(one) == TEST:
                counted_seeds.add(len(one["seeds"]))
                values, sampler = one["measures"], one["sampler"]
                shares = f"{values['precision_k3']:.2f} / {values['recall_k3']:.2f}"
                cells.setdefault(sampler, {})[part] = f"{values['fid']:.1f} ({shares})"
                passes.setdefault(sampler, []).append(one["cost"]["passes"])
        for one in kept[part]["refused"]:
            if f"n={N}" in one["rest"]:
                cells.setdefault(one["sampler"], {})[part] = "refused"
    seeds = " or ".join(repeats(count) for count in sorted(counted_seeds))
    lines = []
    for sampler, row_cells in cells.items():
        counts = [counted(count) for count in sorted(passes.get(sampler, []))] or [""]
        least, most = counts[0], counts[-1]
        cost = least if least == most else f"{least} to {most}"
        lines.append([f"`{sampler}`", *(row_cells.get(part, "") for part in parts), cost])
    head = ["sampler", *(f"`{part}`" for part in parts), "passes per image"]
    about = f"FID (precision / recall) of {N:,} samples against test images, means over {seeds}:"
    return f"{about}\n\n{markdown_table(head, lines)}"


def table(rows: Sequence[Record], names: dict[str, str]) -> str:
    """Returns a table with one line for each sampler, in the order of the plan, and the floors: both where the records
    have the second one."""
    titles = [*names.values(), *(("class KL",) if "fid" in names else ()), "acceptance", "passes", "ms"]
    lines = []
    keys = [*names, *(("class_kl",) if "fid" in names else ())]
    for kept in rows:
        cells = []
        for key in keys:
            spread = f" ± {kept['spread'][key]:.2g}" if kept["spread"] and key in ("fid", "precision_k3") else ""
            cells.append(f"{kept['measures'][key]:{DIGITS.get(key, '.3f')}}{spread}")
        cells.append("" if kept["acceptance"] is None else f"{kept['acceptance']:.3g}")
        cells += [counted(kept["cost"]["passes"]), f"{kept['cost']['milliseconds']:.2g}"]
        lines.append([f"`{kept['sampler']}`", *cells])
    for title, floor in titled(rows[0]["floor"], second_of(rows), split_of(rows[0])).items():
        cells = [f"{floor[key]:{DIGITS.get(key, '.3f')}}" for key in keys]
        lines.append([title, *cells, "", "", ""])
    return markdown_table(["`sampler=`", *titles], lines)


def second_of(rows: Sequence[Record]) -> dict[str, float]:
    """Returns the second floor of evaluations of one protocol; empty in records that are older than it."""
    return next((second for one in rows if (second := one.get("floor_validation"))), {})


def counted(passes: float) -> str:
    """Returns a number of passes in words."""
    return f"{passes:,.0f}" if passes >= 10 or passes == round(passes) else f"{passes:.1f}"
