"""What a run says of itself at its start."""

import re
from typing import Any

import pytest
import torch

from gan_lab.build import build
from gan_lab.data.digits import Digits
from gan_lab.terminal.table import paragraph
from gan_lab.training.announcement import Announcement, announcement, machine_of, one_line
from tests.callback.runs import played
from tests.fixtures import BuildModel, Compose


@pytest.fixture
def said(composed: Compose, build_model: BuildModel, digits: Digits) -> Any:
    """said("model=gan", processes=2): the paragraph of a command line on the digits, for a run of so many steps."""

    def say(*overrides: str, length: int = 1000, processes: int = 1, step: int = 0) -> str:
        config, model = composed("data=digits", *overrides), build_model("data=digits", *overrides)
        model.run_length = length
        evaluation = build(config["callbacks"]["evaluation"], "evaluation")
        evaluation.measure.plan(digits, evaluation.n)
        return announcement(
            *(config, model, digits, evaluation),
            machine=machine_of(torch.device("cpu"), processes),
            processes=processes,
            step=step,
            folder="outputs/somewhere",
        )

    return say


def test_it_names_the_parts_that_were_chosen(said: Any) -> None:
    text = said("model=gmgan_dynamic", "penalty=[r1,r2]", "seed=7")
    for words in ("gmgan_dynamic, penalty=[r1,r2] on digits", "seed 7", "class_bce", "r1 and r2", "10 components"):
        assert words in text
    assert "gaussian_mixture" in text
    assert "no penalty" in said("model=gan")
    assert "weight_clipping" in said("model=wgan")


def test_parameters_are_those_that_the_optimizers_train(said: Any, build_model: BuildModel) -> None:
    for model in ("wgan_gp", "gmgan_dynamic"):
        optimizers = build_model(f"model={model}", "data=digits").configure_optimizers()
        trained = sum(p.numel() for o in optimizers for group in o.param_groups for p in group["params"])
        (sentence,) = re.findall(r"The generator \(.*? (?:and the \w+ \(\w+\)|and) [\d,]+\.", said(f"model={model}"))
        counts = [int(count.replace(",", "")) for count in re.findall(r" (\d[\d,]*)", sentence)]
        assert sum(counts) == trained, sentence


def test_size_and_shape_of_the_data_are_said(said: Any, digits: Digits) -> None:
    text = said()
    assert f"{len(digits.train)} to train" in text
    assert "28 x 28" in text
    assert "mnistcnn-v2" in text


def test_length_in_passes_over_the_data(said: Any, digits: Digits) -> None:
    epochs = 3
    steps = epochs * len(digits.train)  # of one critic step each, so many batches of 64
    assert f"{64 * epochs} epochs" in said("model=gan", length=steps)
    assert f"{5 * 64 * epochs} epochs; the critic takes 5 for each" in said("model=wgan_gp", length=steps)


def test_every_process_and_its_share_of_the_batch(said: Any) -> None:
    alone, two = said("model=gan"), said("model=gan", processes=2)
    assert "in batches of 64" in alone
    assert "each" not in alone
    assert "2 processes on the CPU" in two
    assert "takes 32 of the 64" in two
    assert "batch norm sees these 32 alone" in two
    assert "batch norm" not in said("model=gan", "model.generator.norm=none", processes=2)


def test_how_often_it_is_measured_and_why_not_more_often(said: Any) -> None:
    assert "measured 10 times" in said(length=1000)
    assert "too short" not in said(length=1000)
    assert "measured 2 times" in said(length=20)
    assert "callbacks.evaluation.steps_apart=50" in said(length=20)
    assert "measured once" in said("callbacks.evaluation.times=1", length=20)


def test_a_resumed_run_says_where_it_goes_on(said: Any) -> None:
    assert "generator step 1,200" in said(length=2000, step=1200)
    assert "goes on" not in said()


def test_it_fits_the_terminal(said: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert max(len(line) for line in paragraph(said(processes=2)).splitlines()) <= 80


def test_a_job_among_many_says_one_line(composed: Compose, build_model: BuildModel) -> None:
    config, model = composed("loss=hinge", "data=ring"), build_model("loss=hinge", "data=ring")
    model.run_length = 20
    line = one_line(config, model, machine_of(torch.device("cpu"), 2), "0_wgan_gp")
    assert "\n" not in line
    for words in ("0_wgan_gp: wgan_gp, loss=hinge on ring", "20 steps", "2 processes"):
        assert words in line


def test_runs_of_before_there_were_names_have_their_variants(composed: Compose, build_model: BuildModel) -> None:
    config, model = composed("data=ring"), build_model("data=ring")
    model.run_length = 20
    del config["name"]
    assert "wgan_gp on ring" in one_line(config, model, "1 process", "run")


def test_it_is_said_once_before_the_first_round(
    composed: Compose, build_model: BuildModel, capsys: pytest.CaptureFixture[str]
) -> None:
    model, config = build_model("model=gan", "data=ring"), composed("model=gan", "data=ring")
    played(model, 2, Announcement(config, "outputs/gan/now"))
    said = capsys.readouterr().out
    assert said.count("gan on ring") == 1
    assert "2 generator steps" in said
    assert "outputs/gan/now" in said
    assert "goes on" not in said
    assert "measured" not in said, "nothing measures here"
