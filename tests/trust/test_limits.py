"""Files of somebody else that expand to more than is allowed are refused before they fill the memory."""

import gzip
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gan_lab.errors import GanLabError
from gan_lab.evaluate.image_files import read_images
from gan_lab.page.thumbnails import shrunk
from gan_lab.trust.limits import limit, refuse_pixels

SHAPE = (1, 28, 28)


def test_a_zipped_file_may_expand_to_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = bytes([0, 0, 8, 3, 0, 0, 0, 4, 0, 0, 0, 28, 0, 0, 0, 28]) + bytes(4 * 28 * 28)
    zipped, arrays = tmp_path / "x-ubyte.gz", tmp_path / "x.npz"
    zipped.write_bytes(gzip.compress(content))
    np.savez_compressed(arrays, images=np.zeros((4, 28, 28), np.uint8))
    for path, size in ((zipped, len(content)), (arrays, sum(e.file_size for e in zipfile.ZipFile(arrays).infolist()))):
        monkeypatch.setenv("GAN_LAB_MAX_BYTES", str(size))
        assert len(read_images(path, SHAPE).images) == 4
        monkeypatch.setenv("GAN_LAB_MAX_BYTES", str(size - 1))
        with pytest.raises(GanLabError, match=f"expands to .* but a file may take {size - 1:,}"):
            read_images(path, SHAPE)


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAN_LAB_MAX_BYTES", "3000000")
    path = tmp_path / "x-ubyte.gz"
    path.write_bytes(gzip.compress(bytes(60_000_000)))
    with pytest.raises(GanLabError, match=r"expands to (3,1|4,)\d\d[\d,]* bytes or more"):
        read_images(path, SHAPE)


def test_a_picture_has_a_limit_of_pixels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.png"
    Image.new("L", (30, 20)).save(path)
    monkeypatch.setenv("GAN_LAB_MAX_PIXELS", "600")
    refuse_pixels(30, 20, path)
    assert shrunk(path, None) is not None
    monkeypatch.setenv("GAN_LAB_MAX_PIXELS", "599")
    with pytest.raises(GanLabError, match=r"30 x 20 pixels, but a picture may have 599 of them: .*_PIXELS=600"):
        refuse_pixels(30, 20, path)
    assert shrunk(path, None) is None


@pytest.mark.parametrize("text", ["", "0", "-1", "1e9", "many"])
def test_a_limit_is_a_whole_number(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("GAN_LAB_MAX_BYTES", text)
    with pytest.raises(GanLabError, match="must be a whole number above 0"):
        limit("GAN_LAB_MAX_BYTES")
