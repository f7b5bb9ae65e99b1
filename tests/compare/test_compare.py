"""The command: what it writes, and what it says."""

import csv
import json
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from PIL import Image

from gan_lab.compare.run import write
from gan_lab.errors import GanLabError
from gan_lab.trust.lenient import printable
from tests.commands import as_program, environment
from tests.compare.runs import changed, seeded, write_pictures, write_run

NASTY = "</script><img src=x onerror=alert(1)> 'quoted' \"twice\" | & <!-- \u2028 ]]>"


def compare(*arguments: str, cwd: Path, status: int = 0) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "gan_lab.compare", *arguments],
        cwd=cwd,
        env=environment(PYTHONPATH=str(Path(__file__).parents[2])),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status, done.stderr
    return done


class Elements(HTMLParser):
    """Attributes that could fetch something, and the scripts' texts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.fetching: list[str] = []
        self.scripts: dict[str, str] = {}
        self.inside: str | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.fetching += [f"{tag} {name}" for name, _ in attrs if name in ("src", "href", "srcset", "data", "action")]
        self.inside = (dict(attrs).get("id") or f"script {len(self.scripts)}") if tag == "script" else None

    def handle_data(self, data: str) -> None:
        if self.inside is not None:
            self.scripts[self.inside] = self.scripts.get(self.inside, "") + data

    def handle_endtag(self, tag: str) -> None:
        self.inside = None


def test_tables_hold_what_the_summaries_hold(tmp_path: Path, config: dict[str, Any]) -> None:
    runs = [
        write_run(tmp_path / f"{n_critic}", changed(config, model__n_critic=n_critic), quality=20 / n_critic)
        for n_critic in (1, 2)
    ]
    write([tmp_path], tmp_path / "out")
    with (tmp_path / "out" / "compare.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["model.n_critic"] for row in rows] == ["1", "2"]
    for row, run in zip(rows, runs, strict=True):
        for which in ("best", "last", "raw"):
            for name, value in run["measures"][which].items():
                assert float(row[f"{which}/{name}"]) == value
        assert float(row["seconds"]) == run["seconds"]
        assert float(row["floor/fid"]) == run["measures"]["floor"]["fid"]
        assert row["best/fid/spread"] == ""
    text = (tmp_path / "out" / "compare.md").read_text()
    assert f"**{runs[1]['measures']['best']['fid']:.4g}**" in text
    assert f" {runs[0]['measures']['best']['recall_k3']:.4g} " in text
    assert "| run | fid best | fid last | fid raw | precision_k3 best | recall_k3 best |" in text
    assert "reference_sha256 e7e7e7e7" in text
    lines = [line.count("|") - line.count("\\|") for line in text.splitlines() if line.startswith("|")]
    assert len(set(lines)) == 1


def test_what_reads_the_same_is_not_the_best_and_what_is_mere_rounding_is_zero(
    tmp_path: Path, config: dict[str, Any]
) -> None:
    for n_critic, fid in ((1, 1e-31), (2, 3e-32)):
        write_run(
            tmp_path / f"{n_critic}",
            changed(config, model__n_critic=n_critic),
            measures={"best": {"fid": fid}, "last": {"fid": 2.5}, "raw": {}, "floor": {"fid": 1e-40}},
            intervals={},
        )
    write([tmp_path], tmp_path)
    text = (tmp_path / "compare.md").read_text()
    rows = [[cell.strip() for cell in line.split("|")] for line in text.splitlines() if line.startswith("|")]
    assert [row[1:4] for row in rows[2:]] == [
        ["n_critic 1", "0", "2.5"],
        ["n_critic 2", "0", "2.5"],
        ["real (floor)", "0", "0"],
    ]


def test_the_table_in_the_terminal_fits_and_names_the_state_where_it_matters(
    tmp_path: Path, config: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    for name, lr in (("a", 1e-4), ("b", 2e-4)):
        write_run(tmp_path / name, changed(config, optimizer__lr=lr, model__generator__hidden=[1000 + ord(name)] * 20))
    write([tmp_path], tmp_path)
    printed = capsys.readouterr().out
    assert "state" not in printed
    assert max(map(len, printed.splitlines()[:-2])) <= 120
    assert printed.splitlines()[2].split()[:2] == ["fid", "best"]
    write_run(tmp_path / "c", changed(config, optimizer__lr=5e-4), status="failed")
    write([tmp_path], tmp_path)
    assert "failed" in capsys.readouterr().out


def test_a_sweep_gives_the_page_its_name(tmp_path: Path, config: dict[str, Any]) -> None:
    """Given as its folder, as the runs in it, and not where only some of what was given is a run."""
    sweep = tmp_path / "learning_rates"
    for number in (0, 1):
        write_run(sweep / f"{number}_gan", seeded(config, number))
    write_run(tmp_path / "single", config)

    def title(*folders: Path) -> str:
        return str(json.loads(Elements(write(folders, tmp_path / "out").read_text()).scripts["data"])["title"])

    runs = [sweep / "0_gan", sweep / "1_gan"]
    assert title(sweep) == title(*runs) == "learning_rates"
    assert title(runs[0]) == "0_gan"
    assert title(*runs, tmp_path / "single") == "0_gan, 1_gan, single"
    assert title(sweep, tmp_path / "single") == "learning_rates, single"


def test_the_page_fetches_nothing_and_holds_everything(tmp_path: Path, config: dict[str, Any]) -> None:
    write_run(tmp_path / "a", config, steps=400)
    write_pictures(tmp_path / "a", steps=400)
    write_run(tmp_path / "b", seeded(config, 2), steps=400)
    page = Elements(write([tmp_path], tmp_path).read_text())
    assert page.fetching == []
    data = json.loads(page.scripts["data"])
    assert [result["name"] for result in data["results"]] == ["a", "b"]
    assert {"critic/loss", "fid"} <= set(data["results"][0]["series"])
    assert len(json.loads(page.scripts["frames-0"])) == 8
    assert json.loads(page.scripts["frames-0"])[-1][0] == [400, 25600, 12.0]
    assert json.loads(page.scripts["frames-1"]) == []


def test_nothing_in_a_run_can_break_the_page(tmp_path: Path, config: dict[str, Any]) -> None:
    nasty = changed(config, model__n_critic=NASTY, variant=NASTY)
    write_run(tmp_path / "run", config, steps=200)
    write_run(tmp_path / "nasty'\"<b>", nasty, steps=200, status="failed", reason=NASTY)
    table = tmp_path / "run" / "metrics.csv"
    table.write_text(table.read_text().replace("critic/loss", "critic/</script><b>"))
    page = Elements(write([tmp_path], tmp_path).read_text())
    data = json.loads(page.scripts["data"])
    assert printable(NASTY) in [result["reason"] for result in data["results"]]
    assert printable(NASTY) in [value for row in data["sections"][0]["rows"] for value in row["values"]]
    curves = page.scripts["curves-1" if data["results"][1]["name"] == "run" else "curves-0"]
    assert "fid" in json.loads(curves)["series"]
    assert "script" not in curves, "no measure has such a name"


def test_whatever_a_file_says_there_is_no_traceback(tmp_path: Path, config: dict[str, Any]) -> None:
    """Each run has one value of its files, or a whole part, replaced by something else."""
    random = Random(0)
    whole = json.dumps(write_run(tmp_path / "run", config, steps=200))
    for number in range(80):
        run = tmp_path / f"{number}"
        summary, broken = json.loads(whole), seeded(config, number)
        for record in (summary, broken):
            replace(record, random.choice([None, True, -3, 2.5, float("nan"), "x", [1], {"a": [{}]}, []]), random)
        write_run(run, config, steps=200)
        (run / "config.yaml").write_text(yaml.safe_dump(broken))
        (run / "summary.json").write_text(json.dumps(summary))
    page = Elements(write([tmp_path], tmp_path / "out").read_text())
    assert len(json.loads(page.scripts["data"])["results"]) == 81


def replace(record: dict[str, Any], value: Any, random: Random) -> None:
    """Somewhere inside."""
    key = random.choice(list(record))
    if isinstance(record[key], dict) and record[key] and random.random() < 0.8:
        replace(record[key], value, random)
    else:
        record[key] = value


def test_a_torn_picture_is_left_out(tmp_path: Path, config: dict[str, Any]) -> None:
    write_run(tmp_path / "run", config)
    write_pictures(tmp_path / "run", count=4)
    torn = tmp_path / "run" / "samples" / "step_002000.png"
    torn.write_bytes(torn.read_bytes()[:500])
    page = Elements(write([tmp_path], tmp_path).read_text())
    assert [frame[0][0] for frame in json.loads(page.scripts["frames-0"])] == [0, 666, 1333]


@pytest.mark.slow
def test_the_command_imports_nothing_heavy(tmp_path: Path, config: dict[str, Any]) -> None:
    write_run(tmp_path / "outputs" / "gan" / "today", config)
    code = (
        "import sys; sys.argv = ['compare']\n"
        "from gan_lab.compare.__main__ import main\n"
        "main()\n"
        "heavy = {'torch', 'lightning', 'pandas', 'matplotlib', 'wandb', 'scipy'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in (tmp_path / "outputs" / "comparison").iterdir()) == [
        *("compare.csv", "compare.html", "compare.md"),
    ]


@pytest.mark.slow
def test_the_command_says_what_it_could_not_use(tmp_path: Path, config: dict[str, Any]) -> None:
    write_run(tmp_path / "sweep" / "run", config)
    (tmp_path / "sweep" / "foreign").mkdir()
    (tmp_path / "sweep" / "foreign" / "summary.json").write_text("[]")
    done = compare("sweep", cwd=tmp_path)
    why = "config.yaml is missing; summary.json does not hold a mapping"
    assert done.stderr.strip() == f"gan_lab: skipped sweep/foreign: no run of gan_lab ({why})"
    assert "sweep/compare.html" in done.stdout
    assert "foreign" in (tmp_path / "sweep" / "compare.md").read_text()
    (tmp_path / "empty").mkdir()
    done = compare("empty", cwd=tmp_path, status=1)
    assert done.stderr == "gan_lab: there is no run of gan_lab below empty\n"
    assert list((tmp_path / "empty").iterdir()) == []
    (tmp_path / "file").touch()
    assert "cannot write to" in compare("sweep", "--out", "file", cwd=tmp_path, status=1).stderr


@pytest.mark.slow
def test_figures_of_chosen_columns(tmp_path: Path, config: dict[str, Any]) -> None:
    for n_critic in (1, 2):
        for seed in (1, 2):
            write_run(tmp_path / f"{n_critic}{seed}", seeded(changed(config, model__n_critic=n_critic), seed))
    done = compare(".", "--figures", "--curves", "fid,critic/loss", "--against", "seconds", cwd=tmp_path)
    assert "figures: curves.png" in done.stdout
    assert Image.open(tmp_path / "curves.png").width > 900
    done = compare(".", "--figures", "--curves", "fud", cwd=tmp_path, status=1)
    assert "no run has a curve of fud: there are coverage_k5, critic/" in done.stderr


def test_nothing_is_written_where_nothing_was_found(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(GanLabError, match="no run"):
        write([tmp_path / "empty"], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_program_compares_the_folders_of_its_arguments(
    tmp_path: Path, config: dict[str, Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a", "b"):
        write_run(tmp_path / "outputs" / "gan" / name, config, steps=200)
    pages = [
        (("outputs/gan",), "outputs/gan"),
        ((), "outputs/comparison"),
        (("outputs/gan/a", "outputs/gan/b"), "outputs/comparison"),
        (("outputs/gan/a", "--out", "elsewhere"), "elsewhere"),
    ]
    for arguments, folder in pages:
        monkeypatch.setattr("sys.argv", ["gan_lab.compare", *arguments])
        as_program("compare")
        written = [tmp_path / folder / f"compare.{ending}" for ending in ("csv", "html", "md")]
        assert sorted(tmp_path.rglob("compare.*")) == written, arguments
        for path in written:
            path.unlink()
    monkeypatch.setattr("sys.argv", ["gan_lab.compare", "outputs/gan", "--figures", "--curves", "fid,critic/loss"])
    as_program("compare")
    assert (tmp_path / "outputs" / "gan" / "curves.png").is_file()
    assert (
        "2 runs: outputs/gan/compare.html, outputs/gan/compare.csv, outputs/gan/compare.md" in capsys.readouterr().out
    )
    for arguments, sentence in (
        (("nowhere",), "^gan_lab: nowhere does not exist: compare takes run folders, sweeps, and folders above them$"),
        (("outputs", "--figures", "--curves", "fud"), "^gan_lab: no run has a curve of fud"),
    ):
        monkeypatch.setattr("sys.argv", ["gan_lab.compare", *arguments])
        with pytest.raises(SystemExit, match=sentence):
            as_program("compare")


def test_what_could_not_be_used_is_said_and_a_single_run_is_one(
    tmp_path: Path, config: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    write_run(tmp_path / "run", config, steps=200)
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / "summary.json").write_text("[]")
    assert write([tmp_path], tmp_path / "out") == tmp_path / "out" / "compare.html"
    out, err = capsys.readouterr()
    assert err.startswith(f"gan_lab: skipped {tmp_path}/foreign: no run of gan_lab (config.yaml is missing; ")
    assert f"\n1 run: {tmp_path}/out/compare.html" in out
    assert "1 folders were skipped" in (tmp_path / "out" / "compare.md").read_text()
    (tmp_path / "file").touch()
    with pytest.raises(GanLabError, match=f"cannot write to {tmp_path}/file: "):
        write([tmp_path], tmp_path / "file")
