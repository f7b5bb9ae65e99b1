"""The report of a run: what it shows of the files, and that nothing in them can break it."""

import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import yaml
from PIL import Image

from gan_lab.doctor.evidence import evidence_of
from gan_lab.doctor.examination import examined
from gan_lab.errors import GanLabError
from gan_lab.report.changed import changed_settings
from gan_lab.report.findings import findings_of
from gan_lab.report.run import write_report, write_reports
from gan_lab.terminal.table import cell
from gan_lab.trust.lenient import printable
from tests.commands import REPOSITORY, as_program
from tests.compare.runs import changed, write_pictures, write_run
from tests.compare.test_compare import NASTY

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class Read(HTMLParser):
    """The page as a browser reads it: its elements with their attributes, the text of each table, and data."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.tables: list[list[list[str]]] = []
        self.commands: list[str] = []
        self.data: dict[str, Any] = {}
        self.texts: list[str] = []
        self.feed(page.read_text())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")

    def handle_data(self, data: str) -> None:
        tag, attributes = self.elements[-1] if self.elements else ("", {})
        if tag == "script" and attributes.get("id"):
            self.data.setdefault(str(attributes["id"]), json.loads(data))
        elif tag in ("td", "th"):
            self.tables[-1][-1][-1] += data
        elif tag == "pre":
            self.commands.append(data)
        if tag not in ("script", "style"):
            self.texts.append(data)

    def handle_endtag(self, tag: str) -> None:
        self.elements.append(("", {}))

    def count(self, tag: str) -> int:
        return sum(name == tag for name, _ in self.elements)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


def checkpoint(run: Path) -> None:
    (run / "checkpoints").mkdir()
    (run / "checkpoints" / "last.ckpt").touch()


def test_it_shows_what_the_files_hold(tmp_path: Path, config: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run = tmp_path / "outputs" / "gan" / "now"
    versions = {"gan_lab": "0.2.0", "torch": "2.15.0"}
    record = write_run(run, config, steps=400, commit=f"{COMMIT}-dirty", versions=versions, findings=[])
    write_pictures(run, steps=400)
    assert "no checkpoints" in Read(write_report(run)).text
    checkpoint(run)
    read = Read(write_report(run))
    best, last, raw, floor = (record["measures"][row] for row in ("best", "last", "raw", "floor"))
    heads, *rows = read.tables[0]
    titles = [f"best (step {record['best_step']})", "95 % interval", "real (floor)", "last", "last, not averaged"]
    assert heads == ["measure", *titles]
    assert rows[0][0] == "fid ↓"
    low, high = record["intervals"]["best"]["fid"]
    expected = [cell(best["fid"]), f"{cell(low)} to {cell(high)}", *(cell(of["fid"]) for of in (floor, last, raw))]
    assert rows[0][1:] == expected
    every = {name for table in read.tables[1:2] for name, *_ in table[1:]}
    assert every == {*best}, "the others can be opened"
    settings = {name: values for name, *values in read.tables[2][1:]}
    assert settings == {"model.loss": ["NonSaturating", "Hinge"], "optimizer.lr": ["0.0002", "0.001"]}
    facts = dict(read.tables[3][1:])
    assert facts["seed"] == "1"
    assert facts["commit"] == f"{COMMIT}-dirty"
    assert "threads 1" in facts["machine"]
    assert facts["versions"] == "gan_lab 0.2.0, torch 2.15.0"
    assert "changes that are in no commit" in read.text
    assert read.commands == [
        f"git checkout {COMMIT}",
        "python -m gan_lab model=gan data=digits loss=hinge optimizer.lr=0.001",
        "python -m gan_lab.evaluate outputs/gan/now",
        "python -m gan_lab.sample outputs/gan/now n=100 out=samples",
        "python -m gan_lab.explore outputs/gan/now",
        f"python -m gan_lab resume=outputs/gan/now epochs={2 * config['epochs']}",
        "python -m gan_lab.compare outputs/gan",
    ]
    assert [frame[0] for frame in read.data["frames-0"]][-1] == [400, 25600, 12.0]
    assert len(read.data["frames-0"]) == 8
    assert read.data["data"]["first"][0] == "fid"
    assert {"critic/loss", "generator/loss"} <= {*read.data["data"]["first"]}
    assert read.data["data"]["floor"] == floor
    assert {*read.data["curves-0"]["series"]} == {*read.data["data"]["names"]}
    assert "Findings" not in read.text


def test_an_interrupted_run_goes_on_and_a_failed_one_says_why(
    tmp_path: Path, config: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_run(tmp_path / "a", config, steps=400, status="interrupted", measures={"latest": {"fid": 50.0}})
    checkpoint(tmp_path / "a")
    read = Read(write_report(tmp_path / "a"))
    assert "python -m gan_lab resume=a" in read.commands
    assert ("span", {"class": "badge interrupted"}) in read.elements
    write_run(tmp_path / "b", config, steps=400, status="failed", reason="critic/loss is not finite")
    assert "critic/loss is not finite" in Read(write_report(tmp_path / "b")).text


def test_an_evaluation_in_the_folder_brings_the_other_floor(tmp_path: Path) -> None:
    """The record of a committed example, made with a second floor, as the test images of MNIST have one."""
    run = tmp_path / "run"
    shutil.copytree(REPOSITORY / "outputs" / "reference" / "wgan_gp_digits", run)
    assert "real (floor)" in Read(write_report(run)).tables[0][0]
    record = json.loads((run / "evaluation" / "evaluation.json").read_text())
    summary = json.loads((run / "summary.json").read_text())
    record["measures"]["floor_validation"] = {"fid": 3.25, "precision_k3": 0.5}
    record["floor_validation_protocol"] = summary["protocol"] | {"dataset": summary["dataset"]}
    (run / "evaluation" / "evaluation.json").write_text(json.dumps(record))
    read = Read(write_report(run))
    trained, evaluated = [table for table in read.tables if table[1][0] == "fid ↓"]
    test, generated = record["measures"]["floor"]["fid"], record["measures"]["generated"]["fid"]
    assert trained[0][-3:] == ["real (validation)", "real (test)", "last"]
    assert trained[1][-3:-1] == [cell(summary["measures"]["floor"]["fid"]), cell(test)]
    assert evaluated[0][1] == "generated"
    assert evaluated[0][-2:] == ["real (test)", "real (validation)"]
    assert evaluated[1][1] == cell(generated)
    assert evaluated[1][-2:] == [cell(test), "3.25"]
    assert "There are two floors" in read.text


def test_a_run_of_an_older_version_is_examined_now(tmp_path: Path, config: dict[str, Any]) -> None:
    """Its summary says nothing of findings; the doctor reads the same files."""
    write_run(tmp_path / "old", config, steps=400)
    (found,) = examined(evidence_of(tmp_path / "old"))
    text = Read(write_report(tmp_path / "old")).text
    assert found.name in text
    assert found.sentence in text


def test_findings_are_there_where_the_summary_has_some(tmp_path: Path, config: dict[str, Any]) -> None:
    run = tmp_path / "run"
    command = "python -m gan_lab.evaluate run"
    findings = [
        {"name": "The critic wins", "sentence": "It tells all images apart.", "figure": 0.98765, "command": command},
        {"name": "Modes", "sentence": "Three are missing.", "figure": "figures/modes.png", "command": "a; rm -rf ~"},
        {"name": "Elsewhere", "sentence": "Not a file of this run.", "figure": "../theirs.png"},
        "not one",
    ]
    write_run(run, config, steps=400, findings=findings)
    (run / "figures").mkdir()
    Image.new("L", (40, 20), 90).save(run / "figures" / "modes.png")
    Image.new("L", (40, 20), 90).save(tmp_path / "theirs.png")
    found = findings_of(json.loads((run / "summary.json").read_text()), run)
    assert [bool(one.picture) for one in found] == [False, True, False]
    read = Read(write_report(run))
    assert read.count("article") == 3
    assert command in read.commands
    assert "'a;' rm -rf '~'" in read.commands, "whoever pastes it runs one program"
    for text in ("Findings", "The critic wins", "It tells all images apart.", "0.9877", "../theirs.png"):
        assert text in read.text
    assert sum(str(attributes.get("alt")).startswith("figure of") for _, attributes in read.elements) == 1


def hostile(run: Path, config: dict[str, Any]) -> None:
    """A run whose every text is an attack."""
    more = {"overrides": [f"model={NASTY}", f"'; {NASTY}"]}
    texts: dict[str, Any] = {
        "variant": NASTY,
        "name": NASTY,
        "dataset": NASTY,
        "reason": NASTY,
        "command": NASTY,
        "commit": NASTY,
    }
    findings = [{"name": NASTY, "sentence": NASTY, "figure": NASTY, "command": NASTY}]
    records: dict[str, Any] = {
        "findings": findings,
        "machine": {NASTY: NASTY},
        "versions": {NASTY: NASTY},
        "status": NASTY,
    }
    protocol = {"split": NASTY, "reference_n": NASTY, "extractor": NASTY, "extractor_made_for": NASTY}
    write_run(
        run,
        changed(config, variant=NASTY, name=NASTY, dataset=NASTY, **more),
        steps=200,
        protocol=protocol,
        **texts,
        **records,
    )
    table = run / "metrics.csv"
    table.write_text(table.read_text().replace("critic/loss", "critic/</script><b>"))


def test_nothing_in_a_run_can_break_the_page(tmp_path: Path, config: dict[str, Any]) -> None:
    """The page of a run of nothing but attacks has the elements of an honest one, and the texts as they are."""
    for name, words in (("honest", "x"), ("nasty'\"<b>&amp;", NASTY)):
        write_run(tmp_path / name, config, steps=200, status=words) if words == "x" else hostile(
            tmp_path / name, config
        )
    attacked = Read(write_report(tmp_path / "nasty'\"<b>&amp;"))
    honest = Read(write_report(tmp_path / "honest"))
    tags = {tag for tag, _ in attacked.elements}
    assert tags <= {tag for tag, _ in honest.elements} | {"article"}
    assert attacked.count("script") == honest.count("script")
    assert {*attacked.data} == {*honest.data}
    names = {name for _, attributes in attacked.elements for name in attributes}
    assert not any(name.startswith("on") for name in names)
    assert not any("src" in attributes or "href" in attributes for _, attributes in attacked.elements)
    assert printable(NASTY) in " ".join(attacked.texts)
    assert f"{printable(NASTY)} on {printable(NASTY)}" in " ".join(attacked.texts)
    assert all(command.startswith(("python -m gan_lab", "'</script>")) for command in attacked.commands)


def test_whatever_folder_it_is_it_is_read_as_far_as_it_goes(tmp_path: Path, config: dict[str, Any]) -> None:
    """An old run; one without its summary; and one of a variant that is not here."""
    shutil.copytree(REPOSITORY / "tests" / "runs" / "old_run", tmp_path / "old")
    assert Read(write_report(tmp_path / "old")).tables[0][0][0] == "measure"
    write_run(tmp_path / "lost", config, steps=200)
    (tmp_path / "lost" / "summary.json").unlink()
    read = Read(write_report(tmp_path / "lost"))
    assert read.data["data"]["first"]
    (tmp_path / "lost" / "config.yaml").write_text(yaml.safe_dump(config | {"variant": "../../secret"}))
    assert "They are not known" in Read(write_report(tmp_path / "lost")).text


def test_a_run_as_its_yaml_says_has_nothing_to_tell(composed: Any, config: dict[str, Any]) -> None:
    of_yaml = composed("model=gan", "data=digits") | {"variant": "gan", "dataset": "digits"}
    assert changed_settings(of_yaml) == []
    assert changed_settings(config | {"variant": "gan"})
    older = json.loads(json.dumps(of_yaml))
    older["model"]["an_option_of_old"] = 3
    del older["model"]["n_critic"]
    assert changed_settings(older) == [], "another version wrote it"


def test_the_command_writes_the_reports_of_all_runs(
    tmp_path: Path, config: dict[str, Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("0_gan", "1_gan"):
        write_run(tmp_path / "sweep" / name, config, steps=200)
    (tmp_path / "sweep" / "foreign").mkdir()
    (tmp_path / "sweep" / "foreign" / "summary.json").write_text("[]")
    monkeypatch.setattr("sys.argv", ["gan_lab.report", "sweep"])
    as_program("report")
    said = capsys.readouterr()
    assert said.out.splitlines() == [f"report: sweep/{name}/report.html" for name in ("0_gan", "1_gan")]
    assert re.fullmatch(r"gan_lab: skipped sweep/foreign: no run of gan_lab \(.*\)\n", said.err)
    assert sorted(path.parent.name for path in tmp_path.rglob("report.html")) == ["0_gan", "1_gan"]
    with pytest.raises(GanLabError, match=r"^nowhere does not exist: report takes run folders, sweeps, and folders"):
        write_reports([Path("nowhere")])
    with pytest.raises(GanLabError, match=r"^there is no run of gan_lab below sweep/foreign$"):
        write_reports([tmp_path.joinpath("sweep", "foreign").relative_to(tmp_path)])
