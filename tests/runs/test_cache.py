import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor

from gan_lab.runs.cache import TensorCache, digest_of

KEY: dict[str, str | int] = {"images": "abc", "n": 3}


@pytest.fixture
def cache(tmp_path: Path) -> TensorCache:
    return TensorCache(tmp_path / "cache")


class Computed:
    """Computes tensors and counts how often."""

    def __init__(self, value: float = 1.0) -> None:
        self.times = 0
        self.value = value

    def __call__(self) -> dict[str, Tensor]:
        self.times += 1
        return {"features": torch.full((3, 2), self.value), "n": torch.tensor(3)}


def test_the_second_time_nothing_is_computed(cache: TensorCache) -> None:
    compute = Computed()
    first = cache.get(KEY, compute)
    second = TensorCache(cache.folder).get(dict(reversed(KEY.items())), compute)
    assert compute.times == 1
    assert digest_of(first) == digest_of(second) == digest_of(compute())


def test_another_key_is_another_file(cache: TensorCache) -> None:
    assert cache.get(KEY, Computed(1.0))["features"][0, 0] == 1.0
    assert cache.get(KEY | {"n": 4}, Computed(2.0))["features"][0, 0] == 2.0
    assert cache.get(KEY, Computed(3.0))["features"][0, 0] == 1.0


def spoil_last_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-5])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def strip_metadata(path: Path) -> None:
    content = path.read_bytes()
    length = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + length])
    del header["__metadata__"]
    stripped = json.dumps(header).encode()
    path.write_bytes(len(stripped).to_bytes(8, "little") + stripped + content[8 + length :])


@pytest.mark.parametrize("spoil", [spoil_last_byte, cut, empty, strip_metadata])
def test_a_spoilt_file_is_computed_again_and_mended(cache: TensorCache, spoil: Callable[[Path], None]) -> None:
    compute = Computed()
    cache.get(KEY, compute)
    (path,) = cache.folder.iterdir()
    spoil(path)
    assert digest_of(cache.get(KEY, compute)) == digest_of(compute())
    assert compute.times == 3  # before and after spoiling, and in the line above
    cache.get(KEY, compute)
    assert compute.times == 3


def test_a_file_under_another_keys_name_is_not_trusted(cache: TensorCache) -> None:
    cache.get(KEY, Computed(1.0))
    (mine,) = cache.folder.iterdir()
    cache.get(KEY | {"n": 4}, Computed(2.0))
    (other,) = set(cache.folder.iterdir()) - {mine}
    os.replace(other, mine)
    assert cache.get(KEY, Computed(1.0))["features"][0, 0] == 1.0


def test_nothing_but_whole_files_is_left(cache: TensorCache) -> None:
    cache.get(KEY, Computed())
    assert [path.suffix for path in cache.folder.iterdir()] == [".safetensors"]


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert TensorCache(tmp_path / "file").get(KEY, Computed())["features"].shape == (3, 2)


def test_tensors_may_be_changed_although_computed_in_inference_mode(cache: TensorCache) -> None:
    def compute() -> dict[str, Tensor]:
        with torch.inference_mode():
            return {"features": torch.ones(2) * 2}

    cache.get(KEY, compute)["features"].add_(1)


def test_digest_sees_names_types_shapes_and_bytes() -> None:
    one = torch.arange(4, dtype=torch.int32)
    different = [
        {"a": one},
        {"b": one},
        {"a": one.view(2, 2)},
        {"a": one.view(torch.float32)},
        {"a": one.flip(0)},
        {"a": one, "b": one},
    ]
    assert len({digest_of(tensors) for tensors in different}) == len(different)
