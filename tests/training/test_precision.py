"""Half precision: who chooses it, what stays in single, and that it is the same mathematics."""

import os
import re
import time
from pathlib import Path
from typing import Any

import pytest
import torch
from omegaconf import OmegaConf
from torch import Tensor

from gan_lab.maths.float32 import at_least_single
from gan_lab.model.base import AdversarialModule
from gan_lab.training.precision import (
    CHOSEN,
    WORTH_IT,
    chosen_precision,
    least_seconds,
    precision_of_gpu,
    speedup_of_bfloat16,
)
from gan_lab.training.run import settle_precision
from tests.commands import QUICK, gan_lab, run_folders
from tests.short_runs import ring, trainer

CPU = torch.device("cpu")


def test_the_processor_is_asked_and_the_answer_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (CHOSEN, "LOCAL_RANK"):
        monkeypatch.delenv(name, raising=False)
    precision, why = chosen_precision(CPU)
    said = re.search(r"take ([\d.]+) times", why)
    assert said is not None, why
    share = float(said[1])  # of float32's time
    assert (precision == "bf16-mixed") == (1 / share >= WORTH_IT) or abs(1 / share - WORTH_IT) < 0.05
    assert 0.01 < speedup_of_bfloat16() < 100, "a ratio of two times of much the same"


def test_the_processes_of_a_run_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCAL_RANK", "1")
    monkeypatch.delenv(CHOSEN, raising=False)
    assert chosen_precision(CPU)[0] == "32-true"  # a launcher's processes
    monkeypatch.setenv(CHOSEN, "bf16-mixed")
    assert chosen_precision(CPU)[0] == "bf16-mixed"  # what the first one says


@pytest.mark.parametrize(
    ("capability", "precision"),
    [((7, 0), "32-true"), ((7, 5), "32-true"), ((8, 0), "bf16-mixed"), ((8, 6), "bf16-mixed"), ((9, 0), "bf16-mixed")],
)
def test_gpus_have_tensor_cores_for_bfloat16_from_ampere_on(capability: tuple[int, int], precision: str) -> None:
    assert precision_of_gpu(capability)[0] == precision


def test_the_fastest_run_counts() -> None:
    waits = [0.05, 0.001, 0.001, 0.001]
    start = time.perf_counter()
    least = least_seconds(lambda: time.sleep(waits.pop(0)), 4)
    whole = time.perf_counter() - start
    assert waits == []
    assert 0.001 <= least <= whole / 4


def test_only_auto_is_settled(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv(CHOSEN, "bf16-mixed")
    given = {"precision": "32-true", "accelerator": "auto"}
    settle_precision(given)
    assert (given["precision"], capsys.readouterr().out) == ("32-true", "")
    chosen = {"precision": "auto", "accelerator": "cpu"}
    settle_precision(chosen)
    assert chosen["precision"] == os.environ[CHOSEN] == "bf16-mixed"
    assert "trainer.precision=auto: bf16-mixed, since the first process chose it" in capsys.readouterr().out


@pytest.mark.skipif(torch.cuda.is_available(), reason="a machine without a GPU")
@pytest.mark.parametrize("accelerator", ["auto", "gpu", "cuda", "cpu"])
def test_without_a_gpu_the_processor_decides(monkeypatch: pytest.MonkeyPatch, accelerator: str) -> None:
    monkeypatch.setenv(CHOSEN, "32-true")
    chosen = {"precision": "auto", "accelerator": accelerator}
    settle_precision(chosen)
    assert chosen["precision"] == "32-true"


@pytest.mark.slow
def test_a_run_says_and_keeps_what_it_chose(tmp_path: Path) -> None:
    said = gan_lab(*QUICK, "model=gan", "generator_steps=4", "trainer.precision=auto", cwd=tmp_path)
    chosen = OmegaConf.load(run_folders(tmp_path)[0] / "config.yaml").trainer.precision
    assert chosen in ("32-true", "bf16-mixed")
    assert f"trainer.precision=auto: {chosen}, since " in said


def test_half_becomes_single_and_double_stays() -> None:
    for given, kept in (
        (torch.bfloat16, torch.float32),
        (torch.float32, torch.float32),
        (torch.float64, torch.float64),
    ):
        assert at_least_single(torch.ones(2, dtype=given)).dtype == kept


class Noted:
    """The dtypes in which a module's contests and its critic's layers compute, and the terms of its turns."""

    def __init__(self, model: AdversarialModule) -> None:
        self.seen: dict[str, set[torch.dtype]] = {"scores": set(), "fakes": set(), "layers": set()}
        meet = model.meet

        def noted(*args: Any, **kwargs: Any) -> Any:
            contest = meet(*args, **kwargs)
            self.seen["scores"].add(contest.on_fake.score.dtype)
            self.seen["fakes"].add(contest.fake.dtype)
            return contest

        model.meet = noted  # type: ignore[method-assign]
        model.critic.register_forward_hook(lambda _, __, output: self.seen["layers"].add(output.score.dtype))


def of_one_round(build_model: Any, precision: str, *choice: str) -> tuple[AdversarialModule, Noted]:
    model = build_model("data=ring", "network=mlp_2d", *choice)
    noted = Noted(model)
    model.run_length = 1
    trainer(precision=precision).fit(model, datamodule=ring())
    return model, noted


def test_losses_and_penalties_see_single_precision(build_model: Any) -> None:
    """The critic's layers compute in half where real and fake are judged, in single where the penalty asks."""
    _, noted = of_one_round(build_model, "bf16-mixed", "model=wgan_gp", "model.n_critic=1")
    assert noted.seen["scores"] == noted.seen["fakes"] == {torch.float32}
    assert noted.seen["layers"] == {torch.bfloat16, torch.float32}


@pytest.mark.parametrize("variant", ["gan", "wgan_gp", "ct_gan", "gmgan_dynamic", "mmgan"])
def test_half_precision_is_the_same_mathematics(build_model: Any, variant: str) -> None:
    """The first critic turn's terms agree to what eight bits of a mantissa allow, and are not the same."""
    terms = []
    for precision in ("32-true", "bf16-mixed"):
        model, _ = of_one_round(build_model, precision, f"model={variant}", "model.n_critic=1")
        terms.append(model.played[0].terms.minimised)
    for name, single in terms[0].items():
        assert_near(terms[1][name], single)
    assert any(not torch.equal(terms[0][name], terms[1][name]) for name in terms[0])


def assert_near(half: Tensor, single: Tensor) -> None:
    assert half.dtype == torch.float32
    torch.testing.assert_close(half, single, rtol=0.03, atol=0.01)
