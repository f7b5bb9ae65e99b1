"""The sides of a convolutional network's feature maps, which are those of the images, halved several times."""


def halvings(shape: tuple[int, ...], *, least: int) -> int:
    """Returns how often both sides of images of this shape can be halved without a remainder and stay at `least`.

    28x28 can be halved twice for `least` = 4, as 7 is odd; 32x32 three times, 48x48 three times and 64x64 four times.
    """
    times = 0
    while len(shape) == 3 and all(side % 2 ** (times + 1) == 0 and side >> (times + 1) >= least for side in shape[1:]):
        times += 1
    return times


def halved(shape: tuple[int, ...], times: int, *, choice: str) -> tuple[int, int]:
    """Returns the sides after `times` halvings. Raises ValueError if there are no sides, or they leave a remainder."""
    if len(shape) != 3:
        raise ValueError(f"{choice} makes images, and the data have shape {shape}: use network=mlp_2d")
    factor = 2**times
    if shape[1] % factor or shape[2] % factor:
        nearest = [max(factor, factor * round(side / factor)) for side in shape[1:]]
        raise ValueError(
            f"{choice} needs images with sides divisible by {factor}, and the data have shape {shape}: of a folder, "
            f"take data.image_size={nearest}, or network=mlp, which makes any size"
        )
    return shape[1] // factor, shape[2] // factor
