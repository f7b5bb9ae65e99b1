"""The same panels as a saved workspace and as a report."""

import wandb_workspaces.reports.v2 as wr
import wandb_workspaces.workspaces as ws
from wandb_workspaces import expr
from wandb_workspaces.reports.v2.interface import BlockTypes, PanelTypes

from gan_lab.dashboard.panels import STEP

Panels = dict[str, list[PanelTypes]]


def workspace(*, entity: str, project: str, sweep: str | None, panels: Panels) -> ws.Workspace:
    """A saved view of the project's runs, or of one sweep's, with W&B's own panels for everything else below."""
    return ws.Workspace(
        entity=entity,
        project=project,
        name=title(sweep),
        sections=[ws.Section(name=name, panels=shown, is_open=True) for name, shown in panels.items()],
        settings=ws.WorkspaceSettings(x_axis=STEP, max_runs=100),
        runset_settings=ws.RunsetSettings(filters=filters(sweep)),
        auto_generate_panels=True,
    )


def report(*, entity: str, project: str, sweep: str | None, panels: Panels) -> wr.Report:
    """Returns a report with the same panels; a set of runs without a project means the project of the report."""
    blocks: list[BlockTypes] = [
        block
        for name, shown in panels.items()
        for block in (wr.H2(name), wr.PanelGrid(runsets=[wr.Runset(filters=filters(sweep))], panels=shown))
    ]
    return wr.Report(entity=entity, project=project, title=title(sweep), blocks=blocks, width="fluid")


def title(sweep: str | None) -> str:
    return f"sweep {sweep}" if sweep else "variants"


def filters(sweep: str | None) -> expr.And | str:
    return expr.And(expr.Metric("Group") == sweep) if sweep else ""


def definition(view: ws.Workspace | wr.Report) -> dict[str, object]:
    """Returns what would be sent to W&B. (The library has no public function for it.)"""
    found: dict[str, object] = view._to_model().model_dump(mode="json", by_alias=True, exclude_none=True)
    return found
