"""The progress bar counts generator steps."""

from typing import Any

import pytest

from gan_lab.callback.progress import Progress
from tests.callback.runs import played
from tests.fixtures import BuildModel


def test_the_bar_goes_from_where_the_run_stands_to_its_end(
    build_model: BuildModel, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("TQDM_DISABLE", raising=False)
    model, progress = build_model("model=gan", "data=ring"), Progress(label="a label")
    played(model, 5, progress)
    bar: Any = progress.bar
    assert (bar.initial, bar.total, bar.n) == (0, 5, 5)
    model.run_length = 8
    progress.on_train_start(model.trainer, model)
    resumed: Any = progress.bar
    assert (resumed.initial, resumed.total) == (5, 8)
    progress.on_exception(model.trainer, model, ValueError())
    assert resumed.disable, "it is closed"
    assert "a label" in capsys.readouterr().err
