"""What the workspace and the report show, as it would be sent to W&B."""

import json
from pathlib import Path
from typing import Any

import pytest

from gan_lab.dashboard.__main__ import main
from gan_lab.dashboard.panels import sections
from gan_lab.dashboard.views import definition, filters, report, title, workspace
from gan_lab.runs.atomic import write_json
from tests.commands import as_program
from tests.dashboard.test_dashboard import definitions, panels


@pytest.fixture
def sweep(tmp_path: Path) -> Path:
    """The folder of a sweep over a learning rate and a number of steps, whose runs have not begun."""
    folder = tmp_path / "outputs" / "multirun" / "rates"
    folder.mkdir(parents=True)
    jobs = [{"folder": f"{n}_gan", "overrides": [f"optimizer.lr=0.{n}", "model.n_critic=1"]} for n in (1, 2)]
    write_json(
        folder / "sweep.json",
        {"command": "python -m gan_lab -m optimizer.lr=0.1,0.2 model.n_critic=1", "kind": "grid", "jobs": jobs},
    )
    return folder


def test_panels_by_section() -> None:
    images = sections(points=False, swept=[], groupby="variant")
    assert {name: len(shown) for name, shown in images.items()} == {
        **{"Measures": 5, "Best generators": 6, "Measured once": 1, "Samples": 1, "Losses": 4},
    }
    points: dict[str, Any] = sections(points=True, swept=["optimizer.lr", "seed"], groupby="setting")
    assert [*points] == ["Sweep", "Measures", "Best generators", "Measured once", "Samples", "Losses"]
    assert [panel.y for panel in points["Measures"]] == [
        *(["measure/emd"], ["measure/modes_covered"], ["measure/high_quality_share"]),
    ]
    assert {panel.x for panel in points["Measures"]} == {"generator_steps"}
    *bars, scatter = points["Best generators"]
    assert [bar.metrics for bar in bars] == [["best/emd"], ["best/modes_covered"], ["best/high_quality_share"]]
    assert scatter.title == "best/high_quality_share against best/modes_covered"
    assert (scatter.x.name, scatter.y.name) == ("best/modes_covered", "best/high_quality_share")
    (plot,) = points["Sweep"]
    assert plot.title == "lowest emd"
    assert plot.columns[-1].metric.name == "measure/emd.min"
    assert [column.display_name for column in plot.columns] == ["optimizer.lr", "seed", "lowest emd"]
    assert [panel.y for panel in points["Losses"]] == [
        *(["critic/loss"], ["generator/loss"]),
        *(["critic/parameter_gradient_norm"], ["generator/parameter_gradient_norm"]),
    ]


def test_lines_and_bars_are_means_over_up_to_a_hundred_runs() -> None:
    found: dict[str, Any] = sections(points=True, swept=[], groupby="variant")
    for panel in (*found["Measures"], *found["Losses"], *found["Best generators"][:-1]):
        assert (panel.groupby.name, panel.groupby_aggfunc, panel.groupby_rangefunc) == ("variant", "mean", "minmax")
        assert panel.max_runs_to_show == 100
    assert {bar.max_bars_to_show for bar in found["Best generators"][:-1]} == {50}


def test_a_view_of_a_sweep_shows_its_runs_alone() -> None:
    assert (title(None), title("rates")) == ("variants", "sweep rates")
    assert filters(None) == ""
    shown = sections(points=True, swept=[], groupby="variant")
    for name, expected in (("rates", True), (None, False)):
        view = workspace(entity="me", project="mine", sweep=name, panels=shown)
        page = report(entity="me", project="mine", sweep=name, panels=shown)
        for one in (view, page):
            text = json.dumps(definition(one))
            assert ('"value": "rates"' in text) == expected
            assert ('"op": "="' in text or '"op": "=="' in text) == expected
            assert '"op": "!="' not in text
        assert (view.entity, view.project, view.name) == ("me", "mine", title(name))
        assert (page.entity, page.project, page.title, page.width) == ("me", "mine", title(name), "fluid")
        assert view.auto_generate_panels
        assert [(section.name, section.is_open) for section in view.sections] == [(name, True) for name in shown]
        assert (view.settings.x_axis, view.settings.max_runs) == ("generator_steps", 100)
        headings = [block.text for block in page.blocks[::2]]  # type: ignore[union-attr]
        assert headings == [*shown]
        assert [len(block.panels) for block in page.blocks[1::2]] == [len(panels) for panels in shown.values()]  # type: ignore[union-attr]


def test_the_command_writes_what_its_options_say(sweep: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("WANDB_API_KEY", raising=False)
    monkeypatch.setenv("NETRC", str(tmp_path / "none"))
    plain = definitions(tmp_path, "--points", "--project", "theirs", "--entity", "them")
    text = json.dumps(plain)
    assert '"groupBy": "variant.value"' in text
    assert {panel["viewType"] for panel in panels(plain)} == {
        *("Run History Line Plot", "Bar Chart", "Scatter Plot", "Media Browser", "Weave"),
    }
    assert "theirs" in text
    assert "them" in text
    assert '"measure/fid"' in json.dumps(definitions(tmp_path))
    of_sweep = json.dumps(definitions(tmp_path, str(sweep)))
    assert '"groupBy": "setting.value"' in of_sweep
    assert '"value": "rates"' in of_sweep
    assert "config:swept.value.optimizer/lr" in of_sweep
    assert "n_critic" not in of_sweep  # the same in all jobs
    assert "gan_lab" in of_sweep


def test_a_mistake_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WANDB_API_KEY", raising=False)
    monkeypatch.setenv("NETRC", str(tmp_path / "none"))
    with pytest.raises(SystemExit, match=r"^gan_lab: there is no W&B key on this machine: run `wandb login`"):
        main([])
    with pytest.raises(SystemExit, match=r"^gan_lab: .*nowhere/sweep\.json is not the record of a sweep"):
        main([str(tmp_path / "nowhere"), "--dry-run", "x.json"])
    for option in ("--project=", "--project=a/b", "--entity= ", f"--entity={'x' * 129}"):
        with pytest.raises(SystemExit, match=r"^gan_lab: --\w+ is '.*' and must be a name of W&B"):
            main([option, "--dry-run", "x.json"])
    (tmp_path / "file").touch()
    with pytest.raises(SystemExit, match=rf"^gan_lab: {tmp_path}/file/x\.json: "):
        main(["--dry-run", str(tmp_path / "file" / "x.json")])


def test_the_program_is_its_main_function(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "x.json"
    monkeypatch.setattr("sys.argv", ["gan_lab.dashboard", "--entity", "them", "--dry-run", str(file)])
    as_program("dashboard")
    assert "them" in file.read_text()
