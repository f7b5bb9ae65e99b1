"""What is said of few training images follows from the records, and nothing is said before all rows are there."""

import re

from gan_lab.compare.differing import differing
from gan_lab.config.compose import compose_config
from gan_lab.reference.answers import ASKED
from gan_lab.reference.few_images_answers import ALL_IMAGES, ROWS, few_images
from gan_lab.reference.published import REFERENCE
from gan_lab.reference.row_settings import settings
from gan_lab.reference.rows import rows, seeds
from gan_lab.reference.table_page import text
from tests.reference.made import answered, kept, three

PLAIN, LECAM, DIFFAUGMENT, ADAPTIVE = ROWS
FIDS = {PLAIN: 40.0, LECAM: 20.0, DIFFAUGMENT: 60.0, ADAPTIVE: 40.0, ALL_IMAGES: 10.0}


def test_each_row_has_its_verdict_with_an_interval() -> None:
    said = answered(few_images, *(one for row, fid in FIDS.items() for one in three(row, fid)))
    assert re.findall(r"(LeCam|DiffAugment|adaptive augmentation): (Yes|No|Inconclusive), the FID of", said) == [
        *(("LeCam", "Yes"), ("DiffAugment", "No"), ("adaptive augmentation", "Inconclusive"))
    ]
    assert "(level 5 %, Holm's correction over all 3 tests)" in said
    low, high = map(float, re.findall(rf"`{LECAM}` is (\d\.\d+) to (\d\.\d+) times", said)[0])
    assert low < 20 / 40 < high
    assert "on all training images: **10.0** ± 0.2" in said


def test_the_page_says_nothing_until_its_four_rows_are_there() -> None:
    records = [
        kept(row, seed, fid * (1 + seed / 100)) | {"config": {"what": row}}
        for row, fid in FIDS.items()
        for seed in (1, 2, 3)
    ]
    question = "with 500 training images?**"
    assert question in text(records, [], [], REFERENCE)
    assert question in text([record for record in records if record["row"] != ALL_IMAGES], [], [], REFERENCE)
    assert question not in text([record for record in records if record["row"] != ADAPTIVE], [], [], REFERENCE)


def test_rows_differ_in_what_they_add_and_have_three_seeds() -> None:
    assert few_images in ASKED, "verdicts are corrected for these, too"
    wanted = {row: settings(compose_config(*rows()[row])) for row in ROWS}
    for row in ROWS:
        assert seeds(row) == (1, 2, 3)
        assert (
            differing(wanted[row], wanted[PLAIN])
            == {
                PLAIN: [],
                LECAM: ["model.penalties.lecam"],
                DIFFAUGMENT: ["model.augment"],
                ADAPTIVE: ["model.augment"],
            }[row]
        )
