"""The pages of the source documents: verdicts follow from the rows, and whatever rows can answer is answered."""

import json
import shutil
from pathlib import Path

import pytest
from PIL import Image

from gan_lab.reference.answer_table import MissingRowError, Table
from gan_lab.reference.answers import ASKED
from gan_lab.reference.documents.all import DOCUMENTS, ENTRIES
from gan_lab.reference.documents.entry import AGREES, DISAGREES, UNDECIDED, Entry
from gan_lab.reference.documents.source_page import claims, text
from gan_lab.reference.film import FILMED
from gan_lab.reference.published import REFERENCE
from gan_lab.reference.row_figures import TITLES
from gan_lab.reference.rows import rows
from gan_lab.reference.sampler_answers import FILTERS
from tests.reference.made import record, setting, three, write_samplers, write_table


@pytest.fixture
def reference(tmp_path: Path) -> Path:
    """A folder with everything that answers read besides the records."""
    for name in ("explain/explanation.json", "sensitivity/sensitivity.json"):
        (tmp_path / name).parent.mkdir()
        shutil.copy(REFERENCE / name, tmp_path / name)
    tries = ("direct", "ddls", "latent_ascent", "batch_inception_score", *FILTERS)
    for model in ("gan", "wgan_gp", "gmgan_dynamic"):
        write_samplers(
            tmp_path, model, *(setting(name, 30.0, n=n) for n in (100, 1_000, 2_000, 10_000) for name in tries)
        )
    (tmp_path / "table" / "films").mkdir(parents=True)
    for row in FILMED:
        Image.new("L", (28, 84)).save(tmp_path / "table" / "films" / f"{row}.png")
    of = {"2": {"k-d tree": {"times_ours": [0.5, 0.4, 0.6]}}}
    measured = {"k": 3, "n": 10, "gaussian": of, "mnist": of}
    (tmp_path / "benchmark_neighbours.json").write_text(json.dumps(measured))
    return tmp_path


def test_every_statement_that_rows_can_answer_is_answered_where_all_rows_are_trained(reference: Path) -> None:
    records = write_table(reference)
    for missing in ("tuned_gmgan_dynamic",):
        if missing not in rows():
            records += three(missing, 20.0)
    t = Table.asked_by(ASKED, records, reference)
    for document in DOCUMENTS:
        page = text(document, t, TITLES)
        assert "is missing" not in page, page
        assert page.count("\n## ") == len(document.entries) + 2
        assert "](../table/figures/" in page
    assert "not measured yet" not in claims(t)


def test_every_compared_row_is_a_row_of_the_table() -> None:
    named = {row for entry in ENTRIES for pair in (*entry.lower, *entry.alike) for row in pair}
    assert named <= rows().keys()


@pytest.mark.parametrize(
    ("fids", "verdict"), [((10.0, 20.0), AGREES), ((20.0, 10.0), DISAGREES), ((20.0, 20.0), UNDECIDED)]
)
def test_a_statement_agrees_with_the_verdict_on_its_rows(fids: tuple[float, float], verdict: str) -> None:
    entry = Entry("b is worse", lower=(("a", "b"),))
    records = [*three("a", fids[0]), *three("b", fids[1])]
    assert entry.verdict(Table.asked_by([lambda t: entry.verdict(t)], records, Path())) == verdict


def test_rows_that_are_said_to_be_alike_and_differ_disagree() -> None:
    entry = Entry("both are alike", alike=(("a", "b"),))
    for fid, verdict in ((20.0, DISAGREES), (10.0, UNDECIDED)):
        records = [*three("a", 10.0), *three("b", fid)]
        assert entry.verdict(Table.asked_by([lambda t: entry.verdict(t)], records, Path())) == verdict


def test_a_row_without_a_record_leaves_its_statement_open() -> None:
    entry = Entry("b is worse", lower=(("a", "b"),))
    with pytest.raises(MissingRowError):
        entry.verdict(Table([record("a", 10)], Path()))
