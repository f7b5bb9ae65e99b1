"""Findings while a run goes on: told once, to W&B too, and a reason to stop a run of a search."""

import csv
from pathlib import Path
from typing import Any

import pytest
from lightning.pytorch.loggers import WandbLogger

from gan_lab.callback.doctor import Doctor
from gan_lab.callback.pruning import Pruning
from gan_lab.callback.summary import Summary
from gan_lab.callback.terms import TermLog
from gan_lab.errors import PrunedError
from gan_lab.runs.run_folder import RunFolder
from tests.callback.runs import Kept, evaluation, played
from tests.fixtures import BuildModel

CLIPPED = ("model=wgan", "data=ring")


class Lines(Kept):
    """Writes metrics.csv whenever it is saved."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.path = RunFolder(folder).metrics

    def save(self) -> None:
        self.path.parent.mkdir(exist_ok=True)
        with self.path.open("w", newline="") as file:
            writer = csv.DictWriter(file, dict.fromkeys(name for line in self.lines.values() for name in line))
            writer.writeheader()
            writer.writerows(self.lines.values())


class Alerts(WandbLogger):
    """W&B's logger without W&B: it keeps the alerts."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    experiment = property(lambda self: self)

    def alert(self, **words: Any) -> None:
        self.sent.append(words)

    log_metrics = log_hyperparams = finalize = after_save_checkpoint = lambda *_, **__: None  # type: ignore[assignment]

    def save(self) -> None:
        return


class Searched(Pruning):  # type: ignore[misc]
    """As in a search whose other trials are no better."""

    def find_trial(self) -> None:
        self.trial = object()  # type: ignore[assignment]

    def tell(self, value: float, number: int) -> bool:
        return False


def callbacks(folder: Path) -> list[Any]:
    summary = Summary(run_dir=str(folder), variant="wgan", dataset="ring", seed=1, overrides=[*CLIPPED], times=4)
    return [TermLog(every=1), evaluation(folder), Doctor(run_dir=str(folder)), summary]


def test_a_finding_is_told_once_and_stands_in_the_summary(
    build_model: BuildModel, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ten lines are logged at the second of four evaluations, from which on it is found each time."""
    alerts = Alerts()
    played(build_model(*CLIPPED), 20, *callbacks(tmp_path), loggers=(Lines(tmp_path), alerts))
    (found,) = RunFolder(tmp_path).read_summary()["findings"]
    assert found["name"] == "weights clipped"
    printed = capsys.readouterr()
    assert (printed.out + printed.err).count("weights clipped: ") == 1
    titles = [sent["title"] for sent in alerts.sent]
    assert len({*titles}) == len(titles), titles
    sent = alerts.sent[titles.index("weights clipped")]
    assert sent["level"] == "WARN"
    assert "share of the" in sent["text"]


def test_a_run_of_a_search_is_stopped_for_a_finding_if_that_is_wanted(build_model: BuildModel, tmp_path: Path) -> None:
    options = {"percentile": 50.0, "startup_trials": 5, "warmup": 3}
    for wanted in (True, False):
        folder = tmp_path / str(wanted)
        pruning = Searched(run_dir=str(folder), findings=wanted, **options)  # type: ignore[arg-type]
        model, lines = build_model(*CLIPPED), Lines(folder)
        if wanted:
            with pytest.raises(PrunedError, match="weights clipped after 2 of 4 evaluations"):
                played(model, 20, *callbacks(folder), pruning, loggers=(lines,))
            assert RunFolder(folder).read_summary()["status"] == "pruned"
        else:
            played(model, 20, *callbacks(folder), pruning, loggers=(lines,))
