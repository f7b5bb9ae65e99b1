"""The sheet shows the last seed of each row, the best first."""

from pathlib import Path

from PIL import Image

from gan_lab.reference.sheet import LINE, WORDS, sheet, strip_of_samples
from tests.reference.made import kept


def test_the_sheet_has_the_last_seed_of_each_row_by_fid_column_by_column(tmp_path: Path) -> None:
    records = [kept("hinge", 1, 30.0), kept("gan", 2, 20.0), kept("gan", 1, 35.0), kept("lsgan", 1, 40.0)]
    for grey, name in enumerate(["gan", "hinge", "lsgan"], 1):
        Image.new("L", (10 * LINE, 3 * LINE), 60 * grey).save(tmp_path / f"{name}.png")
    picture = sheet(records, tmp_path)
    assert picture.size == (2 * (WORDS + 10 * LINE), 2 * LINE)
    columns = (WORDS + 1, picture.width - 1)
    assert [picture.getpixel((x, y)) for x in columns for y in (1, LINE + 1)] == [60, 120, 180, 255]


def test_a_strip_has_three_rows_of_ten_images_in_their_colours(tmp_path: Path) -> None:
    """Images of 32 pixels with lines between them, twice as large."""
    whole = Image.new("RGB", (2 * 331, 2 * 331), "white")
    whole.paste("red", (0, 0, whole.width, 2 * 99))
    whole.save(tmp_path / "samples.png")
    strip = strip_of_samples(tmp_path / "samples.png")
    assert strip.size == (330, 99)
    assert strip.getcolors() == [(330 * 99, (255, 0, 0))]
