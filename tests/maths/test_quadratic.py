"""The transport of one contest: solved once, for the cost of its strength."""

from dataclasses import replace

import pytest
import torch

from gan_lab.maths.quadratic import quadratic_plan, strength_of
from gan_lab.types import Contest
from tests.contests import contest


def played() -> Contest:
    random = torch.Generator().manual_seed(0)
    real, fake = torch.randn(2, 5, 3, generator=random)
    return replace(contest(torch.zeros(5), torch.zeros(5)), real=real, fake=fake)


def test_a_plan_is_kept_for_the_next_term_and_solved_anew_where_a_part_is_missing() -> None:
    found = played()
    plan = quadratic_plan(found)
    assert {*found.shared} == {f"quadratic_{name}" for name in ("match", "rows", "columns", "value")}
    found.shared["quadratic_value"] = torch.tensor(7.0, dtype=torch.float64)
    assert quadratic_plan(found).value.item() == 7
    del found.shared["quadratic_rows"]
    again = quadratic_plan(found)
    assert torch.equal(again.rows, plan.rows)
    assert torch.equal(again.value, plan.value)


def test_other_things_that_a_turn_shares_are_no_plan_and_stay() -> None:
    found = played()
    found.shared["other"] = torch.zeros(())
    assert sorted(quadratic_plan(found).match.tolist()) == [0, 1, 2, 3, 4]
    assert "other" in found.shared


def test_without_reals_there_is_nothing_to_transport() -> None:
    with pytest.raises(ValueError, match="needs real samples"):
        quadratic_plan(replace(played(), real=None))


def test_the_strength_is_that_given_or_one_over_the_coordinates() -> None:
    samples = torch.zeros(7, 2, 3, 4)
    assert strength_of(None, samples) == 1 / 24
    assert strength_of(0.3, samples) == 0.3
