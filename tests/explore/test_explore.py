"""What the explorer prepares of samples, training images and samplers, and what it refuses."""

import io
import json
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from gan_lab.data.digits import Digits
from gan_lab.errors import GanLabError
from gan_lab.explore.command_words import divided, refuse_network, refuse_taken_file
from gan_lab.explore.explorer_page import FIRST, MORE, Explored, explored, explorer_page
from gan_lab.explore.layer_list import Layer, layers_of
from gan_lab.explore.moved_codes import way
from gan_lab.explore.replayed_points import replay_page_of
from gan_lab.explore.sample_map import sample_map
from gan_lab.explore.tile_sheet import LARGEST, sheet_data
from gan_lab.images import from_uint8
from gan_lab.runs.next_steps import next_steps
from gan_lab.runs.saved_folder import CARD, WEIGHTS
from gan_lab.sampler.direct import Direct
from gan_lab.trained_model import TrainedModel
from tests.explore.untrained import saved
from tests.fixtures import BuildModel, Compose
from tests.replay.recordings import recording, write_recorded


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> TrainedModel:
    folder = tmp_path_factory.mktemp("model")
    small = ("model.generator.hidden=[24]", "model.critic.hidden=[16]", "model.prior.dim=6")
    saved(folder, "model=gmgan_static", "data=digits", *small)
    return TrainedModel.open(str(folder), "best", torch.device("cpu"))


def test_copies_of_training_images_are_found(trained: TrainedModel, digits: Digits) -> None:
    """Of a generator whose first coordinate decides which of two training images it copies, and of one that makes
    stripes."""
    first, second = (from_uint8(digits.train.values[index]).flatten() for index in (3, 8))
    choose = torch.zeros(1, 6)
    choose[0, 0] = 1e6
    steps = [
        Layer("linear", {"weight": choose, "bias": torch.zeros(1)}),
        Layer("tanh"),
        Layer("linear", {"weight": (second - first)[:, None] / 2, "bias": (second + first) / 2}),
    ]
    found = sample_map(trained.module, steps, digits, "digits", 30)
    assert found.closer.all()
    assert found.distance[:, 0].max() < 1e-3
    assert {*found.neighbours[:, 0].tolist()} == {3, 8}
    assert found.component is not None
    assert (found.group == found.component % 10).all()
    assert found.grouped_by == "class"
    data = found.data()
    shown = found.neighbours.unique()
    assert [[int(shown[tile]) for tile in tiles] for tiles in data["neighbours"]] == found.neighbours.tolist()
    stripes = torch.tensor([1.0, -1.0]).repeat(392)
    striped = [Layer("linear", {"weight": torch.zeros(784, 6), "bias": stripes})]
    assert not sample_map(trained.module, striped, digits, "digits", 5).closer.any()


def test_a_sheet_has_every_image_at_its_place() -> None:
    images = torch.arange(130, dtype=torch.uint8)[:, None, None, None].expand(130, 1, 8, 12).contiguous()
    data = sheet_data(images)
    sheet = np.asarray(Image.open(io.BytesIO(b64decode(data["picture"]))).convert("L")).astype(float)
    for index in range(130):
        row, column = divmod(index, data["columns"])
        tile = sheet[8 * row : 8 * row + 8, 12 * column : 12 * column + 12]
        assert abs(tile.mean() - index) < 6, index
    large = sheet_data(torch.zeros(3, 3, 100, 50, dtype=torch.uint8))
    assert (large["height"], large["width"]) == (LARGEST, LARGEST // 2)
    assert Image.open(io.BytesIO(b64decode(large["picture"]))).size == (3 * LARGEST // 2, LARGEST)


def test_a_way_starts_at_samples_and_has_the_critics_score(trained: TrainedModel, digits: Digits) -> None:
    found = way("dot", trained, digits)
    direct = Direct(batch_size=500)
    trained.prepare(direct, digits)
    drawn = trained.draw(direct, found["count"], 1)
    assert found["steps"][0] == 0
    assert found["steps"][-1] == 20
    e = np.frombuffer(b64decode(found["e"]), "<f2").reshape(len(found["steps"]), found["count"], -1)
    start = trained.module.averaged_prior.standard(drawn.latent).half().numpy()
    np.testing.assert_array_equal(e[0], start)
    assert drawn.latent.component is not None
    assert found["component"] == drawn.latent.component.tolist()
    scores = np.frombuffer(b64decode(found["score"]), "<f4").reshape(len(found["steps"]), -1)
    critic, loss = trained.module.critic, trained.module.loss
    assert critic is not None
    assert loss is not None
    with torch.no_grad():
        judged = loss.realness(critic(drawn.x).score, drawn.latent.component)
    np.testing.assert_allclose(scores[0], judged.numpy(), atol=1e-5)


def test_a_sampler_that_refuses_the_model_says_so(trained: TrainedModel, digits: Digits) -> None:
    module = trained.module
    before, module.packing = module.packing, 2
    try:
        assert "scores packs of 2" in way("ddls", trained, digits)["refused"]
    finally:
        module.packing = before


def test_a_generator_that_is_too_large_is_refused_before_the_map(trained: TrainedModel, digits: Digits) -> None:
    with pytest.raises(GanLabError, match=r"generator of gmgan would take 0\.1 of the 0 MB"):
        explored(trained, digits, "gmgan", 10, most=1000)
    assert FIRST == 8_000_000


def test_a_page_that_is_too_large_is_refused() -> None:
    model = Explored("gan", {"name": "gan"}, {"layers": "a" * FIRST})
    with pytest.raises(GanLabError, match=r"would have 8\.\d MB, and the limit is 8: "):
        explorer_page([model])
    half = Explored("gan", {"name": "gan"}, {"layers": "a" * (MORE - 100_000)})
    assert FIRST < len(explorer_page([half, half])) < FIRST + MORE


def test_the_words_of_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert divided(["a", "out=b.html", "c/d=e"]) == (
        ["a", "c/d=e"],
        {"out": "b.html", "which": "best", "samples": 2000},
    )
    (tmp_path / "run=1").mkdir()
    assert divided(["run=1", "samples=40", "which=last"])[0] == ["run=1"]
    wrong: dict[str, str] = {
        "outt=x": "there is no option outt=: the options are out=, which=, samples=",
        "which=first": "which is",
        "samples=3": "samples is 3",
        "samples=many": "samples is",
    }
    for word, sentence in wrong.items():
        with pytest.raises(GanLabError, match=sentence):
            divided(["a", word])
    with pytest.raises(GanLabError, match="explore needs a run folder"):
        divided(["out=x.html"])


def test_what_lies_in_the_way_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    page = tmp_path / "explore.html"
    refuse_taken_file(page, False)
    page.touch()
    with pytest.raises(GanLabError, match=r"^explore.html exists: .*--overwrite"):
        refuse_taken_file(page, False)
    refuse_taken_file(page, True)
    with pytest.raises(GanLabError, match="is a folder"):
        refuse_taken_file(tmp_path, True)


def card(folder: Path, *shape: int) -> str:
    folder.mkdir()
    (folder / CARD).write_text(json.dumps({"config": {"data": {"shape": shape}}}))
    (folder / WEIGHTS).touch()
    return str(folder)


def takes(action: Callable[[], object]) -> bool:
    try:
        action()
    except GanLabError:
        return False
    return True


@pytest.mark.parametrize("network", ["mlp", "dcgan", "infogan", "resnet"])
def test_what_is_refused_by_its_name_has_other_layers(
    network: str, composed: Compose, build_model: BuildModel, tmp_path: Path
) -> None:
    words = ("model=gan", f"network={network}", "data=digits")
    folder, config = card(tmp_path / "model", 1, 28, 28), composed(*words)
    Path(folder, CARD).write_text(json.dumps({"config": config}))
    shown = takes(lambda: layers_of(build_model(*words).generator))
    assert takes(lambda: refuse_network(folder)) == shown
    assert any("gan_lab.explore" in command for command in next_steps(config, tmp_path)) == shown


def test_points_are_replayed_and_images_are_not(tmp_path: Path) -> None:
    images, points = card(tmp_path / "images", 1, 28, 28), card(tmp_path / "points", 2)
    assert replay_page_of([images], None) is None
    with pytest.raises(GanLabError, match="can be replayed"):
        replay_page_of([points], None)
    with pytest.raises(GanLabError, match="they need a page each"):
        replay_page_of([images, points], None)
    for words, out in ((["theory", images], None), (["theory"], tmp_path / "page.html")):
        with pytest.raises(GanLabError, match="explore theory stands alone"):
            replay_page_of(words, out)


def test_a_recorded_run_is_written_where_it_was_asked_for(tmp_path: Path) -> None:
    run = write_recorded(tmp_path / "run", recording())
    assert replay_page_of([str(run)], tmp_path / "page.html") == tmp_path / "page.html"
    assert "<html" in (tmp_path / "page.html").read_text()
