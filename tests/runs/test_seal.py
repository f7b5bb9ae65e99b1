"""Damage to a checkpoint is found, and its hash hinders nobody who reads it."""

import random
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
import torch

from gan_lab.runs.seal import LENGTH, intact, sealed


@pytest.fixture
def archive() -> bytes:
    buffer = BytesIO()
    torch.save({"weights": torch.arange(100.0), "counters": {"rounds": 3}}, buffer)
    return buffer.getvalue()


def test_torch_and_zip_read_a_sealed_checkpoint(archive: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.ckpt"
    path.write_bytes(sealed(archive))
    assert intact(path)
    assert len(sealed(archive)) == len(archive) + LENGTH
    for memory_map in (False, True):
        saved = torch.load(path, weights_only=True, mmap=memory_map)
        assert torch.equal(saved["weights"], torch.arange(100.0))
    assert zipfile.ZipFile(path).testzip() is None


def test_one_bit_anywhere_is_found(archive: bytes, tmp_path: Path) -> None:
    path, content, draw = tmp_path / "a.ckpt", sealed(archive), random.Random(1)
    places = [0, len(archive) - 3, *range(len(archive) - 2, len(content)), *draw.sample(range(len(archive)), 100)]
    for place in places:
        broken = bytearray(content)
        broken[place] ^= 1 << draw.randrange(8)
        path.write_bytes(broken)
        assert not intact(path), place


@pytest.mark.parametrize("length", [0, 1, 50, 1000, -1, -LENGTH - 1])
def test_a_part_of_a_file_is_found(archive: bytes, tmp_path: Path, length: int) -> None:
    path = tmp_path / "a.ckpt"
    path.write_bytes(sealed(archive)[:length])
    assert not intact(path)


def test_a_checkpoint_of_before_is_known_by_its_checksums(archive: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.ckpt"
    path.write_bytes(archive)
    assert intact(path)
    weights = archive.index(torch.arange(100.0).numpy().tobytes())
    broken = bytearray(archive)
    broken[weights + 10] ^= 1
    path.write_bytes(broken)
    assert not intact(path)
