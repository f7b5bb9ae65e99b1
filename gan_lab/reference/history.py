"""outputs/reference/history/README.md: the table as it was, beside the same rows as they are measured now."""

from collections.abc import Sequence
from pathlib import Path
from statistics import mean

from gan_lab.reference.both_floors import mean_of
from gan_lab.reference.published import Record
from gan_lab.reference.row_records import values
from gan_lab.terminal.markdown_table import markdown_table
from gan_lab.trust.foreign import read_json

SAME_RULER = "fid_mnistcnn_v1"


def history(folder: Path, records: Sequence[Record]) -> str:
    """Returns the page. `folder` holds table.json, the values of the table of version 0.1 by row and seed."""
    found = read_json(folder / "table.json")
    heads = ["row", "seeds", "FID then", "precision", "recall", "FID now, same features", "FID now"]
    lines = []
    for row, by_seed in sorted(found["rows"].items(), key=lambda item: mean(one["fid"] for one in item[1].values())):
        then = {key: [one[key] for one in by_seed.values()] for key in ("fid", "precision_k3", "recall_k3")}
        now = {name: mean_of(values(records, row, key), ".1f") for name, key in (("same", SAME_RULER), ("now", "fid"))}
        shares = (f"{mean(then[key]):.2f}" for key in ("precision_k3", "recall_k3"))
        lines.append([f"`{row}`", str(len(by_seed)), mean_of(then["fid"], ".1f"), *shares, now["same"], now["now"]])
    return f"""# The table of version 0.1

These values stood on [the page of the table](../README.md) until its rows were trained again. They were measured on
features of `{found["extractor"]}`, and the averaged generator had a running mean of the statistics of batch norm, which
are not those of its weights. They cannot be compared with the present table's values, but for the column "same
features": the present runs, measured by `{found["extractor"]}` too. What differs there is chance, and batch norm. A
dash stands for rows that have no record yet.

{markdown_table(heads, lines)}

`table.json` holds the values of each seed.
"""
