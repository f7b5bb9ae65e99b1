"""`python -m gan_lab.doctor` on old runs, and on files that anybody may have written."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gan_lab.doctor.__main__ import diagnosed, main
from gan_lab.doctor.evidence import evidence_of
from gan_lab.doctor.examination import examined
from gan_lab.runs.run_folder import RunFolder
from tests.commands import REPOSITORY, environment

OLD = ("tests/runs/old_run", "outputs/reference/wgan_gp_digits", "outputs/reference/gan_r1_mnist")


@pytest.mark.parametrize("folder", OLD)
def test_old_runs_are_explained(folder: str) -> None:
    """The last one ended while FID fell by a fifth, which its curve says without us."""
    run = evidence_of(REPOSITORY / folder)
    fid = run.curve("fid")
    falling = len(fid) >= 5 and fid[-1] < 0.9 * fid[-1 - len(fid) // 3]
    expected = ["still falling"] if falling else []
    assert [found.name for found in examined(run)] == expected
    text = diagnosed(REPOSITORY / folder)
    assert ("epochs=10" in text) == falling
    assert ("nothing is wrong" in text) != bool(expected)


def doctor(monkeypatch: pytest.MonkeyPatch, *folders: Path) -> None:
    monkeypatch.setattr("sys.argv", ["gan_lab.doctor", *map(str, folders)])
    main()


def test_every_run_below_a_folder_is_examined_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("10_gan", "9_gan"):
        (tmp_path / "sweep" / name / "checkpoints").mkdir(parents=True)
        (tmp_path / "sweep" / name / "metrics.csv").write_text("generator_steps,fid\n1,2.0\n")
    doctor(monkeypatch, tmp_path, tmp_path / "sweep" / "10_gan")
    said = [line for line in capsys.readouterr().out.splitlines() if line.endswith(":")]
    assert [Path(line.rstrip(":")).name for line in said] == ["9_gan", "10_gan"]


def test_a_folder_without_a_run_and_one_that_the_system_refuses_end_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SystemExit, match=r"^gan_lab: there is no run of gan_lab below "):
        doctor(monkeypatch, tmp_path)
    with pytest.raises(SystemExit, match=r"^gan_lab: .*nowhere does not exist: doctor takes run folders"):
        doctor(monkeypatch, tmp_path / "nowhere")
    with pytest.raises(SystemExit, match=r"^gan_lab: x+ cannot be used: file name too long$"):
        doctor(monkeypatch, Path("x" * 300))


NASTY: tuple[Any, ...] = ("\x1b[31m", 1e308, -1e308, 10**400, True, None, [], [[]], {}, {"best": 3}, "nan", "<b>")


def test_hostile_files_are_read_as_far_as_they_go(tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    pick = lambda: NASTY[random.integers(len(NASTY))]
    names = ("fid", "precision_k3", "recall_k3", "class_diversity", "duplicates", "authenticity", "data_copying")
    found = 0
    for _ in range(60):
        rows = {row: {name: pick() for name in names} for row in ("best", "last", "raw", "floor")}
        summary = {"status": "finished", "measures": rows if random.random() < 0.8 else pick(), "monitor": "fid"}
        summary |= {key: pick() for key in ("length", "generator_steps", "reason", "machine", "intervals", "command")}
        RunFolder(tmp_path).summary.write_text(json.dumps(summary))
        config = {"overrides": pick(), "seed": pick(), "model": {"generator": pick(), "prior": {"std": pick()}}}
        RunFolder(tmp_path).config.write_text(json.dumps(config | {"data": {"batch_size": pick()}}))
        cells = ["", "1e308", "-1e308", "inf", "nan", "x", "0", "5"]
        head = (
            "generator_steps,fid,critic/loss,critic/parameter_gradient_norm_layer_1,generator/parameter_gradient_norm"
        )
        lines = [",".join([str(i), *random.choice(cells, 4)]) for i in range(30)]
        RunFolder(tmp_path).metrics.write_text("\n".join([head, *lines, ""]))
        found += len(examined(evidence_of(tmp_path)))
    assert found > 60
    assert "\x1b" not in diagnosed(tmp_path)


def test_a_run_with_findings_is_explained_without_torch() -> None:
    run = REPOSITORY / "outputs/reference/gan_r1_mnist"
    code = "import sys; from gan_lab.doctor.__main__ import main; main(); assert 'torch' not in sys.modules"
    done = subprocess.run(
        [sys.executable, "-c", code, str(run)], env=environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "try: python -m gan_lab model=gan_r1 data=mnist" in done.stdout
