"""The checkpoint with which a run goes on: the last one, or the one before where that cannot be used."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml

from gan_lab.errors import GanLabError
from gan_lab.runs.checkpoint import read_checkpoint, to_resume, write_checkpoint
from gan_lab.runs.run_folder import RunFolder

CONFIG: dict[str, Any] = {
    **{"model": {"n_critic": 5}, "data": {"root": "here"}, "variant": "gan", "dataset": "ring", "seed": 1},
    "epochs": 3,
}


def content(step: int, **changed: Any) -> dict[str, Any]:
    counters = {"rounds": step, "generator_steps": step}
    return {"config": CONFIG | changed, "state_dict": {"w": torch.full((50,), float(step))}, "counters": counters}


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    """A run that has saved its last checkpoint at step 20 and the one before at step 10."""
    folder = RunFolder(tmp_path / "run")
    for step in (10, 20):
        write_checkpoint(content(step), folder.checkpoint("last"), folder.checkpoint("previous"))
    folder.config.write_text(yaml.safe_dump(CONFIG))
    return folder


def test_the_last_one_is_used_and_the_one_before_is_kept(run: RunFolder) -> None:
    path, saved = to_resume(run, run.checkpoint("last"))
    assert (path, saved["counters"]["rounds"]) == (run.checkpoint("last"), 20)
    assert read_checkpoint(run.checkpoint("previous"))["counters"]["rounds"] == 10
    assert sorted(p.name for p in run.checkpoint("last").parent.iterdir()) == ["last.ckpt", "previous.ckpt"]


def flip(path: Path) -> None:
    broken = bytearray(path.read_bytes())
    broken[len(broken) // 2] ^= 4
    path.write_bytes(broken)


DAMAGE: dict[str, Callable[[Path], object]] = {
    "empty": lambda path: path.write_bytes(b""),
    "truncated": lambda path: path.write_bytes(path.read_bytes()[:-100]),
    "text": lambda path: path.write_text("a note"),
    "one bit": flip,
    "a tensor alone": lambda path: torch.save(torch.ones(3), path),
    "another run's": lambda path: write_checkpoint(content(20, seed=2), path),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_or_foreign_one_gives_way_to_the_one_before(
    run: RunFolder, damage: Callable[[Path], object], capsys: pytest.CaptureFixture[str]
) -> None:
    last = run.checkpoint("last")
    damage(last)
    path, saved = to_resume(run, last)
    assert (path, saved["counters"]["rounds"]) == (run.checkpoint("previous"), 10)
    (line,) = capsys.readouterr().out.splitlines()
    assert str(last) in line
    assert line.endswith("the run goes on from the checkpoint before it, of generator step 10")
    assert last.with_name("damaged.ckpt").is_file()

    write_checkpoint(content(30), last, run.checkpoint("previous"))  # it went on: what was damaged is not kept as good
    assert read_checkpoint(run.checkpoint("previous"))["counters"]["rounds"] == 10
    damage(run.checkpoint("previous"))
    damage(last)
    with pytest.raises(GanLabError, match=r"last\.ckpt .*; .*previous\.ckpt .*: no checkpoint is left to go on from"):
        to_resume(run, last)


def test_another_cache_or_length_makes_no_other_run(run: RunFolder) -> None:
    """The configuration is written when a resumption begins, and the last checkpoint is still of before."""
    measure = {"evaluation": {"measure": {"extractor": {"cache_dir": "there"}}}}
    run.config.write_text(yaml.safe_dump(CONFIG | {"callbacks": measure, "epochs": 9, "data": {"root": "elsewhere"}}))
    measure["evaluation"]["measure"]["extractor"]["cache_dir"] = "here"
    write_checkpoint(content(20, callbacks=measure), run.checkpoint("last"))
    assert to_resume(run, run.checkpoint("last"))[0] == run.checkpoint("last")


def test_a_checkpoint_that_was_named_is_used_or_refused(run: RunFolder) -> None:
    best = run.checkpoint("best")
    write_checkpoint(content(15, epochs=7), best)
    assert to_resume(run, best)[1]["counters"]["rounds"] == 15, "the length may change"
    flip(best)
    with pytest.raises(GanLabError, match=r"best\.ckpt is damaged"):
        to_resume(run, best)
