"""The workspace and the report name what runs really log, and need an account only to be saved."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gan_lab.dashboard.__main__ import main
from tests.commands import QUICK, environment, gan_lab
from tests.wandb_records import Records, records


def definitions(tmp_path: Path, *arguments: str) -> dict[str, Any]:
    file = tmp_path / "dashboard.json"
    main([*arguments, "--dry-run", str(file), "--overwrite"])
    found: dict[str, Any] = json.loads(file.read_text())
    assert found.keys() == {"workspace", "report"}
    return found


def panels(node: Any) -> Iterator[dict[str, Any]]:
    """Every panel of a definition, however deep."""
    if isinstance(node, dict):
        if "viewType" in node:
            yield node
        for value in node.values():
            yield from panels(value)
    elif isinstance(node, list):
        for value in node:
            yield from panels(value)


def known(accessor: str, found: Records) -> bool:
    """Whether the run has what a panel asks for by W&B's `section:key`."""
    section, _, key = accessor.partition(":")
    node: Any = found.summary if section == "summary" else found.config
    if section == "config":
        key = re.sub(r"\.value\b", "", key, count=1)
    for name in key.split("."):
        if not isinstance(node, dict) or name not in node:
            return False
        node = node[name]
    return node is not None


def missing(definition: Any, found: Records) -> list[str]:
    """What panels name and the run does not have."""
    logged = {name for item in found.history for name in item}
    asked: list[str] = []
    for panel in panels(definition):
        config = panel["config"]
        kind = panel["viewType"]
        if kind == "Run History Line Plot":
            asked += [name for name in (config["xAxis"], *config["metrics"]) if name not in logged]
        elif kind == "Bar Chart":
            asked += [name for name in config["metrics"] if not known(f"summary:{name}", found)]
        elif kind == "Media Browser":
            asked += [name for name in config["mediaKeys"] if f"{name}.filenames" not in logged]
        elif kind == "Weave":
            (table,) = re.findall(r'"key": {"nodeType": "const", "type": "string", "val": "(.*?)"', json.dumps(config))
            asked += [table] if f"{table}.path" not in logged else []
        else:
            axes = [column["accessor"] for column in config.get("columns", [])] or [config["xAxis"], config["yAxis"]]
            asked += [accessor for accessor in axes if not known(accessor, found)]
        if "groupBy" in config and not known(f"config:{config['groupBy']}", found):
            asked.append(config["groupBy"])
    return asked


@pytest.mark.slow
@pytest.mark.xdist_group("wandb sweep")
def test_every_panel_asks_for_what_the_runs_of_a_sweep_have(wandb_sweep: Path, tmp_path: Path) -> None:
    views = definitions(tmp_path, str(wandb_sweep))
    for view in views.values():
        kinds = {panel["viewType"] for panel in panels(view)}
        assert kinds == {
            *(
                "Run History Line Plot",
                "Bar Chart",
                "Scatter Plot",
                "Media Browser",
                "Parallel Coordinates Plot",
                "Weave",
            ),
        }
        for run in ("0_gan", "1_gan"):
            assert missing(view, *records(wandb_sweep / run)) == []
        text = json.dumps(view)
        assert '"groupBy": "setting.value"' in text
        assert f'"value": "{wandb_sweep.name}"' in text
        assert "config:swept.value.model/n_critic" in text


@pytest.mark.slow
def test_points_have_panels_of_their_own(tmp_path: Path) -> None:
    gan_lab("model=gan", "logger=wandb", *QUICK, "generator_steps=20", cwd=tmp_path)
    (run,) = (path.parent for path in tmp_path.glob("outputs/gan/*/config.yaml"))
    (found,) = records(run)
    points, images = definitions(tmp_path, "--points"), definitions(tmp_path)
    assert missing(points, found) == []
    assert '"groupBy": "variant.value"' in json.dumps(points)
    assert "measure/fid" in missing(images, found)


@pytest.mark.slow
def test_no_account_no_package_no_sweep(tmp_path: Path) -> None:
    """One sentence each, and torch is never imported."""

    def said(*arguments: str, before: str = "") -> str:
        code = (
            f"import sys; {before}\n"
            "from gan_lab.dashboard.__main__ import main\n"
            "try:\n    main(sys.argv[1:])\nfinally:\n    assert 'torch' not in sys.modules, 'heavy'\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments],
            cwd=tmp_path,
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1, done.stderr
        assert done.stderr.startswith("gan_lab: "), done.stderr
        assert len(done.stderr.splitlines()) == 1, done.stderr
        return done.stderr

    assert "run `wandb login`, or set WANDB_API_KEY" in said()
    absent = said("--dry-run", "x.json", before="sys.modules['wandb_workspaces'] = None")
    assert "pip install '.[dashboard]'" in absent
    assert "nowhere/sweep.json is not the record of a sweep" in said("nowhere", "--dry-run", "x.json")
    (tmp_path / "file").touch()
    assert "file/x.json" in said("--dry-run", "file/x.json")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
