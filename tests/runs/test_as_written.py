"""What comes from the environment is used, and stored as it was written."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from omegaconf import OmegaConf

from gan_lab.errors import GanLabError
from gan_lab.runs.as_written import as_written, literal
from gan_lab.runs.resume import saved_config
from tests.commands import QUICK, checkpoint, gan_lab, run_folders

SECRET = "hunter2-and-more"


@pytest.mark.parametrize(
    "text", ["a", "${oc.env:X}", "x=${a.b} and ${c}", r"\${a}", r"a\\${b}", "$5 {a}", "${", "$${a}"]
)
def test_a_literal_text_is_given_back_as_it_is(text: str) -> None:
    assert OmegaConf.to_container(OmegaConf.create({"x": [literal(text)]}), resolve=True) == {"x": [text]}


def test_texts_from_the_environment_are_stored_as_they_were_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEAM", SECRET)
    monkeypatch.setenv("GAN_LAB_DATA", "/data")
    given = {
        "a": {"team": "${oc.env:TEAM}", "url": "https://${a.team}/x", "n": "${oc.decode:'3'}"},
        "data": {"root": "${oc.env:GAN_LAB_DATA,data}/MNIST", "other": "${oc.env:NONE,7}"},
        "also": [1, "${a.team}", {"deep": "${a}"}],
        "plain": "text",
    }
    composed = OmegaConf.create(given)
    resolved = OmegaConf.to_container(composed, resolve=True)
    assert SECRET in str(resolved)
    stored = as_written(composed, resolved)  # type: ignore[arg-type]
    assert SECRET not in str(stored)
    assert stored["a"] == {"team": "${oc.env:TEAM}", "url": "https://${oc.env:TEAM}/x", "n": 3}
    assert stored["data"]["root"] == "/data/MNIST"
    assert stored["also"] == [1, "${oc.env:TEAM}", {"deep": stored["a"]}]
    assert OmegaConf.to_container(composed, resolve=True) == resolved, "afterwards it is looked up again"


def test_a_file_looks_nothing_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEAM", SECRET)
    saved: dict[str, Any] = {"run_dir": str(tmp_path), "dataset": "ring", "seed": 1}
    saved["overrides"] = ["x=${oc.env:TEAM}"]
    saved |= {
        **{"model": {}, "data": {}, "trainer": {}, "callbacks": {}},
        "loggers": {"a": {"team": "${oc.env:TEAM}"}},
    }
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(saved))
    with pytest.raises(GanLabError, match=r"loggers\.a\.team is \$\{oc\.env:TEAM\}, .* give it again"):
        saved_config(tmp_path, [])
    config = saved_config(tmp_path, ["loggers.a.team=mine"])
    assert OmegaConf.to_container(config, resolve=True) == saved | {"loggers": {"a": {"team": "mine"}}}
    same = saved_config(tmp_path, [], OmegaConf.create(saved))
    assert same.loggers.a.team == SECRET, "the command line may look it up"


@pytest.mark.slow
def test_no_file_of_a_run_has_the_secret(tmp_path: Path) -> None:
    words = (*QUICK, "logger=tensorboard", "loggers.tensorboard.name=${oc.env:TEAM}", "generator_steps=2")
    gan_lab(*words, cwd=tmp_path, TEAM=SECRET)
    (run,) = run_folders(tmp_path)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path for path in files if SECRET.encode() in path.read_bytes()] == []
    assert checkpoint(run)["config"]["loggers"]["tensorboard"]["name"] == "${oc.env:TEAM}"
    assert "${oc.env:TEAM}" in str(yaml.safe_load((run / "config.yaml").read_text())["overrides"])
    printed = gan_lab(f"resume={run}", "generator_steps=4", cwd=tmp_path, status=1, TEAM=SECRET)
    assert "give it again" in printed
    gan_lab(f"resume={run}", "generator_steps=4", "++loggers.tensorboard.name=mine", cwd=tmp_path, TEAM=SECRET)
    assert checkpoint(run)["config"]["loggers"]["tensorboard"]["name"] == "mine"
