"""Curves are means of parts of a run, and measures stay where they were taken."""

import csv
from pathlib import Path

from gan_lab.reference.row_curves import POINTS, column_of, part, write_curves


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


def test_parts_are_equal_and_count_from_one() -> None:
    assert [part(step, 400) for step in (1, 10, 11, 20, 399, 400)] == [1, 1, 2, 2, 40, 40]
    assert [part(step, 400) for step in range(1, 401)] == sorted([*range(1, POINTS + 1)] * 10)


def test_terms_stand_at_the_ends_of_their_parts_and_a_column_may_have_gaps(tmp_path: Path) -> None:
    (tmp_path / "gan-seed1.csv").write_text("generator_steps,critic/loss,fid\n8,1.0,5\n18,,\n30,2.0,4\n" + "400,3.0,\n")
    assert column_of(tmp_path, "gan", "critic/loss") == ([10, 30, 400], [1, 2, 3])
    assert column_of(tmp_path, "gan", "fid") == ([8, 30], [5, 4])


def test_layers_and_known_terms_are_kept(tmp_path: Path) -> None:
    names = ["critic/loss", "generator/loss", "critic/parameter_gradient_norm_layer_1", "critic/other"]
    lines = [f"{step},{64 * step},{step}.5,{step},{10 * step},0.5,9,,,\n" for step in range(1, 81)]
    head = ",".join(["generator_steps", "images_seen", "seconds", *names, "fid", "precision_k3", "recall_k3"])
    (tmp_path / "metrics.csv").write_text(head + "\n" + "".join(lines))
    write_curves(tmp_path / "metrics.csv", tmp_path / "curves.csv")
    with (tmp_path / "curves.csv").open(newline="") as file:
        found = list(csv.DictReader(file))
    assert len(found) == POINTS
    assert "critic/other" not in found[0]
    assert [float(found[4][name]) for name in names[:3]] == [9.5, 95, 0.5]
    assert (found[4]["generator_steps"], found[4]["images_seen"], found[4]["fid"]) == ("10", "640", "")


def test_a_run_without_a_critic_has_curves_of_what_there_is(tmp_path: Path) -> None:
    lines = "".join(f"{step},{64 * step},{step}.5,{step},,,\n" for step in range(1, 81))
    head = "generator_steps,images_seen,seconds,generator/loss,fid,precision_k3,recall_k3\n"
    (tmp_path / "metrics.csv").write_text(head + lines)
    write_curves(tmp_path / "metrics.csv", tmp_path / "curves.csv")
    with (tmp_path / "curves.csv").open(newline="") as file:
        found = list(csv.DictReader(file))
    assert {line["critic/loss_std"] for line in found} == {""}
    assert [float(line["generator/loss"]) for line in found[:2]] == [1.5, 3.5]
