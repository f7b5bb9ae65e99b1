"""What other extractors say of the ladder of a new one."""

import copy

import pytest
import torch

from gan_lab.data.base import DataModule, Samples
from gan_lab.data.digits import Digits
from gan_lab.errors import GanLabError
from gan_lab.extractor.beside import compared, others, rank_correlation
from gan_lab.extractor.ladder import features, ladder


def test_ranks_are_correlated_over_the_rungs() -> None:
    def rising(*fids: float) -> dict[str, dict[str, float]]:
        return {str(rung): {"fid": fid} for rung, fid in enumerate(fids)} | {"checks": {"n": 3}}

    assert rank_correlation(rising(1, 2, 3, 4), rising(1, 10, 100, 1000)) == pytest.approx(1)
    assert rank_correlation(rising(1, 2, 3, 4), rising(9, 8, 7, 6)) == pytest.approx(-1)
    # 1 - 6 Σd² / (n (n² - 1)), with two neighbours exchanged
    assert rank_correlation(rising(1, 2, 3, 4), rising(1, 3, 2, 4)) == pytest.approx(1 - 12 / 60)


def test_each_is_measured_on_the_same_rungs(digits: Digits) -> None:
    few = copy.copy(digits)
    few.validation = digits.validation.subset(slice(40))
    mine, random = others(["mnistcnn-v1", "random-v1"], few)
    steps = ladder(mine, few)
    found = compared(steps, [mine, random], few)
    assert [*found] == ["mnistcnn-v1", "random-v1"]
    assert found["mnistcnn-v1"] == {"sha256": mine.digest, "rank_correlation": pytest.approx(1), "ladder": steps}
    assert found["random-v1"]["rank_correlation"] == rank_correlation(ladder(random, few), steps) < 1


def test_the_untrained_one_has_the_head_of_the_training_images(digits: Digits) -> None:
    (random,) = others(["random-v1"], digits)
    seen = features(random, digits.train.values).double()
    assert seen.mean(0).abs().max() < 1e-4
    assert seen.var(0).mean().item() == pytest.approx(1, rel=1e-4)


def test_an_extractor_of_other_images_is_refused() -> None:
    class Small(DataModule):
        def load(self) -> tuple[Samples, Samples, Samples]:
            return (Samples(torch.zeros(4, 1, 8, 8, dtype=torch.uint8), torch.zeros(4, dtype=torch.int64)),) * 3

    small = Small(shape=(1, 8, 8), num_classes=2, batch_size=2, seed=0, split_seed=0)
    small.setup()
    with pytest.raises(GanLabError, match=r"mnistcnn-v1 takes images of shape \[1, 28, 28\]"):
        others(["mnistcnn-v1"], small)
