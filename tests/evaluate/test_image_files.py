import gzip
import hashlib
import io
import pickle
import struct
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from gan_lab.errors import GanLabError
from gan_lab.evaluate.image_files import read_images

GREY, RGB = (1, 6, 5), (3, 6, 5)


def noise(*shape: int) -> np.ndarray:
    """Every value from 0 to 255 is likely, the two ends are sure."""
    values = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)
    values.flat[0], values.flat[-1] = 0, 255
    return values


def folder(path: Path, images: np.ndarray, suffix: str = ".png") -> Path:
    path.mkdir(exist_ok=True)
    for index, image in enumerate(images):
        Image.fromarray(image).save(path / f"{index}{suffix}")
    return path


def saved(path: Path, array: np.ndarray) -> Path:
    np.save(path / "a.npy", array)
    return path / "a.npy"


def idx(array: np.ndarray) -> bytes:
    return struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape) + array.tobytes()


def png(depth: int, colour: int, row: bytes, height: int, width: int) -> bytes:
    """A PNG by hand, with `row` in every line: PIL writes no 16-bit colour."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    lines = zlib.compress((b"\0" + row) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", lines) + chunk(b"IEND", b"")


def refused(path: Path, shape: tuple[int, int, int], sentence: str) -> None:
    with pytest.raises(GanLabError, match=sentence) as caught:
        read_images(path, shape)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


# Folders


def test_pngs_are_read_in_natural_order(tmp_path: Path) -> None:
    images = noise(12, 6, 5)
    file = read_images(folder(tmp_path / "made", images), GREY)
    assert torch.equal(file.images[:, 0], torch.from_numpy(images))
    assert (file.stated["file"], file.stated["found"], file.stated["range"]) == ("made", 12, "0..255")
    assert (file.stated["values"], file.stated["chosen"]) == ("uint8 as they are, from .png files", "all")


def test_colours_and_subfolders_are_read(tmp_path: Path) -> None:
    images = noise(4, 6, 5, 3)
    folder(tmp_path / "b", images[2:])
    folder(tmp_path / "a", images[:2])
    assert torch.equal(read_images(tmp_path, RGB).images, torch.from_numpy(images).permute(0, 3, 1, 2))


def test_the_hash_of_a_folder_is_of_names_sizes_and_bytes(tmp_path: Path) -> None:
    folder(tmp_path / "a", noise(11, 6, 5))
    once = read_images(tmp_path, GREY).stated["sha256"]
    expected = hashlib.sha256()
    for name in [f"a/{number}.png" for number in range(11)]:
        content = (tmp_path / name).read_bytes()
        expected.update(name.encode() + b"\0" + str(len(content)).encode() + b"\0" + content)
    assert once == expected.hexdigest()
    (tmp_path / "a" / "10.png").rename(tmp_path / "a" / "11.png")
    assert read_images(tmp_path, GREY).stated["sha256"] != once


@pytest.mark.parametrize("mode", ["L", "1", "LA", "P", "RGB", "RGBA"])
def test_every_way_to_write_grey_pixels_gives_the_same(tmp_path: Path, mode: str) -> None:
    black_and_white = np.where(noise(6, 5) > 127, 255, 0).astype(np.uint8)
    for number in range(2):
        Image.fromarray(black_and_white).convert(mode).save(tmp_path / f"{number}.png")
    with Image.open(tmp_path / "0.png") as image:
        assert image.mode == mode
    assert (read_images(tmp_path, GREY).images == torch.from_numpy(black_and_white)).all()


def test_palettes_give_their_colours(tmp_path: Path) -> None:
    image = Image.new("P", (5, 6), 7)
    image.putpalette([number for index in range(256) for number in (index, 2 * index % 256, 255 - index)])
    for number in range(2):
        image.save(tmp_path / f"{number}.png", transparency=bytes([255] * 256))
    assert read_images(tmp_path, RGB).images[:, :, 3, 3].tolist() == [[7, 14, 248]] * 2


def test_jpegs_are_read_and_stated(tmp_path: Path) -> None:
    folder(tmp_path, np.full((2, 6, 5), 77, np.uint8), ".jpg")
    folder(tmp_path, np.full((3, 6, 5), 77, np.uint8))
    file = read_images(tmp_path, GREY)
    assert (file.images == 77).all()
    assert file.stated["values"] == "uint8 as they are, from .jpg and .png files"


def test_two_thousand_pngs_take_less_than_two_seconds(tmp_path: Path) -> None:
    images = noise(2000, 28, 28)
    folder(tmp_path, images)
    start = time.process_time()
    assert torch.equal(read_images(tmp_path, (1, 28, 28)).images[:, 0], torch.from_numpy(images))
    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    ("image", "shape", "sentence"),
    [
        (Image.new("L", (5, 7)), GREY, "7x5 pixels, but 6x5 are needed, and images are not resized"),
        (Image.new("L", (5, 6)), RGB, "1 channels, but 3 are needed: grey images are not converted"),
        (Image.new("RGB", (5, 6), (9, 9, 8)), GREY, "colour, but grey is needed: its 3 channels are not equal"),
        (Image.new("RGBA", (5, 6), (9, 9, 9, 254)), RGB, "partly transparent"),
        (Image.new("LA", (5, 6), (9, 0)), GREY, "partly transparent"),
        (Image.fromarray(np.full((6, 5), 40_000, np.uint16)), GREY, "16 bits per channel, but 8 are needed"),
    ],
)
def test_a_png_that_is_not_what_is_wanted_is_named(
    tmp_path: Path, image: Image.Image, shape: tuple[int, int, int], sentence: str
) -> None:
    good = Image.new("RGB" if shape == RGB else "L", (5, 6))
    good.save(tmp_path / "1.png")
    image.save(tmp_path / "2.png")
    refused(tmp_path, shape, rf"/2\.png .*{sentence}")


def test_colours_of_16_bits_are_refused_though_pil_would_cut_them_off(tmp_path: Path) -> None:
    (tmp_path / "1.png").write_bytes(png(16, 2, bytes([1, 200]) * 15, 6, 5))
    with Image.open(tmp_path / "1.png") as image:
        assert (image.mode, image.getpixel((0, 0))) == ("RGB", (1, 1, 1))
    refused(tmp_path, RGB, r"/1\.png has 16 bits")
    (tmp_path / "1.png").write_bytes(png(8, 2, bytes([200]) * 15, 6, 5))
    (tmp_path / "2.png").write_bytes(png(8, 2, bytes([200]) * 15, 6, 5))
    assert (read_images(tmp_path, RGB).images == 200).all()


def test_animations_and_cmyk_are_refused(tmp_path: Path) -> None:
    frames = [Image.new("L", (5, 6), value) for value in (0, 99)]
    frames[0].save(tmp_path / "1.png", save_all=True, append_images=frames[1:])
    refused(tmp_path, GREY, r"/1\.png is animated, but each file must hold one image")
    Image.new("CMYK", (5, 6)).save(tmp_path / "0.jpg")
    refused(tmp_path, RGB, r"/0\.jpg has colours in PIL's mode CMYK, but must be grey, RGB or have a palette")


def test_a_truncated_png_is_named_unless_every_pixel_is_there(tmp_path: Path) -> None:
    images = noise(2, 6, 5)
    path = folder(tmp_path, images) / "1.png"
    whole, refusals = path.read_bytes(), []
    for kept in range(0, len(whole), 3):
        path.write_bytes(whole[:kept])
        try:
            assert torch.equal(read_images(tmp_path, GREY).images[:, 0], torch.from_numpy(images))
        except GanLabError as error:
            refusals.append(str(error))
    assert set(refusals) == {f"{path} cannot be read as a PNG or JPEG image: repair or remove it"}
    assert len(refusals) >= (len(whole) - 20) // 3  # the last 20 bytes are checksums and an empty chunk


def test_other_formats_are_refused_instead_of_skipped(tmp_path: Path) -> None:
    folder(tmp_path, noise(2, 6, 5))
    Image.new("L", (5, 6)).save(tmp_path / "3.tif")
    refused(tmp_path, GREY, r"/3\.tif cannot be read as a PNG or JPEG image")


def test_a_folder_without_images_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no image")
    refused(tmp_path, GREY, "contains no image: images= needs a folder of PNG or JPEG images")


# Arrays


@pytest.mark.parametrize("named", [(), ("images",), ("samples",), ("x",), ("whatever",)])
def test_the_one_array_of_an_npz_is_read_whatever_its_name(tmp_path: Path, named: tuple[str, ...]) -> None:
    images, path = noise(4, 1, 6, 5), tmp_path / "a.npz"
    by_name: dict[str, Any] = dict.fromkeys(named, images)
    np.savez_compressed(path, *([] if named else [images]), **by_name)
    file = read_images(path, GREY)
    assert torch.equal(file.images, torch.from_numpy(images))
    assert file.stated["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (file.stated["file"], file.stated["values"]) == ("a.npz", "uint8 as they are")


def test_images_beside_labels_are_found_by_name_or_refused(tmp_path: Path) -> None:
    images = noise(4, 6, 5)
    np.savez(tmp_path / "a.npz", images, np.arange(4))
    assert torch.equal(read_images(tmp_path / "a.npz", GREY).images[:, 0], torch.from_numpy(images))
    np.savez(tmp_path / "b.npz", fakes=images, labels=np.arange(4))
    refused(
        tmp_path / "b.npz", GREY, r"contains the arrays \['fakes', 'labels'\], so it is not clear .* images, samples, x"
    )
    np.savez(tmp_path / "c.npz", x=images, samples=images)
    refused(tmp_path / "c.npz", GREY, r"contains the arrays \['x', 'samples'\]")
    np.savez(tmp_path / "d.npz")
    refused(tmp_path / "d.npz", GREY, r"contains the arrays \[\]")


def test_layouts_are_told_by_the_wanted_shape(tmp_path: Path) -> None:
    colour, grey = noise(4, 3, 6, 5), noise(4, 6, 5)
    for array in (colour, colour.transpose(0, 2, 3, 1)):
        assert torch.equal(read_images(saved(tmp_path, array), RGB).images, torch.from_numpy(colour))
    stack = np.stack([grey] * 3, 1)
    for array in (grey, grey[:, None], grey[..., None], stack, stack.transpose(0, 2, 3, 1)):
        assert torch.equal(read_images(saved(tmp_path, array), GREY).images[:, 0], torch.from_numpy(grey))


@pytest.mark.parametrize(
    ("array", "shape", "sentence"),
    [
        (noise(4, 5, 6), GREY, r"shape \[4, 5, 6\], but must be .* with h=6, w=5, c=1: images are not resized"),
        (noise(4, 30), GREY, r"shape \[4, 30\]"),
        (noise(6, 5), GREY, r"shape \[6, 5\]"),
        (np.array(3), GREY, r"shape \[\]"),
        (noise(4, 4, 6, 5), RGB, r"shape \[4, 4, 6, 5\]"),
        (noise(4, 6, 5), RGB, "1 channels, but 3 are needed: grey images are not converted"),
        (noise(4, 6, 5, 3), GREY, "colour, but grey is needed"),
        (noise(1, 6, 5), GREY, "contains 1 images, but at least 2 are needed"),
        (noise(2, 6, 5)[:0], GREY, "contains 0 images, but at least 2 are needed"),
        (np.full((2, 6, 5), "7"), GREY, "values of type <U1, but images must be numbers or bool"),
        (np.full((2, 6, 5), 1j), GREY, "values of type complex128"),
        (np.full((2, 6, 5), np.nan), GREY, "not finite"),
        (np.full((2, 6, 5), np.inf), GREY, "not finite"),
        (np.full((2, 6, 5), 1.5), GREY, r"float64 in 1\.5\.\.1\.5, but uint8, bool, floats in \[0, 1\] or \[-1, 1\]"),
        (np.linspace(-1.001, 1, 60).reshape(2, 6, 5), GREY, r"in -1\.001\.\.1, but"),
        (np.linspace(0, 255, 60).reshape(2, 6, 5), GREY, r"in 0\.\.255, but"),
        (noise(2, 6, 5).astype(np.int16) - 1, GREY, r"int16 in -1\.\.254, but"),
        (noise(2, 6, 5).astype(np.uint16) * 257, GREY, r"uint16 in 0\.\.65535, but"),
        (noise(2, 6, 5).astype(np.float32) + 1, GREY, r"in 1\.\.256, but"),
    ],
)
def test_arrays_that_are_no_such_images_are_refused(
    tmp_path: Path, array: np.ndarray, shape: tuple[int, int, int], sentence: str
) -> None:
    refused(saved(tmp_path, array), shape, sentence)


@pytest.mark.parametrize(
    ("convert", "values", "span"),
    [
        (lambda v: v / 255, "round(255 x)", "0..1"),
        (lambda v: (v / 255).astype(np.float32), "round(255 x)", "0..1"),
        (lambda v: (v / 255).astype(np.float16), "round(255 x)", "0..1"),
        (lambda v: (v / 255).astype(">f4"), "round(255 x)", "0..1"),
        (lambda v: v / 127.5 - 1, "round(127.5 (x + 1))", "-1..1"),
        (lambda v: (v / 127.5 - 1).astype(np.float32), "round(127.5 (x + 1))", "-1..1"),
        (lambda v: v.astype(np.float64), "whole numbers as they are", "0..255"),
        (lambda v: v.astype(">i8"), "whole numbers as they are", "0..255"),
        (lambda v: v, "uint8 as they are", "0..255"),
        (lambda v: np.asfortranarray(v)[::-1][::-1], "uint8 as they are", "0..255"),
    ],
)
def test_every_convention_of_values_gives_the_same_images(
    tmp_path: Path, convert: Callable[[np.ndarray], np.ndarray], values: str, span: str
) -> None:
    grey = noise(40, 6, 5)
    file = read_images(saved(tmp_path, convert(grey)), GREY)
    assert torch.equal(file.images[:, 0], torch.from_numpy(grey))
    assert (file.stated["values"], file.stated["range"]) == (values, span)


def test_bool_is_black_and_white(tmp_path: Path) -> None:
    mask = noise(3, 6, 5) > 127
    file = read_images(saved(tmp_path, mask), GREY)
    assert torch.equal(file.images[:, 0], 255 * torch.from_numpy(mask).to(torch.uint8))
    assert (file.stated["values"], file.stated["range"]) == ("bool as 0 and 255", "0..1")


def test_the_whole_file_decides_how_values_are_read(tmp_path: Path) -> None:
    floats = noise(9, 6, 5) / 127.5 - 1
    floats[0] = 0.5
    alone, among = saved(tmp_path, floats[[0, 0]]), tmp_path / "all.npy"
    assert (read_images(alone, GREY).images == 128).all()
    np.save(among, floats)
    assert (read_images(among, GREY).images[0] == 191).all()
    for seed in range(3):
        assert read_images(among, GREY, n=2, seed=seed).stated["values"] == "round(127.5 (x + 1))"


def test_python_objects_are_never_loaded(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple:
            return Path.touch, (tmp_path / "sprung",)

    objects = np.array([Trap(), Trap()], dtype=object)
    np.savez(tmp_path / "a.npz", objects)
    (tmp_path / "b.npy").write_bytes(pickle.dumps(Trap()))
    for path in (saved(tmp_path, objects), tmp_path / "a.npz", tmp_path / "b.npy"):
        refused(path, GREY, "is not an array, or an array of Python objects, which are never loaded: save numbers")
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize("kept", [0.0, 0.02, 0.5, 0.99])
@pytest.mark.parametrize("ending", [".npy", ".npz", "-ubyte", "-ubyte.gz"])
def test_a_truncated_file_is_named(tmp_path: Path, ending: str, kept: float) -> None:
    images, buffer = noise(40, 6, 5), io.BytesIO()
    if ending.startswith(".np"):
        (np.save if ending == ".npy" else np.savez)(buffer, images)
        whole = buffer.getvalue()
    else:
        whole = idx(images) if ending == "-ubyte" else gzip.compress(idx(images))
    path = tmp_path / f"a{ending}"
    path.write_bytes(whole)
    assert len(read_images(path, GREY).images) == 40
    path.write_bytes(whole[: int(kept * len(whole))])
    refused(path, GREY, f"cannot be read as a {ending} file")


# IDX


@pytest.mark.parametrize("ending", ["-idx3-ubyte", ".idx3-ubyte", "-idx3-ubyte.gz"])
def test_idx_files_are_read_zipped_or_not(tmp_path: Path, ending: str) -> None:
    images, path = noise(7, 6, 5), tmp_path / f"t10k-images{ending}"
    path.write_bytes(gzip.compress(idx(images)) if ending.endswith("gz") else idx(images))
    file = read_images(path, GREY)
    assert torch.equal(file.images[:, 0], torch.from_numpy(images))
    assert file.stated["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()


def test_labels_are_no_images(tmp_path: Path) -> None:
    path = tmp_path / "t10k-labels-idx1-ubyte"
    path.write_bytes(idx(noise(7)))
    refused(path, GREY, "cannot be read as a -ubyte file .*3 dimension")


# Which, and how many


def test_a_subset_is_random_repeatable_and_stated(tmp_path: Path) -> None:
    images = np.broadcast_to(np.arange(200, dtype=np.uint8)[:, None, None], (200, 6, 5))
    path = saved(tmp_path, images)
    one, two, other = (read_images(path, GREY, n=50, seed=seed) for seed in (1, 1, 2))
    numbers = one.images[:, 0, 0, 0].tolist()
    assert len(set(numbers)) == 50
    # The mean of 50 of 200 numbers has a standard error of 7; that of the first 50 would be 25.
    assert abs(np.mean(numbers) - 99.5) < 35
    assert numbers != sorted(numbers)
    assert torch.equal(one.images, two.images)
    assert not torch.equal(one.images, other.images)
    assert (one.stated["found"], one.stated["chosen"]) == (200, "50 at random (seed 1)")
    assert one.stated["range"] == "0..199"
    unsaid, zero = read_images(path, GREY, n=50), read_images(path, GREY, n=50, seed=0)
    assert torch.equal(unsaid.images, zero.images)


@pytest.mark.parametrize("n", [12, 13])
def test_asked_for_as_many_or_more_all_are_given_in_order(tmp_path: Path, n: int) -> None:
    images = noise(12, 6, 5)
    file = read_images(saved(tmp_path, images), GREY, n=n)
    assert torch.equal(file.images[:, 0], torch.from_numpy(images))
    assert file.stated["chosen"] == "all"


def test_images_have_names_that_stay_theirs_in_a_subset(tmp_path: Path) -> None:
    images = noise(12, 6, 5)
    named = read_images(folder(tmp_path / "folder", images), GREY)
    assert named.names == [f"{number}.png" for number in range(12)]
    some = read_images(saved(tmp_path, images), GREY, n=5)
    for name, image in zip(some.names, some.images, strict=True):
        assert np.array_equal(image[0], images[int(name)])


def test_one_picture_is_read_where_one_image_is_enough(tmp_path: Path) -> None:
    (image,) = noise(1, 6, 5)
    path = folder(tmp_path, image[None], ".PNG") / "0.PNG"
    refused(path, GREY, "contains 1 images, but at least 2 are needed")
    file = read_images(path, GREY, least=1)
    assert np.array_equal(file.images[0, 0], image)
    assert file.names == ["0.PNG"]
    assert file.stated["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()


def test_fewer_than_two_cannot_be_asked_for(tmp_path: Path) -> None:
    with pytest.raises(GanLabError, match="n=1 images are too few to be measured: at least 2"):
        read_images(saved(tmp_path, noise(4, 6, 5)), GREY, n=1)


def test_paths_that_are_no_images_say_what_could_be(tmp_path: Path) -> None:
    refused(tmp_path / "nowhere", GREY, "does not exist")
    (tmp_path / "model.pt").write_bytes(b"")
    refused(
        tmp_path / "model.pt", GREY, r"must be a folder of PNG or JPEG images or .* \.npy, \.npz, -ubyte, -ubyte\.gz"
    )
