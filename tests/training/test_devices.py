"""Which devices a run takes, on machines that this one is not."""

from typing import Any

import pytest
import torch

from gan_lab.errors import GanLabError
from gan_lab.training.devices import chosen_accelerator, device_error, several_processes


def options(**given: Any) -> dict[str, Any]:
    return {"accelerator": "auto", "devices": 1, "num_nodes": 1, "deterministic": True} | given


@pytest.mark.parametrize(
    ("devices", "accelerator", "gpus", "several"),
    [
        *((1, "cuda", 4, False), ("1", "cuda", 4, False), ([3], "cuda", 4, False), (2, "cuda", 4, True)),
        *(([0, 2], "cuda", 4, True), ("0,1", "gpu", 4, True), (2, "cpu", 0, True), ("2", "cpu", 4, True)),
        *((every, "cuda", 1, False) for every in ("auto", -1, "-1")),
        *((every, "gpu", 2, True) for every in ("auto", -1, "-1")),
        *(("auto", "cpu", 8, False), ("auto", "mps", 0, False), ("auto", "cuda", 0, False)),
    ],
)
def test_one_device_is_one_process_however_it_is_named(
    monkeypatch: pytest.MonkeyPatch, devices: Any, accelerator: str, gpus: int, several: bool
) -> None:
    monkeypatch.setattr(torch.cuda, "device_count", lambda: gpus)
    assert several_processes(options(devices=devices, accelerator=accelerator)) == several
    assert several_processes(options(devices=devices, accelerator=accelerator, num_nodes=2))


def test_by_itself_a_run_takes_an_nvidia_gpu_or_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    for there, name in ((True, "cuda"), (False, "cpu")):
        monkeypatch.setattr(torch.cuda, "is_available", lambda there=there: there)
        assert chosen_accelerator(options()) == name
        assert chosen_accelerator(options(accelerator="cpu")) == "cpu"
    for name in ("gpu", "mps"):
        assert chosen_accelerator(options(accelerator=name, deterministic=False)) == name
        with pytest.raises(GanLabError, match=r"trainer.deterministic=false, or use trainer.accelerator=cpu"):
            chosen_accelerator(options(accelerator=name))


def test_too_few_gpus_are_said_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lightning's own words, which could change with it, from its own code."""
    from lightning.fabric.utilities.device_parser import _sanitize_gpu_ids
    from lightning.fabric.utilities.exceptions import MisconfigurationException

    monkeypatch.setattr("lightning.fabric.utilities.device_parser._get_all_available_gpus", lambda **_: [0])
    with pytest.raises(MisconfigurationException) as caught:
        _sanitize_gpu_ids([0, 1], include_cuda=True)
    said = device_error(str(caught.value), options(devices=2))
    assert said is not None
    assert said.startswith("trainer.devices=2 asks for more GPUs than there are")
    assert "trainer.accelerator=cpu" in said
    assert device_error("something else", options()) is None
