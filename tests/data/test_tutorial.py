"""The tutorial on one's own folder holds for 300 colour pictures: it ends in a report and a saved model."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gan_lab.runs.run_folder import SUMMARY
from tests.commands import many
from tests.documents import REPOSITORY, SHORT, blocks, words

TUTORIAL = REPOSITORY / "gan_lab" / "data" / "README.md"
RUN = "outputs/gan/DATE_TIME"
MEASURED = "evaluate checkpoint=outputs/gan/DATE_TIME metric=trained metric.extractor.name=pictures-v1"
SHORTER = {
    "": tuple(word for word in SHORT if "report" not in word),
    "extractor": ("epochs=2", "threads=1"),
    "evaluate": (f"hydra.run.dir={RUN}/evaluation",),
    "sample": ("n=12",),
}
"""What makes the commands short, without leaving out what the tutorial promises."""


def draw(folder: Path, count: int = 300) -> None:
    """Photographs of 48 x 64 pixels as a beginner has them: a coloured disc before a background that gets lighter."""
    folder.mkdir()
    drawn = np.random.default_rng(0)
    y, x = np.mgrid[:48, :64]
    for number in range(count):
        background, disc = drawn.integers(0, 200, (2, 3))
        centre, radius = drawn.uniform((12, 12), (36, 52)), drawn.uniform(5, 15)
        picture = background + y[..., None] * drawn.uniform(0, 1)
        picture[(y - centre[0]) ** 2 + (x - centre[1]) ** 2 < radius**2] = disc
        Image.fromarray(picture.astype(np.uint8)).save(folder / f"{number}.jpg")


@pytest.mark.slow
def test_the_tutorial_ends_in_a_report_and_a_saved_model(tmp_path: Path) -> None:
    draw(tmp_path / "FOLDER")
    steps, _, _ = TUTORIAL.read_text().partition("\n## 6. ")
    commands = [line for block in blocks(steps, "sh") for line in block.splitlines()]
    lines = []
    for number, command in enumerate(commands):
        module, arguments = words(command)
        shorter = {word.partition("=")[0] for word in SHORTER.get(module, ())}
        kept = [word for word in arguments if word.partition("=")[0] not in shorter]
        place = [] if module else [f"hydra.run.dir={RUN if number == 0 else 'grey'}"]
        lines.append([*filter(None, [module]), *kept, *SHORTER.get(module, ()), *place])
    assert f"`python -m gan_lab.{MEASURED}`" in steps
    lines.append([*MEASURED.split(), f"hydra.run.dir={RUN}/by_pictures"])
    answers = many(lines, tmp_path, apart=False)
    assert [answer["status"] for answer in answers] == [0] * len(lines), [answer["said"] for answer in answers]

    run = tmp_path / RUN
    assert (run / "report.html").stat().st_size > 10_000
    assert "300 images of 48 x 64 RGB are cut and resized to 32 x 32 RGB" in answers[0]["said"]
    assert "every measure of 30 samples is mostly noise" in answers[0]["said"]
    cut = "cut to their middle, resized to 32 x 32, bicubic and antialiased"
    assert json.loads((run / SUMMARY).read_text())["protocol"]["image_preparation"] == cut
    evaluation = json.loads((run / "by_pictures" / "evaluation.json").read_text())["protocol"]
    assert evaluation["extractor"] == "pictures-v1"
    assert "pictures-v1 was trained without labels, and tells no classes apart" in answers[-1]["said"]
    with Image.open(run / "samples" / "latest.png") as samples:
        pixels = np.asarray(samples)
    assert (pixels[..., 0] != pixels[..., 2]).any(), "in colour"
    assert len([*tmp_path.glob("samples/images/*.png")]) == 12
    assert (tmp_path / "my_model" / "model.safetensors").is_file()
    assert cut in (tmp_path / "my_model" / "README.md").read_text(), "the card says what was done to the images"
