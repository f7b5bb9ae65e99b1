"""What differs between configurations becomes a column, and nothing else does."""

from pathlib import Path
from typing import Any

import pytest

from gan_lab.compare.columns import (
    ABSENT,
    UNKNOWN,
    Column,
    columns_of,
    determined,
    differs,
    follows_seed,
    only_there,
    presence,
    repeats,
    vector,
)
from gan_lab.compare.result import Result, read_run
from tests.compare.results import result
from tests.compare.runs import changed, seeded, write_run


def read(folder: Path, *configs: dict[str, Any]) -> list[Result]:
    """The runs with these configurations."""
    for number, config in enumerate(configs):
        write_run(folder / str(number), config, steps=200)
    return [read_run(folder / str(number)) for number in range(len(configs))]


def keys(results: list[Result]) -> list[str]:
    return [column.key for column in columns_of(results)]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("model__n_critic", 3),
        ("model__generator__hidden", [64]),
        ("model__loss___target_", "gan_lab.loss.hinge.Hinge"),
        ("metric__metrics__prdc__k", 5),
        ("data__split_seed", 1),
        ("callbacks__evaluation__n", 500),
        ("trainer__precision", "bf16-mixed"),
        ("epochs", None),
        ("model__ema_decay", 0.0),
        ("model__top_k__decay", 1),
    ],
)
def test_a_changed_value_is_a_column(tmp_path: Path, config: dict[str, Any], key: str, value: Any) -> None:
    results = read(tmp_path, config, seeded(config, 2), changed(config, **{key: value}))
    assert keys(results) == ["variant", key.replace("___target_", "._target_").replace("__", ".")]


def test_seeds_paths_pictures_and_loggers_are_no_columns(tmp_path: Path, config: dict[str, Any]) -> None:
    other = changed(
        seeded(config, 7),
        data__root="/elsewhere",
        metric__cache_dir="/tmp/cache",
        callbacks__terms__every=3,
        callbacks__image_samples__rows=2,
        loggers={"wandb": {"_target_": "x", "project": "y"}},
        overrides=["model=gan", "seed=7"],
        search={"trial": 3},
    )
    assert keys(read(tmp_path, config, other)) == ["variant"]


def test_a_seed_that_does_not_follow_the_runs_is_a_column(tmp_path: Path, config: dict[str, Any]) -> None:
    fixed = [changed(seeded(config, seed), data__seed=5) for seed in (1, 2)]
    assert keys(read(tmp_path, seeded(config, 1), seeded(config, 2), *fixed)) == ["variant", "data.seed"]


def test_what_repeats_a_shorter_key_shares_its_column(tmp_path: Path, config: dict[str, Any]) -> None:
    both = {f"model__optimizers__{player}__lr": 0.001 for player in ("critic", "generator")}
    alike = columns_of(read(tmp_path / "alike", config, changed(config, optimizer__lr=0.001, **both)))
    assert [column.key for column in alike] == ["variant", "optimizer.lr"]
    assert set(alike[1].repeated_by) == {"model.optimizers.critic.lr", "model.optimizers.generator.lr"}
    apart = read(tmp_path / "apart", config, changed(config, optimizer__lr=0.001, model__optimizers__critic__lr=0.001))
    assert keys(apart) == ["variant", "optimizer.lr"]
    own = both | {"model__optimizers__critic__lr": 0.002}
    third = read(tmp_path / "third", config, changed(config, optimizer__lr=0.001, **own))
    assert set(keys(third)) == {"variant", "model.optimizers.critic.lr", "optimizer.lr"}


def test_what_a_command_line_gave_has_its_own_column(tmp_path: Path, config: dict[str, Any]) -> None:
    values = {"model__critic__dropout": 0.3, "model__generator__dropout": 0.3}
    low = changed(config, model__critic__dropout=0.0, model__generator__dropout=0.0)
    high = changed(config, **values, overrides=["model.critic.dropout=0.3", "model.generator.dropout=0.3"])
    assert set(keys(read(tmp_path, low, high))) == {"variant", "model.critic.dropout", "model.generator.dropout"}


def test_a_key_that_some_runs_lack_is_empty_there(tmp_path: Path, config: dict[str, Any]) -> None:
    penalty = {"_target_": "gan_lab.penalty.gradient.GradientPenalty", "weight": 10.0, "form": "two_sided"}
    weights = [changed(config, model__penalties__gradient=penalty | {"weight": weight}) for weight in (10.0, 3.0)]
    results = read(tmp_path, config, *weights)
    columns = {column.key: column for column in columns_of(results)}
    assert set(columns) == {"variant", "model.penalties.gradient._target_", "model.penalties.gradient.weight"}
    weight, target = columns["model.penalties.gradient.weight"], columns["model.penalties.gradient._target_"]
    assert [weight.value(result) for result in results] == ["", 10.0, 3.0]
    assert [target.value(result) for result in results] == ["", "GradientPenalty", "GradientPenalty"]
    assert weight.name == "gradient.weight"


def test_equal_numbers_are_equal_and_true_is_not_one(tmp_path: Path, config: dict[str, Any]) -> None:
    assert keys(read(tmp_path / "a", changed(config, model__n_critic=1), changed(config, model__n_critic=1.0))) == [
        "variant"
    ]
    other = read(tmp_path / "b", changed(config, model__n_critic=1), changed(config, model__n_critic=True))
    assert keys(other) == ["variant", "model.n_critic"]


def test_what_a_variant_brings_with_it_stands_behind_what_was_swept(
    tmp_path: Path, configs: dict[str, dict[str, Any]]
) -> None:
    sweep = [changed(configs[v], model__ema_decay=decay) for v in ("gan", "wgan_gp") for decay in (0.9, 0.99)]
    columns = columns_of(read(tmp_path, *sweep))
    assert [column.key for column in columns if column.swept] == ["variant", "model.ema_decay"]
    assert "model.loss._target_" in [column.key for column in columns if not column.swept]


def with_settings(*settings: dict[str, Any], **more: Any) -> list[Result]:
    return [result(str(number), settings=one, **more) for number, one in enumerate(settings)]


def test_a_value_may_be_absent_or_unknown() -> None:
    training, other = with_settings({"a": 1, "sampling.t": 2}, {})
    lost = result(settings={}, complete=False)
    evaluation = result(settings={"a": True}, kind="evaluation")
    everything = [training, other, lost, evaluation]
    assert vector("a", everything) == ("1.0", ABSENT, UNKNOWN, "true")
    assert vector("sampling.t", everything) == ("2.0", UNKNOWN, UNKNOWN, ABSENT)
    assert presence(vector("a", everything)) == [True, False, False, True]


def test_only_a_seed_that_equals_the_runs_follows_it() -> None:
    one, two = result(seed=1, settings={"data.seed": 1}), result(seed=2, settings={"data.seed": 2})
    fixed, lost = result(seed=3, settings={"data.seed": 1}), result(seed=4, settings={"data.seed": 9}, complete=False)
    assert follows_seed("data.seed", [one, two, lost])
    assert follows_seed("data.seed", [one, result(seed=7, settings={})])
    assert not follows_seed("data.seed", [one, fixed])
    assert follows_seed("seed", [one, fixed])
    assert not follows_seed("data.size", [one, two])


def test_keys_that_tell_only_that_their_object_is_there() -> None:
    there: dict[str, tuple[str, ...]] = {
        "p._target_": ('"P"', ABSENT),
        "p.weight": ("3.0", ABSENT),
        "p.deep.size": ("1.0", ABSENT),
    }
    assert only_there("p.weight", there)
    assert only_there("p.deep.size", there)
    assert not only_there("p._target_", there)
    assert not only_there("p.weight", there | {"p.weight": ("3.0", "4.0")})
    assert not only_there("p.weight", there | {"p.weight": (ABSENT, "3.0")}), "where it is absent the object is there"
    lone: dict[str, tuple[str, ...]] = {"alone": ("1.0", ABSENT)}
    assert not only_there("alone", lone)
    inner: dict[str, tuple[str, ...]] = {
        "p._target_": ('"P"', '"P"'),
        "p.q._target_": ('"Q"', UNKNOWN),
        "p.q.size": ("1.0", UNKNOWN),
    }
    assert only_there("p.q.size", inner)


def test_repeating_and_being_determined_allow_for_what_is_unknown() -> None:
    assert repeats(("1", UNKNOWN), ("1", "2"))
    assert not repeats(("1", "2"), ("1", UNKNOWN))
    assert not repeats(("1", "3"), ("1", "2"))
    gan, wgan = ("gan", "ring"), ("wgan", "ring")
    assert determined(("1", "1", "2"), [gan, gan, wgan])
    assert determined(("1", UNKNOWN, "2"), [gan, gan, wgan])
    assert not determined(("1", "2", "2"), [gan, gan, wgan])
    assert determined(("1", "1"), [gan, wgan])


def test_a_column_differs_where_two_values_are_known() -> None:
    column = Column("a", True)
    assert differs(column, with_settings({"a": 1}, {"a": 2}))
    assert differs(column, with_settings({"a": 1}, {}))
    assert not differs(column, with_settings({"a": 1}, {"a": 1.0}))
    assert not differs(column, [*with_settings({"a": 1}), result(settings={}, complete=False)])


def test_columns_stand_in_their_order() -> None:
    settings = [
        {"z": z, "a.b": a, "dataset": d, "variant": "gan", "fixed": 1}
        for z, a, d in ((1, 5, "ring"), (2, 5, "ring"), (1, 6, "grid"), (2, 6, "grid"))
    ]
    columns = columns_of(with_settings(*settings))
    assert [(column.key, column.swept) for column in columns] == [
        *(("variant", True), ("dataset", True), ("z", True), ("a.b", False)),
    ]
    given = columns_of(with_settings(*settings, given=frozenset({"a.b"})))
    assert [(column.key, column.swept) for column in given][2:] == [("z", True), ("a.b", True)]
