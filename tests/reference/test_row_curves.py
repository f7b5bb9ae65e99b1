"""Curves are means of parts of a run, and measures stay where they were taken."""

import csv
from pathlib import Path

from gan_lab.reference.row_curves import column_of, write_curves


def test_curves_are_means_and_measures_stay_as_they_were(tmp_path: Path) -> None:
    with (tmp_path / "metrics.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["generator_steps", "images_seen", "seconds", "critic/loss", "fid", "precision_k3", "recall_k3"]
        )
        for step in range(1, 401):
            measured = [1000 - step, 0.5, 0.25] if step % 100 == 98 else ["", "", ""]
            writer.writerow([step, 64 * step, step / 4, step % 2, *measured])
    write_curves(tmp_path / "metrics.csv", tmp_path / "curves.csv")
    with (tmp_path / "curves.csv").open(newline="") as file:
        lines = list(csv.DictReader(file))
    steps = [step - 2 if step % 100 == 0 else step for step in range(10, 401, 10)]
    assert [int(line["generator_steps"]) for line in lines] == steps
    assert [float(line["seconds"]) for line in lines] == [step / 4 for step in steps]
    assert {(line["critic/loss"], line["critic/loss_std"]) for line in lines} == {("0.5", "0.5")}
    fids = {int(line["generator_steps"]): float(line["fid"]) for line in lines if line["fid"]}
    assert fids == {98: 902, 198: 802, 298: 702, 398: 602}
    (tmp_path / "curves.csv").rename(tmp_path / "gan-seed1.csv")
    assert column_of(tmp_path, "gan", "fid") == ([98, 198, 298, 398], [902, 802, 702, 602])
    with (tmp_path / "gan-seed1.csv").open("a") as file:
        file.write("400,,,1.0,,,,\n")
    ends = [*range(10, 401, 10), 400]
    assert column_of(tmp_path, "gan", "critic/loss")[0] == ends, "not where the part was measured"
