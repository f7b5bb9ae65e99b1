"""The samplers' figures: quality against cost, and the samples on the 25 Gaussians."""

from pathlib import Path

from PIL import Image, ImageDraw

from gan_lab.evaluate.cost_figures import save_figures
from gan_lab.reference.published import SAMPLERS, Record
from gan_lab.reference.sampler_plan import TEST, N, folder_of


def save_cost_figures(kept: dict[str, Record]) -> None:
    """Saves the figures of quality against cost of each trained model."""
    for part, of_part in kept.items():
        n = 10_000 if part == "grid" else N
        shown = [one for one in of_part["rows"] if one["n"] == n and one.get("split", TEST) == TEST]
        (SAMPLERS / part).mkdir(parents=True, exist_ok=True)
        records = [
            {"measures": {**one, "generated": one["measures"]}, "cost": one["cost"], "subject": one["settings"]}
            for one in shown
        ]
        save_figures(SAMPLERS / part, records, [one["sampler"] for one in shown], 0)


def points_picture(runs: Path, samplers: list[str]) -> Image.Image:
    """Returns one picture of the samples of each sampler on the 25 Gaussians, four in a row."""
    side, rows = 300, -(-len(samplers) // 4)
    picture = Image.new("RGB", (4 * side, rows * (side + 18)), "white")
    draw = ImageDraw.Draw(picture)
    for number, sampler in enumerate(samplers):
        left, top = number % 4 * side, number // 4 * (side + 18)
        path = folder_of(runs, "grid", sampler, ("n=10000", "data=grid")) / "samples.png"
        with Image.open(path) as one:
            picture.paste(one.convert("RGB").resize((side, side)), (left, top + 18))
        draw.text((left + 6, top + 3), sampler.replace("sampler.", ""), fill="black")
    return picture
