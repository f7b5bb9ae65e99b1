"""What comes with gan_lab is found by its key, to the bit, or not at all."""

from pathlib import Path

import pytest
import torch
from torch import Tensor

from gan_lab.runs.bundle import Bundle, bundled, name_of
from gan_lab.runs.cache import TensorCache

KEY: dict[str, str | int] = {"kind": "moments 1", "images": "abc"}
OTHER = KEY | {"images": "def"}
SHAPES = torch.randn(5, 5, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
ENTRIES: dict[str, dict[str, Tensor]] = {
    name_of(KEY): {"factor": SHAPES.tril(), "full": SHAPES, "centre": SHAPES[0], "wide": SHAPES[:2].clone()},
    name_of(OTHER): {"fid": torch.tensor(1.25, dtype=torch.float64), "one": torch.ones(1, 1)},
}


def never() -> dict[str, Tensor]:
    raise AssertionError("it was computed, although it is there")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "mnistcnn-v1.safetensors"
    path.write_bytes(bundled(ENTRIES))
    return path


def test_what_is_found_is_what_was_bundled(path: Path) -> None:
    for key in (KEY, OTHER):
        found = Bundle(path).find(key)
        assert found is not None
        assert found.keys() == ENTRIES[name_of(key)].keys()
        assert all(torch.equal(found[part], tensor) for part, tensor in ENTRIES[name_of(key)].items())
    assert Bundle(path).find(KEY | {"n": 3}) is None
    assert bundled(dict(reversed(ENTRIES.items()))) == path.read_bytes()


def test_a_triangle_takes_half_of_a_square() -> None:
    square = torch.rand(200, 200) + 1
    whole, half = (len(bundled({"a": {"x": matrix}})) for matrix in (square, square.tril()))
    assert half == pytest.approx(whole / 2, rel=0.02)


def test_the_cache_takes_what_is_shipped_whatever_the_device_and_writes_nothing(path: Path, tmp_path: Path) -> None:
    cache = TensorCache(tmp_path / "cache", Bundle(path))
    for device in ("cpu", "cuda"):
        found = cache.get(dict(reversed(KEY.items())), never, {"device": device})
        assert torch.equal(found["factor"], SHAPES.tril())
    found["factor"].zero_()
    assert torch.equal(cache.get(KEY, never)["factor"], SHAPES.tril()), "a caller's changes are its own"
    assert not cache.folder.exists()


def test_what_is_not_shipped_is_kept_for_each_device(path: Path, tmp_path: Path) -> None:
    cache = TensorCache(tmp_path / "cache", Bundle(path))
    new = KEY | {"images": "new"}
    assert cache.find(new, {"device": "cpu"}) is None
    cache.get(new, lambda: {"a": torch.ones(2)}, {"device": "cpu"})
    assert torch.equal(cache.get(new, never, {"device": "cpu"})["a"], torch.ones(2))
    assert cache.find(new, {"device": "cuda"}) is None


def test_a_damaged_part_is_computed_again(path: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    content = bytearray(path.read_bytes())
    content[content.index(SHAPES[0].numpy().tobytes())] ^= 1  # in the centre or the full matrix, both of KEY
    path.write_bytes(content)
    cache = TensorCache(tmp_path / "cache", Bundle(path))
    assert cache.get(KEY, lambda: {"factor": torch.zeros(1)})["factor"].shape == (1,)
    assert "damaged" in caplog.text
    assert cache.get(OTHER, never)["fid"] == 1.25


@pytest.mark.parametrize("content", [b"", b"no safetensors", bytes(100)])
def test_a_file_that_cannot_be_read_has_nothing(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    assert Bundle(path).find(KEY) is None
    assert Bundle(path.with_name("absent.safetensors")).find(KEY) is None
