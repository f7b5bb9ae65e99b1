"""Where float64 is computed."""

import torch

from gan_lab.maths.float64 import double, with_float64


def test_apples_gpus_leave_float64_to_the_cpu() -> None:
    assert with_float64(torch.device("mps")) == torch.device("cpu")
    for device in ("cpu", "cuda:1"):
        assert with_float64(torch.device(device)) == torch.device(device)


def test_values_of_the_cpu_stay_there() -> None:
    values = torch.tensor([0.1, 0.2])
    assert double(values).dtype == torch.float64
    assert torch.equal(double(values).float(), values)
