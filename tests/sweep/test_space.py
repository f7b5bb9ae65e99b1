"""Search spaces: Hydra's words, Optuna's distributions, and those of every variant."""

from typing import Any

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution

from gan_lab.errors import GanLabError
from gan_lab.sweep.space import distribution, own_value, within
from gan_lab.trust.targets import CONF_DIR

VARIANTS = sorted(path.stem for path in (CONF_DIR / "model").glob("*.yaml"))


def parsed(text: str) -> BaseDistribution:
    (override,) = OverridesParser.create().parse_overrides([f"key={text}"])
    return distribution(override)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("interval(0,1)", FloatDistribution(0.0, 1.0)),
        ("tag(log,interval(1e-5,1e-3))", FloatDistribution(1e-5, 1e-3, log=True)),
        ("int(interval(2,9))", IntDistribution(2, 9)),
        ("tag(log,int(interval(2,64)))", IntDistribution(2, 64, log=True)),
        ("range(1,6,2)", IntDistribution(1, 5, step=2)),
        ("range(0.0,0.3,0.1)", CategoricalDistribution(["0.0", "0.1", "0.2"])),
        ("1,2,5", CategoricalDistribution(["1", "2", "5"])),
        ("choice(a,b)", CategoricalDistribution(["a", "b"])),
        ("choice([128,256],[512])", CategoricalDistribution(["[128,256]", "[512]"])),
    ],
)
def test_words_of_hydra(text: str, expected: BaseDistribution) -> None:
    assert parsed(text) == expected


@pytest.mark.parametrize(
    "text", ["interval(1,0)", "interval(1,1)", "tag(log,interval(0,1))", "tag(log,interval(-1,1))"]
)
def test_impossible_spaces_are_refused(text: str) -> None:
    with pytest.raises(GanLabError, match="key="):
        parsed(text)


def test_own_values_are_those_in_the_space() -> None:
    assert own_value(parsed("interval(0,1)"), 0.3) == 0.3
    assert own_value(parsed("interval(0,1)"), 1.3) is None
    assert own_value(parsed("interval(0,1)"), True) is None
    assert own_value(parsed("1,2,5"), 5) == "5"
    assert own_value(parsed("1,2,5"), 3) is None
    assert own_value(parsed("true,false"), False) == "False"
    assert own_value(parsed("choice([128,256],[512])"), [128, 256]) == "[128,256]"
    assert own_value(parsed("range(1,6,2)"), 4) is None


def test_a_choice_lies_within_its_space() -> None:
    space = {"a": parsed("interval(0,1)"), "b": parsed("choice(x,y)"), "c": parsed("range(1,6,2)")}
    assert within(space, {"a": 0.5, "b": "x", "c": 3})
    for wrong in ({"a": 2.0}, {"a": "0.5"}, {"a": True}, {"b": "z"}, {"b": {"_target_": "os.system"}}, {"c": 2}):
        assert not within(space, {"a": 0.5, "b": "x", "c": 3} | wrong)
    assert not within(space, {"a": 0.5, "b": "x"})
    assert not within(space, {"a": 0.5, "b": "x", "c": 3, "d": 1})


@pytest.mark.slow
@pytest.mark.parametrize("variant", VARIANTS)
def test_every_variant_has_a_space_around_its_defaults(composed: Any, variant: str) -> None:
    """What a search would vary exists in the variant's configuration, and the first trial is the variant itself."""
    config = composed(f"model={variant}", "experiment=search")
    space = {key: text for key, text in config["search"].items() if text is not None}
    assert len(space) > 0
    for key, text in space.items():
        node = config
        for part in key.split("."):
            node = node[part]
        assert own_value(parsed(text), node) is not None, f"{key}={node} lies outside of {text}"
    assert "pruning" in config["callbacks"]
