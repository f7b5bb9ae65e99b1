"""Settings that are drawn for trials: in their ranges, as often as they should be, and each for itself."""

import math

import pytest
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from scipy.stats import kstest

from gan_lab.study.trial_draws import drawn, value

MANY = 400
SPACE = {
    "optimizer.lr": FloatDistribution(1e-4, 4e-3, log=True),
    "model.alpha": FloatDistribution(-2.0, 1.0),
    "model.n_critic": CategoricalDistribution(["1", "2", "5"]),
    "model.prior.means_seed": IntDistribution(1, 5),
}


def column(key: str) -> list[str]:
    found = [dict(word.split("=") for word in drawn(SPACE, "gan", trial)) for trial in range(MANY)]
    return [settings[key] for settings in found]


def test_rates_are_uniform_in_the_logarithm_and_weights_uniform() -> None:
    logs = [math.log(float(rate) / 1e-4) / math.log(40) for rate in column("optimizer.lr")]
    linear = [(float(alpha) + 2) / 3 for alpha in column("model.alpha")]
    for shares in (logs, linear):
        assert min(shares) >= 0
        assert max(shares) <= 1
        assert kstest(shares, "uniform").pvalue > 1e-3


@pytest.mark.parametrize(("key", "choices"), [("model.n_critic", "1 2 5"), ("model.prior.means_seed", "1 2 3 4 5")])
def test_every_choice_comes_equally_often(key: str, choices: str) -> None:
    found, wanted = column(key), choices.split()
    assert {*found} == {*wanted}
    for choice in wanted:
        share = 1 / len(wanted)
        assert abs(found.count(choice) - MANY * share) < 4 * math.sqrt(MANY * share * (1 - share))


def test_a_value_depends_on_its_own_range_alone() -> None:
    alone = drawn({"model.alpha": SPACE["model.alpha"]}, "gan", 3)
    assert alone[0] in drawn(SPACE, "gan", 3)
    assert alone != drawn({"model.alpha": SPACE["model.alpha"]}, "wgan", 3)
    assert alone != drawn({"model.alpha": SPACE["model.alpha"]}, "gan", 4)


def test_the_ends_of_a_range_stay_in_it() -> None:
    nearly = 1 - 2**-40
    assert value(IntDistribution(2, 9), nearly) == "9"
    assert value(IntDistribution(2, 8, step=3), nearly) == "8"
    assert value(IntDistribution(1, 100, log=True), nearly) == "100"
    assert value(IntDistribution(1, 100, log=True), 0.0) == "1"
    assert float(value(FloatDistribution(0.0123456, 0.0987654), nearly)) <= 0.0987654
    assert float(value(FloatDistribution(0.0123456, 0.0987654), 0.0)) >= 0.0123456
