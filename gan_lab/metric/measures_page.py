"""measures.md: all measures of a run or an evaluation, and what a reader must know to read them. Imports no torch."""

from collections.abc import Mapping

from gan_lab.metric.direction import named
from gan_lab.metric.headline import LEGEND, Columns
from gan_lab.metric.interval import EXPLAINED, TITLE
from gan_lab.terminal.table import against, markdown
from gan_lab.trust.lenient import printable
from gan_lab.trust.texts import without_html


def measures_page(columns: Columns, protocol: Mapping[str, str | int | float], note: str = "") -> str:
    """Returns the text of measures.md: a line for each measure with its arrow, a column for each mapping, the protocol,
    and a note, if any."""
    below = f"\n{without_html(printable(note))}\n" if note else ""
    shown = {title: {named(name): value for name, value in values.items()} for title, values in columns.items()}
    sure = f"{EXPLAINED}.\n\n" if any(title.startswith(TITLE) for title in columns) else ""
    return f"""{without_html(markdown(shown))}
{sure}{LEGEND}; a measure without an arrow has no better side, so compare it with that of real data. A dash
(-) means that there is no such value here: `cluster_accuracy`, for example, needs samples that were drawn for a class
or a component.

{without_html(printable(against(protocol)))}
{below}
What each measure means: gan_lab/metric/README.md
"""
