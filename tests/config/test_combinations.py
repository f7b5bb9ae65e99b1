"""Every combination of what a command line lists."""

import random

import pytest
from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra.core.override_parser.overrides_parser import OverridesParser

from gan_lab.config.combinations import combinations
from gan_lab.errors import GanLabError

WORDS = (
    *(
        "model=gan,wgan",
        "seed=1,2,3",
        "penalty=[],[r1]",
        "+x=range(1,4)",
        "~callbacks.figures",
        "~callbacks.report",
        "name='a,b'",
        "y='a','b'",
    ),
    *("seed=4", "model=choice(gan,wgan_gp)", "++z=sort(3,1,2)", r"data.root=C:\images\x", "n=null"),
)


@pytest.mark.parametrize("seed", range(20))
def test_they_are_those_of_hydras_own_sweeper(seed: int) -> None:
    words = random.Random(seed).sample(WORDS, 5)
    overrides = OverridesParser.create().parse_overrides(words)
    assert combinations(overrides) == BasicSweeper.split_arguments(overrides, None)[0]


def test_an_empty_list_has_no_job() -> None:
    assert combinations(OverridesParser.create().parse_overrides(["seed=range(1,1)", "model=gan"])) == []


def test_an_interval_lists_nothing() -> None:
    with pytest.raises(GanLabError, match=r"optimizer.lr=interval\(1e-5,1e-3\): a grid lists its values"):
        combinations(OverridesParser.create().parse_overrides(["optimizer.lr=interval(1e-5,1e-3)"]))
