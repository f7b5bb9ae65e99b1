"""A few of the wrong inputs, with every change."""

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from gan_lab.errors import GanLabError
from tests.bad_inputs import files, lines, options
from tests.bad_inputs.__main__ import WRONG, outcomes, places
from tests.bad_inputs.outcome import outcome


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["files", "commands", "lines"])
def test_wrong_inputs_are_refused_in_a_sentence(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "EACH", 4)
    monkeypatch.setattr(options, "EACH", 1)
    monkeypatch.setattr(lines, "EACH", 2)
    monkeypatch.chdir(tmp_path)
    found = outcomes(Random(7), tmp_path, kind)
    assert len(places(found)) >= 6
    assert [one for one in found if one.kind in WRONG] == []


def fails(error: Exception) -> Callable[[], None]:
    def action() -> None:
        raise error

    return action


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        (lambda: None, "accepted"),
        (fails(GanLabError("a sentence")), "clear"),
        (fails(GanLabError("two\nlines")), "traceback"),
        (fails(KeyError("x")), "traceback"),
    ],
)
def test_what_comes_of_an_input_is_told_apart(action: Callable[[], None], kind: str) -> None:
    assert outcome("here", "x", action, str).kind == kind
