"""What is said of turns, dropout and the documents' order follows from the records, whatever they are."""

import re
from pathlib import Path
from typing import Any

from gan_lab.reference.rows import REPORTED
from gan_lab.reference.training_answers import dropout, equal_steps, n_critic, order, stability
from tests.reference.made import answered, record, table, three, write_curve


def test_the_order_is_that_of_the_reported_figures() -> None:
    theirs = ["gmgan_dynamic", "gan_d200", "wgan_gp_100_epochs", "wgan_50_epochs"]
    theirs += ["gmgan_wgan_gp_std_1.0", "gmgan_static_k11"]
    assert {*theirs} == REPORTED.keys()
    said = order(table(record("gan", 1), *(record(row, 10 + place) for place, row in enumerate(theirs))))
    assert "?** Its means do. Ours" in said
    assert f"theirs: {' < '.join(f'`{row}`' for row in theirs)}" in said
    assert "?** Its means do not." in order(
        table(record("gan", 1), *(record(row, 10 - place) for place, row in enumerate(theirs)))
    )


def test_training_the_generator_less_often_is_judged_for_each_n() -> None:
    rows = [*three("gan_n1", 20), *three("gan_n2", 30)]
    for fid, verdict in ((40, "No"), (10, "Yes")):
        said = answered(n_critic, *rows, *three("gan_n3", fid))
        assert re.findall(r"n = (\d): (Yes|No), the FID", said) == [("2", "No"), ("3", verdict)]


def test_generators_are_compared_after_equal_steps(tmp_path: Path) -> None:
    losses: dict[str, Any] = {"critic__loss": [-2.0] * 40}
    often = [1000 - i if i % 4 == 3 else "" for i in range(40)]
    write_curve(tmp_path, "gan_n1", fid=often, **losses, critic__loss_std=[9.0] * 20 + [0.5] * 20)
    write_curve(tmp_path, "gan_n2", fid=[""] * 40, **losses, critic__loss_std=[9.0] * 20 + [1.0] * 20)
    rare = [900 if i == 12 else "" for i in range(40)]
    write_curve(tmp_path, "gan_n3", fid=rare, **losses, critic__loss_std=[9.0] * 20 + [2.0] * 20)
    t = table(record("gan_n1", 10), record("gan_n2", 20), record("gan_n3", 30), reference=tmp_path)
    assert "989 after 1,200 steps with n = 1, 900 after 1,300 steps with n = 3" in equal_steps(t)
    assert "25, 50, 100 % for n = 1, 2, 3" in stability(t)
    assert "n = 2: inconclusive, one seed each cannot tell" in stability(t)


def test_every_dropout_has_its_verdict() -> None:
    rows = [*three("gan_n1", 14), *three("gan_dropout_0.3", 10), *three("gan_dropout_0.5", 30)]
    said = answered(dropout, *rows)
    assert "Without dropout, compared with 0.3, FID gets worse: the FID of" in said
    assert "compared with 0.5, FID improves: the FID of" in said
