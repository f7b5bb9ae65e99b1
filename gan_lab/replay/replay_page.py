"""The page that replays runs on points in the plane, side by side and in step. Imports no torch."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any

from gan_lab.page.document import asset, document, filled
from gan_lab.page.thumbnails import chosen
from gan_lab.replay.recording import STEP, Recording, record_of
from gan_lab.trust.lenient import mapping

SCRIPTS = (
    *("frames.js", "level_lines.js", "picture.js", "layers.js"),
    *("panels.js", "curves.js", "board.js", "replay.js"),
)
BUDGET = 5_500_000
"""The size in bytes that all frames of a page may have; of longer recordings, fewer steps are shown."""


@dataclass(frozen=True)
class Replayed:
    """A run with its name, a sentence on it, and its recording."""

    name: str
    sentence: str
    recording: Recording


def replay_page(runs: Sequence[Replayed], title: str) -> str:
    """Returns the content of the file. Every text of a run is escaped, or is data."""
    fitting = [thinned(run, BUDGET // len(runs)) for run in runs]
    steps = max(run.recording.time[-1] for run in runs)
    told = f"{len(runs)} run{'s' * (len(runs) != 1)}, up to generator step {steps:,.0f}"
    if thinner := [run.name for run, kept in zip(runs, fitting, strict=True) if kept is not run]:
        told += f"; not every recorded step of {', '.join(thinner)} is on this page"
    return document(
        title=f"{title}: replay",
        body=filled(
            own("body.html"),
            {
                "title": escape(title),
                "told": escape(told),
                "made": escape(f"written {time.strftime('%Y-%m-%d %H:%M')}"),
            },
        ),
        styles=[own("replay.css")],
        scripts=[own(name) for name in SCRIPTS],
        data={"data": {"runs": [{"name": run.name, "sentence": run.sentence} for run in runs]}},
        later={f"replay-{index}": record_of(run.recording) for index, run in enumerate(fitting)},
    )


def thinned(run: Replayed, most_bytes: int) -> Replayed:
    """Returns the run with so few whole steps, evenly spaced, that its frames fit; single turns come first."""
    recording = run.recording
    most = max(2, int(most_bytes * 3 / 4 / max(1, recording.bytes_a_frame)))  # base64 has four letters for three bytes
    if len(recording.time) <= most:
        return run
    steps = [index for index, turn in enumerate(recording.turn) if turn == STEP]
    turns = [index for index, turn in enumerate(recording.turn) if turn != STEP]
    kept = sorted({*chosen(turns, most // 2), *chosen(steps, max(2, most - min(len(turns), most // 2)))})
    fewer = replace(recording)
    fewer.keep(recording, kept)
    return replace(run, recording=fewer)


def own(name: str) -> str:
    """Returns the text of a part of this page."""
    return asset(name, "gan_lab.replay", "replay_assets")


def sentence_on(config: dict[str, Any]) -> str:
    """Returns what the critic's constraint is for, by the configuration of a run; empty where nothing is known."""
    model = mapping(config.get("model"))
    names = [*mapping(model.get("constraints")), *mapping(model.get("penalties"))]
    if names or mapping(model.get("critic")).get("norm") == "spectral":
        return next((CONSTRAINED[name] for name in names if name in CONSTRAINED), "")
    return UNCONSTRAINED.get(str(mapping(model.get("loss")).get("_target_")).rpartition(".")[2], "")


CONSTRAINED = {
    "weight_clipping": (
        "Weights are clipped: the critic is almost flat, and too simple to show where single modes are."
    ),
    "gradient": "The slope of the critic is pulled to 1 between real and generated points, so that it points to them.",
    "r1": "The critic is kept flat at the real points: its slope ends where generated points arrive.",
}
UNCONSTRAINED = {
    "NonSaturating": "Nothing keeps the critic smooth: it can become steep, and then chases points from mode to mode.",
    "Minimax": "Nothing keeps the critic smooth: where it is sure that a point is generated, the gradient vanishes.",
}
