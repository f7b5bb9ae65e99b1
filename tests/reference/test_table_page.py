"""The page averages seeds, names what is missing and tells of the best recipe."""

import json
from pathlib import Path

from gan_lab.reference.published import REFERENCE
from gan_lab.reference.row_records import MEASURES
from gan_lab.reference.rows import seeds
from gan_lab.reference.table_page import best, text
from tests.reference.made import kept


def test_the_page_averages_seeds_and_names_what_is_missing() -> None:
    records = [
        kept("gan_d200", 1, 20.0),
        kept("gan_d200", 2, 22.0),
        kept("hinge", 1, 30.0),
        kept("gmgan_static", 2, 9.0),
    ]
    page = text(records, ["gan_n1-seed1"], [], REFERENCE)
    assert "| [`experiment=gan_d200`](table/gan_d200.png) | 2 | 21.00 ± 1.41 | 22.00 ± 1.41 | - / - | 0.50 |" in page
    assert "| 15,625 | 10 | 27.73 (.52 / .20), document 001 |" in page
    assert "| [`model=hinge`](table/hinge.png) | 1 | 30.00 | 31.00 |" in page
    assert "| [`model=gmgan_static`](table/gmgan_static.png), with class labels | 1 | 9.00 | 10.00 |" in page
    assert "| real images (floor) |  | 20.00 | - |  | 0.50 |" in page, "these records are older than the second floor"
    new = [record | {"measures": record["measures"] | {"floor_validation": {"fid": 7.0}}} for record in records]
    assert "| real images (floor) |  | 20.00 | 7.00 |  | 0.50 |" in text(new, [], [], REFERENCE)
    assert "\n## Near the floors\n" in page
    assert "`gan_d200` (3)" in page
    assert "`lsgan` (1)" in page
    assert "`hinge`" not in page.partition("Missing")[2].partition("\n")[0]
    assert "left out: `gan_n1-seed1`" in page
    assert seeds("lsgan") == (1,)


def test_rows_on_colour_patches_have_pictures_and_no_values() -> None:
    record = kept("r3gan_patches", 1, 123.45)
    record["config"] |= {"data.batch_size": 8}
    page = text([record], [], [], REFERENCE)
    assert "15,625 generator steps of 8 images in 10 CPU minutes.\n\n![samples of r3gan_patches](table/" in page
    assert "123.45" not in page
    assert "`resnet_patches` (1)" in page.partition("Missing")[2]


def test_an_interval_of_fid_stands_beside_it_where_records_have_one() -> None:
    known = [kept("gan_d200", seed, 20.0) | {"intervals": {"fid": [18.0 + seed, 20.5 + seed]}} for seed in (1, 2)]
    page = text([*known, kept("hinge", 1, 30.0)], [], [], REFERENCE)
    assert "| row | seeds | FID | 95 % interval | FID, validation | last: average / raw | precision |" in page
    assert "(table/gan_d200.png) | 2 | 20.00 ± 0.00 | 19.50 to 22.00 | 21.00 ± 0.00 | - / - | 0.50 |" in page
    assert "is the sampling error of one generator" in page
    assert "| FID | 95 %" not in text([kept("hinge", 1, 30.0)], [], [], REFERENCE)


def test_the_best_recipe_is_told_by_time_and_by_part(tmp_path: Path) -> None:
    assert best(tmp_path) == ""
    (tmp_path / "table").mkdir()
    curves = "generator_steps,seconds,fid\n10,5.4,\n20,10.6,3.14\n30,15.5,\n40,21.4,1.55\n"
    (tmp_path / "table" / "best_mnist-seed1.csv").write_text(curves)
    assert "seed 1, on shared cores: 3.1 after 11 s, 1.6 after 21 s.\n" in best(tmp_path)
    rows = {"": dict.fromkeys(MEASURES, 0.5), "model.ema_decay=0.0": dict.fromkeys(MEASURES, 0.25)}
    found = {"generator_steps": 3000, "seed": 1, "protocol": {"extractor": "mnistcnn-v1"}, "rows": rows}
    (tmp_path / "best_mnist.json").write_text(json.dumps(found))
    assert "by mnistcnn-v1 (" in best(tmp_path)
    assert "| nothing | 0.50 | 0.50 |" in best(tmp_path)
    assert "| `model.ema_decay=0.0` | 0.25 | 0.25 |" in best(tmp_path)
    assert "real images" not in best(tmp_path)
    newer = found | {"floor": dict.fromkeys(MEASURES, 0.125)}
    (tmp_path / "best_mnist.json").write_text(json.dumps(newer))
    assert "| real images (floor) | 0.12 | 0.12 |" in best(tmp_path)
