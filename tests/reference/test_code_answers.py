"""What is said of categories without names follows from the records, once all rows are there."""

import re

from gan_lab.reference.code_answers import ROWS
from gan_lab.reference.published import REFERENCE, Record
from gan_lab.reference.rows import rows
from gan_lab.reference.table_page import text
from tests.reference.made import kept

SHARES = dict(zip(ROWS, (0.9, 0.33, 0.62, 0.51), strict=True))


def found(row: str, share: float) -> Record:
    record = kept(row, 1, 50.0) | {"config": {"what": row}}
    return record | {
        "measures": record["measures"] | {"test": record["measures"]["test"] | {"cluster_accuracy": share}}
    }


def test_each_row_has_its_share_once_all_are_there() -> None:
    assert rows().keys() >= ROWS.keys()
    records = [found(row, share) for row, share in SHARES.items()]
    (said,) = [line for line in text(records, [], [], REFERENCE).splitlines() if "nobody named" in line]
    assert [float(share) for share in re.findall(r": (0\.\d\d)", said)] == [*SHARES.values()]
    assert "nobody named" not in text(records[1:], [], [], REFERENCE)
