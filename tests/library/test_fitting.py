"""A training from a program: the command's own bits, and nothing left behind in the process."""

from pathlib import Path
from typing import Any

import pytest

import gan_lab
from tests.commands import checkpoint, differences
from tests.commands import gan_lab as command
from tests.library.called import SMALL, called, fit, interrupt_and_resume, leave_nothing_behind


@pytest.mark.slow
@pytest.mark.parametrize(
    "words", [SMALL, ("model=wgan_gp", "data=digits", "metric=pixels", "callbacks.evaluation.n=50")]
)
def test_the_bits_are_those_of_the_command(tmp_path: Path, words: tuple[str, ...]) -> None:
    command(*words, "generator_steps=3", "seed=4", "hydra.run.dir=command", cwd=tmp_path)
    called(fit, [*words, "hydra.run.dir=program"], {"generator_steps": 3, "seed": 4}, cwd=tmp_path)
    for which in ("best", "last"):
        one, other = (checkpoint(tmp_path / folder, which) for folder in ("command", "program"))
        for part in ("state_dict", "optimizer_states"):
            assert differences(one[part], other[part]) == []
        clocks = {"seconds": 0, "cpu_seconds": 0}
        assert {**one["counters"], **clocks} == {**other["counters"], **clocks}
        assert one["config"]["model"] == other["config"]["model"]
    first, second = (gan_lab.Run(tmp_path / folder) for folder in ("command", "program"))
    assert first.measures == second.measures
    assert first.curves == second.curves


@pytest.mark.slow
def test_the_process_is_as_before(tmp_path: Path) -> None:
    called(leave_nothing_behind, cwd=tmp_path)


@pytest.mark.slow
def test_an_interruption_is_a_keyboard_interrupt(tmp_path: Path) -> None:
    assert "the run was interrupted at generator step" in called(interrupt_and_resume, cwd=tmp_path)


@pytest.mark.parametrize(
    ("words", "options", "sentence"),
    [
        (["model=gann"], {}, r"there is no model=gann \(did you mean model=gan\?\)"),
        (["-m", "model=gan,wgan"], {}, "-m is for the command line"),
        ([], {"epochs": "two"}, "epochs is 'two' and must be"),
        ([], {"epochs": 1, "generator_steps": 2}, "epochs"),
        ([], {"lr": 1e-4}, "there is no option lr: did you mean optimizer.lr=0.0001"),
        ([], {"seed": object()}, "seed is of type object and must be a number, text, true or false"),
        (["model.n_critic=0"], {}, "model.n_critic is 0 and must be a whole number of 1 or more"),
        (
            ["trainer.devices=2", "trainer.accelerator=cpu"],
            {},
            "fit trains in one process; several are",
        ),
        ([], {"resume": "nowhere"}, "nothing to resume: there is no checkpoint at .*nowhere"),
    ],
)
def test_what_cannot_be_trained_is_refused_in_the_commands_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], options: dict[str, Any], sentence: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(gan_lab.GanLabError, match=sentence):
        gan_lab.fit(*words, **options)
    assert not [*tmp_path.iterdir()]
