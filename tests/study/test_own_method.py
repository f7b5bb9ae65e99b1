"""A method of one's own in a study of digits, trained and measured: what a user does who wants its rank."""

import json
import re
from pathlib import Path

import pytest

from tests.commands import gan_lab

MINE = """\
# @package _global_
defaults:
  - gan
  - override /loss: hinge
search:
  optimizer.lr: null
  model.packing: choice(1,2)
"""


@pytest.mark.slow
def test_a_method_of_ones_own_gets_its_rank(tmp_path: Path) -> None:
    conf = tmp_path / "conf" / "model"
    conf.mkdir(parents=True)
    (conf / "mine.yaml").write_text(MINE)
    said = gan_lab(
        *("-m", "experiment=study", "study.methods=['gan penalty=[r1]',mine]", "data=digits", "network=mlp"),
        *("study.trials=2", "study.finals=1", "study.rounds=12", "callbacks.evaluation.n=100"),
        *(f"hydra.searchpath=[file://{tmp_path / 'conf'}]", "hydra.sweep.dir=study"),
        cwd=tmp_path,
    )
    assert "2 methods, 6 trainings as long as 12 rounds of model=gan" in said
    found = json.loads((tmp_path / "study" / "study.json").read_text())["methods"]
    assert [*found] == ["gan_r1", "mine"]
    assert {*found["mine"]["ranges"]} == {"model.packing", "optimizer.lr", "optimizer.betas"}
    for method in found.values():
        (final,) = method["finals"]
        best = min(method["trials"], key=lambda trial: trial["fid"])
        assert final["settings"] == best["settings"]
        assert {"fid", "precision_k3"} <= final["test"].keys()
        assert final["seed"] not in {trial["seed"] for trial in method["trials"]}
    page = (tmp_path / "study" / "study.md").read_text()
    ranked = re.findall(r"^\| `(\w+)` \| 0 \| ([\d.]+) ", page, re.MULTILINE)
    assert {name for name, _ in ranked} == {"gan_r1", "mine"}
    assert [float(median) for _, median in ranked] == sorted(float(median) for _, median in ranked)
    assert {path.stem for path in (tmp_path / "study").glob("*.png")} >= {"trials", "best_of_k", "rate"}
