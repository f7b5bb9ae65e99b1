"""The plain sampler."""

import pytest
import torch

from gan_lab.sampler.direct import Direct
from tests.fixtures import BuildModel
from tests.short_runs import ring


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(3)


@pytest.mark.parametrize("variant", ["gan", "gmgan_dynamic"])
def test_samples_do_not_depend_on_batches_or_processes(build_model: BuildModel, variant: str) -> None:
    model = build_model(f"model={variant}", "data=ring", "model.generator.norm=batch")
    results = {}
    for batch_size in (1, 7, 100):
        sampler = Direct(batch_size=batch_size)
        sampler.prepare(model, ring())
        results[batch_size] = sampler.sample(23, generator())
    for other in (1, 7):
        torch.testing.assert_close(results[other].x, results[100].x)
    parts = [sampler.sample(23, generator(), rank=rank, world_size=3) for rank in range(3)]
    torch.testing.assert_close(torch.cat([part.x for part in parts]), results[100].x)
    assert torch.equal(torch.cat([part.latent.z for part in parts]), results[100].latent.z)
    assert sum(part.stats["generator_evaluations"] for part in parts) == 23


def test_an_empty_share_is_empty(build_model: BuildModel) -> None:
    sampler = Direct(batch_size=5)
    sampler.prepare(build_model("model=gmgan_static", "data=ring"), ring())
    assert sampler.sample(2, generator(), rank=2, world_size=3).x.shape == (0, 2)


def test_the_average_generates_and_nothing_is_disturbed(build_model: BuildModel) -> None:
    model = build_model("model=gan", "data=ring")
    model.train()
    for parameter in model.generator.parameters():
        parameter.data.zero_()
    sampler = Direct(batch_size=5)
    sampler.prepare(model, ring())
    before = torch.get_rng_state()
    assert sampler.sample(4, generator()).x.abs().max() > 0
    assert torch.equal(before, torch.get_rng_state())
    assert model.averaged_generator.training
