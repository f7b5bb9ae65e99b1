"""What a run says of itself at its end."""

import re
from pathlib import Path
from typing import Any

import pytest

from gan_lab.build import build
from gan_lab.metric.direction import named
from gan_lab.runs.run_folder import RunFolder
from gan_lab.training.conclusion import files, result_in_one_line, what_next
from tests.callback.test_evaluation import evaluated
from tests.fixtures import BuildModel, Compose


def test_the_file_has_every_measure_of_best_last_and_real(build_model: BuildModel, tmp_path: Path) -> None:
    callback = evaluated(build_model("model=gan", "data=ring"), tmp_path)
    text = RunFolder(tmp_path).measures.read_text()
    for values in callback.results.values():
        for name, value in values.items():
            assert re.search(rf"^\| {named(name)} \|.*\b{re.escape(f'{value:.4g}')} ", text, re.MULTILINE), (
                name,
                value,
            )
    assert "lower is better" in text
    assert text.endswith("What each measure means: gan_lab/metric/README.md\n")
    titles = (f"best (step {callback.best_step})", "last (step 20)", "last, not averaged", "real (floor)")
    assert (*callback.columns,) == titles
    line = result_in_one_line(callback, tmp_path / "0_gan")
    assert line.startswith(f"0_gan: emd {callback.best:.4g} (real ")
    assert line.endswith(f"best at step {callback.best_step}")


def test_nothing_measured_is_said(composed: Compose, tmp_path: Path) -> None:
    callback: Any = build(composed("data=ring")["callbacks"]["evaluation"], "evaluation")
    callback.results = {"best": {}, "last": {}, "floor": {}}
    assert "nothing could be measured" in result_in_one_line(callback, tmp_path)


def test_only_files_that_are_there_are_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run = RunFolder(tmp_path / "outputs" / "gan" / "now")
    run.samples.mkdir(parents=True)
    assert files(run.path, measured=False) == ["run folder: outputs/gan/now"]
    (run.samples / "latest.png").touch()
    run.report.touch()
    _, report, *listed = files(run.path, measured=True)
    assert report == "report: outputs/gan/now/report.html"
    assert listed == ["picture: outputs/gan/now/samples/latest.png", "all measures: outputs/gan/now/measures.md"]


@pytest.mark.parametrize(("key", "value"), [("epochs", 3), ("generator_steps", 20)])
def test_commands_name_the_run_and_a_longer_length(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str, value: int
) -> None:
    monkeypatch.chdir(tmp_path)
    lengths = {"data": {"shape": [2]}, "epochs": None, "generator_steps": None} | {key: value}
    _, evaluate, sample, resume, compare = what_next(lengths, tmp_path / "outputs" / "gan" / "now")
    assert compare.split()[:4] == ["python", "-m", "gan_lab.compare", "outputs/gan"]
    assert evaluate.split()[:4] == ["python", "-m", "gan_lab.evaluate", "outputs/gan/now"]
    assert sample.split()[:4] == ["python", "-m", "gan_lab.sample", "outputs/gan/now"]
    assert "format=npz" in sample, "there is no picture of a point"
    for generator, shown in (("mlp.MLPGenerator", True), ("resnet.ResNetGenerator", False)):
        of_images = {"data": {"shape": [1, 28, 28]}, "model": {"generator": {"_target_": generator}}}
        said = what_next(lengths | of_images, tmp_path / "outputs" / "gan" / "now")
        explore = ["python", "-m", "gan_lab.explore", "outputs/gan/now"]
        assert [line.split()[:4] for line in said].count(explore) == shown, "a browser computes no residual blocks"
    command, _, given = resume.partition("  # ")[0].rpartition("=")
    assert command.split() == ["python", "-m", "gan_lab", "resume=outputs/gan/now", key]
    assert int(given) > value
    *_, replay, _ = what_next(
        lengths | {"callbacks": {"replay": {}}, "model": {"critic": {}}}, tmp_path / "outputs" / "gan" / "now"
    )
    assert replay.split()[:4] == ["python", "-m", "gan_lab.replay", "outputs/gan/now"]
