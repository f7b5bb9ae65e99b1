"""The committed records are of the rows as they are and have all their files."""

import json

import pytest

from gan_lab.reference.finished_runs import clean, digest
from gan_lab.reference.published import TABLE
from gan_lab.reference.row_records import MEASURES, current, read_records
from gan_lab.reference.row_settings import wanted_settings
from gan_lab.reference.rows import PATCHES, TUNED, on_digits
from gan_lab.reference.rulers import OTHERS

CLUSTERS = {"cluster_accuracy", "separation"}
"""What only models with components or classes have."""
OF_DIGITS = {*OTHERS} - {"fid_random_v1"}
"""What only rows on MNIST have."""
OF_CLASSIFIERS = {measure for measure in MEASURES if measure.startswith(("class", "inception", "fid_random"))}
"""What rows whose extractor is an untrained network do not have."""


@pytest.mark.slow
def test_committed_records_are_of_the_rows_as_they_are_now() -> None:
    assert current(TABLE, wanted_settings())[1] == []


def test_committed_records_are_of_one_protocol_and_have_their_files() -> None:
    records = read_records(TABLE)
    protocols = {json.dumps(record["protocol"]["test"], sort_keys=True) for record in records}
    assert len(protocols) == len({record["protocol"]["test"]["dataset"] for record in records}), "one for each data set"
    assert len({tuple(record) for record in records}) <= 1, "some lack what others have"
    for record in records:
        lacking = {*MEASURES} - record["measures"]["test"].keys() - CLUSTERS
        assert lacking <= (set() if on_digits(record["row"]) else OF_DIGITS) | (
            OF_CLASSIFIERS if record["row"] in PATCHES else set()
        )
        assert clean(record["commit"]), record["row"]
        assert record["protocol"]["test"]["split"] == "test"
        assert record["config_hash"] == digest(record["config"])
        assert (TABLE / f"{record['row']}.png").is_file()
        assert (TABLE / f"{record['row']}-seed{record['seed']}.csv").is_file()
    assert {path.stem for path in (TABLE / "searches").iterdir()} == {*TUNED}, "what was tried for each row of ours"
