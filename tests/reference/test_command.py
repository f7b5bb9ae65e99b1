"""The command says what it takes without torch, and refuses what it cannot do in one sentence."""

from pathlib import Path

import pytest

from gan_lab.errors import GanLabError
from gan_lab.reference.__main__ import main, parser
from gan_lab.reference.published import REFERENCE, refuse_without_checkout
from gan_lab.reference.rows import rows


def test_options_are_names_and_numbers_by_commas() -> None:
    options = parser().parse_args(["table", "--rows", "gan,hinge", "--seeds", "1,3", "--runs", "a", "b"])
    assert (options.rows, options.seeds, options.runs) == (["gan", "hinge"], [1, 3], [Path("a"), Path("b")])
    assert parser().parse_args(["table"]).rows == [*rows()]
    assert parser().parse_args(["ablation", "hydra/launcher=joblib"]).overrides == ["hydra/launcher=joblib"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["table", "--rows", "gan,typo"], "unknown rows: typo; the rows are best_mnist, "),
        (["table", "--seeds", "one"], "--seeds"),
        (["samplers", "--only", "typo"], "'typo'"),
        ([], "table|samplers|ablation|doctor|study|pages"),
    ],
)
def test_mistakes_are_named(arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(arguments)
    assert sentence in capsys.readouterr().err


def test_an_installed_package_needs_a_checkout(tmp_path: Path) -> None:
    refuse_without_checkout(REFERENCE.parents[1])
    with pytest.raises(GanLabError, match="checkout"):
        refuse_without_checkout(tmp_path)
    (tmp_path / "pyproject.toml").touch()
    with pytest.raises(GanLabError, match="checkout"):
        refuse_without_checkout(tmp_path)
    (tmp_path / "outputs" / "reference").mkdir(parents=True)
    refuse_without_checkout(tmp_path)
    (tmp_path / "pyproject.toml").unlink()
    with pytest.raises(GanLabError, match="checkout"):
        refuse_without_checkout(tmp_path)
