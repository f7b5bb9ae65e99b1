"""Indexed randomness."""

import pytest
import torch

from gan_lab.noise import IndexedNoise, seed_global, seed_of

CPU = torch.device("cpu")


def test_a_seed_depends_on_every_part_of_the_key() -> None:
    keys = [("a", 1, 2), ("a", 2, 1), ("b", 1, 2), ("a", 12), ("a", 1, 2, 0), (1, 2)]
    assert len({seed_of(*key) for key in keys}) == len(keys)
    assert seed_of("a", 1, 2) == seed_of("a", 1, 2)
    assert all(0 <= seed_of(*key) < 2**63 for key in keys)


@pytest.mark.parametrize("draw", ["uniform", "normal"])
def test_the_ranks_shares_are_one_processes_draw(draw: str) -> None:
    together = IndexedNoise(("k", 3), CPU)
    apart = [IndexedNoise(("k", 3), CPU, rank, 2) for rank in range(2)]
    for shape in [(8, 5), (8, 1, 1)]:  # one draw after the other, from the same stream
        whole = getattr(together, draw)(*shape)
        parts = [getattr(noise, draw)(shape[0] // 2, *shape[1:]) for noise in apart]
        assert torch.equal(whole, torch.cat(parts))
        assert not torch.equal(parts[0], parts[1])


def test_the_global_stream_is_left_alone() -> None:
    before = torch.get_rng_state()
    IndexedNoise(("k",), CPU).normal(10, 3)
    assert torch.equal(before, torch.get_rng_state())


def test_the_numbers_are_of_the_law_they_are_named_for() -> None:
    noise = IndexedNoise(("k",), CPU)
    uniform, normal = noise.uniform(20_000), noise.normal(20_000)
    assert uniform.shape == normal.shape == (20_000,)
    assert 0 <= uniform.min() < 0.001
    assert 0.999 < uniform.max() < 1
    assert abs(normal.mean()) < 0.04
    assert abs(normal.std() - 1) < 0.03
    assert noise.device == CPU


def test_a_seed_repeats_what_dropout_draws() -> None:
    drawn = []
    with torch.random.fork_rng(devices=[]):
        for seed in (1, 2, 1):
            seed_global(seed, CPU)
            drawn.append(torch.rand(3).tolist())
        torch.manual_seed(1)
        assert torch.rand(3).tolist() == drawn[0]
    assert drawn[0] == drawn[2] != drawn[1]
