import json

import pytest

from gan_lab.errors import GanLabError
from gan_lab.extractor import main
from gan_lab.metric.extractor.command import train_extractor
from gan_lab.metric.extractor.trained import TrainedFeatures


@pytest.fixture
def config(composed, tmp_path):
    folders = [f"folder={tmp_path}/weights", f"results={tmp_path}/results"]
    return composed("data=digits", "name=digits-v1", "epochs=2", "threads=1", *folders, name="extractor")


def test_it_trains_an_extractor_for_other_labelled_images(config, tmp_path):
    report = train_extractor(config, "the command")
    assert report == json.loads((tmp_path / "results" / "digits-v1.json").read_text())
    assert report["images"] == {"train": 997, "validation": 400, "test": 400}
    assert report["accuracy"]["test"] > 0.5  # two epochs of 4 steps each; chance is 0.1
    assert report["ladder"]["real"]["fid"] < report["ladder"]["noise_0.4"]["fid"]
    extractor = TrainedFeatures(name="digits-v1", sha256=report["sha256"], folder=str(tmp_path / "weights"))
    extractor.adapt(1, 28, 28)

    with pytest.raises(GanLabError, match=r"digits-v1\.safetensors exists"):
        train_extractor(config, "again")
    assert sorted(path.name for path in tmp_path.rglob("*.*")) == ["digits-v1.json", "digits-v1.safetensors"]


def test_data_without_labels_are_refused(config, composed, tmp_path):
    config["data"]["num_classes"] = 0
    with pytest.raises(GanLabError, match="labelled images"):
        train_extractor(config, "")
    assert not list(tmp_path.iterdir())


def test_command_line(tmp_path, monkeypatch, capsys):
    folders = [f"folder={tmp_path}", f"results={tmp_path}"]
    command = ["data=digits", "name=tiny", "epochs=1", "threads=1", *folders]
    monkeypatch.setattr("sys.argv", ["gan_lab.extractor", *command])
    main()
    report = json.loads((tmp_path / "tiny.json").read_text())
    assert f"sha256 {report['sha256']}, accuracy on test images 0." in capsys.readouterr().out
    assert report["command"] == "python -m gan_lab.extractor " + " ".join(command)
    with pytest.raises(SystemExit, match=r"^gan_lab: .*tiny.safetensors exists and numbers were measured"):
        main()
