"""Writes the page and the figures of a study into a folder."""

from pathlib import Path

from gan_lab.runs.atomic import write_text
from gan_lab.runs.picture_file import save_picture
from gan_lab.study.study_figures import drawn
from gan_lab.study.study_page import file_of, page
from gan_lab.study.study_results import Study, grouped


def write_page(study: Study, path: Path) -> None:
    """Writes the page at `path` and the figures beside it; nothing where no method has all of its trials."""
    if not study.methods:
        return
    names: dict[str, list[str]] = {}
    for group, own in grouped(study.methods).items():
        for name, figure in drawn(own).items():
            save_picture(figure, path.parent / f"{file_of(group, name)}.png", dpi=150)
            names.setdefault(group, []).append(name)
    write_text(path, page(study, names))
