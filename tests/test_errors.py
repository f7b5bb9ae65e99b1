"""What an error tells its reader, and what it keeps for the program."""

import pickle

import pytest

from gan_lab.errors import GanLabError, SamplingBudgetError


@pytest.mark.parametrize(("accepted", "proposed", "share"), [(3, 200, 0.015), (0, 0, 0.0), (1, 1, 1.0)])
def test_a_budget_says_how_much_was_accepted_of_what(accepted: int, proposed: int, share: float) -> None:
    error = SamplingBudgetError("drs", wanted=10, accepted=accepted, proposed=proposed, hint="wait longer", z="codes")
    assert error.acceptance == pytest.approx(share)
    assert (error.wanted, error.accepted, error.proposed, error.z) == (10, accepted, proposed, "codes")
    assert (error.sampler, error.hint) == ("drs", "wait longer")
    assert str(error) == (
        f"sampler=drs accepted {accepted} of {proposed} proposals ({share:.2g}) and cannot draw 10 samples: wait longer"
    )


def test_another_process_gets_the_sentence() -> None:
    error = SamplingBudgetError("drs", wanted=1, accepted=0, proposed=1, hint="wait", unit="chains")
    arrived = pickle.loads(pickle.dumps(error))
    assert type(arrived) is GanLabError
    assert str(arrived) == str(error)
    assert "cannot draw 1 chains" in str(arrived)


def test_no_sentence_has_the_password_of_an_address() -> None:
    said = str(GanLabError("a=postgresql://me:geheim@host/db is given twice, and so is b=sqlite:///file:x@y.db"))
    assert said == "a=postgresql://me:***@host/db is given twice, and so is b=sqlite:///file:x@y.db"
