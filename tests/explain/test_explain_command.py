"""python -m gan_lab.explain as a user types it."""

import json
import shlex
from pathlib import Path

import pytest
import torch
from PIL import Image

from gan_lab.errors import GanLabError
from gan_lab.explain.__main__ import main
from gan_lab.explain.run import chosen_figures, explain
from tests.commands import as_program
from tests.fixtures import Compose

QUICK = ("classifier.sizes=[5]", "classifier.samples=50", "lipschitz.steps=5", "lipschitz.points=50", "leaks.steps=2")


@pytest.mark.slow
def test_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "run"
    command = ["seed=3", *QUICK]
    monkeypatch.setattr("sys.argv", ["gan_lab.explain", *command, f"hydra.run.dir={folder}"])
    main()
    printed = capsys.readouterr().out
    names = {"js_and_emd", "classifier", "gradients", "lipschitz", "dynamics", "leaks"}
    assert {path.name for path in folder.iterdir()} == {"explanation.json", *(f"{name}.png" for name in names)}
    for name in names:
        with Image.open(folder / f"{name}.png") as image:
            assert min(image.size) > 400
        assert name in printed
    assert "JS is 0.6931 = log 2" in printed
    report = json.loads((folder / "explanation.json").read_text())
    assert report["figures"].keys() == names
    assert (report["seed"], report["figures"]["lipschitz"]["settings"]["seed"]) == (3, 3)
    assert report["figures"]["lipschitz"]["settings"]["steps"] == 5
    assert report["command"] == shlex.join(["python", "-m", "gan_lab.explain", *command])

    monkeypatch.setattr("sys.argv", ["gan_lab.explain", "figures=[emd]", f"hydra.run.dir={folder}2"])
    with pytest.raises(SystemExit, match=r"^gan_lab: figures is \['emd'\] and must be a list of one or more of js_and"):
        main()
    assert not (tmp_path / "run2").exists()


def test_figures_chooses(composed: Compose, tmp_path: Path) -> None:
    config = composed("figures=[gradients]", f"run_dir={tmp_path}/run", root="explain")
    report, sentences = explain(config, [])
    assert [*report["figures"]] == ["gradients"]
    assert {path.name for path in (tmp_path / "run").iterdir()} == {"explanation.json", "gradients.png"}
    assert sentences[-1].endswith("run")


@pytest.mark.parametrize(
    ("override", "sentence"),
    [
        ("figures=[]", r"figures is \[\] and must be a list"),
        ("figures=gradients", "figures is 'gradients' and must be a list"),
        ("figures=[seed]", r"figures is \['seed'\]"),
        ("threads=0", "threads is 0 and must be above 0"),
        ("threads=two", "threads is 'two' and must be a whole number"),
        ("classifier.samples=many", "classifier.samples is 'many' and must be a whole number"),
        ("js_and_emd.longest_shift=1", "js_and_emd: longest_shift must be above"),
    ],
)
def test_mistakes_are_refused_before_anything_is_drawn(
    composed: Compose, tmp_path: Path, override: str, sentence: str
) -> None:
    with pytest.raises(GanLabError, match=sentence):
        explain(composed(override, f"run_dir={tmp_path}/run", root="explain"), [])
    assert not (tmp_path / "run").exists()


def test_the_program_draws_what_its_arguments_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["figures=[js_and_emd]", "seed=3", f"hydra.run.dir={tmp_path}/run"]
    monkeypatch.setattr("sys.argv", ["gan_lab.explain", *arguments])
    as_program("explain")
    report = json.loads((tmp_path / "run" / "explanation.json").read_text())
    assert (report["command"], report["seed"]) == ("python -m gan_lab.explain 'figures=[js_and_emd]' seed=3", 3)
    assert report["figures"]["js_and_emd"]["seconds"] > 0
    assert report["figures"]["js_and_emd"]["settings"]["plan_shift"] > 0
    assert "JS is 0.6931 = log 2" in capsys.readouterr().out
    monkeypatch.setattr("sys.argv", ["gan_lab.explain", "figures=[emd]", f"hydra.run.dir={tmp_path}/refused"])
    with pytest.raises(SystemExit, match=r"^gan_lab: figures is \['emd'\] and must be a list of one or more of js_and"):
        as_program("explain")
    assert not (tmp_path / "refused").exists()


def test_the_weights_of_a_critic_do_not_depend_on_other_figures(composed: Compose, tmp_path: Path) -> None:
    def numbers(*figures: str) -> object:
        chosen = (f"figures=[{','.join(figures)}]", "~lipschitz.penalties.one_sided", f"run_dir={tmp_path}/run")
        torch.rand(len(figures))
        return explain(composed(*chosen, *QUICK, root="explain"), [])[0]["figures"]["lipschitz"]["numbers"]

    assert numbers("gradients", "lipschitz") == numbers("lipschitz")


def test_a_figure_is_drawn_once(composed: Compose) -> None:
    config = composed("figures=[gradients,js_and_emd,gradients]", root="explain")
    assert chosen_figures(config) == ["gradients", "js_and_emd"]
    for wrong in ([], "gradients", ["gradients", "seed"], ["gradients", "nothing"]):
        with pytest.raises(GanLabError, match="must be a list of one or more of js_and_emd, classifier"):
            chosen_figures(config | {"figures": wrong})
    with pytest.raises(GanLabError, match="threads is 0 and must be above 0"):
        explain(config | {"threads": 0, "run_dir": "unused"}, [])
