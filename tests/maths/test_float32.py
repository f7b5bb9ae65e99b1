"""Full precision inside a block, and whatever there was after it."""

from collections.abc import Iterator

import pytest
import torch

from gan_lab.maths.float32 import full_float32


def settings() -> tuple[str, bool]:
    return torch.get_float32_matmul_precision(), torch.backends.cudnn.allow_tf32


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    matmul, convolution = settings()
    yield
    torch.set_float32_matmul_precision(matmul)
    torch.backends.cudnn.allow_tf32 = convolution


@pytest.mark.parametrize(("matmul", "convolution"), [("medium", True), ("high", False), ("highest", True)])
def test_all_bits_inside_and_the_same_as_before_outside(matmul: str, convolution: bool) -> None:
    torch.set_float32_matmul_precision(matmul)
    torch.backends.cudnn.allow_tf32 = convolution
    with full_float32():
        assert settings() == ("highest", False)
    assert settings() == (matmul, convolution)


def test_an_error_inside_leaves_them_as_they_were() -> None:
    torch.set_float32_matmul_precision("medium")
    torch.backends.cudnn.allow_tf32 = True
    with pytest.raises(ZeroDivisionError), full_float32():
        raise ZeroDivisionError
    assert settings() == ("medium", True)
