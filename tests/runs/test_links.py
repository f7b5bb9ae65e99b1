"""Whatever is written, no link is followed."""

from pathlib import Path

import pytest
from matplotlib.figure import Figure
from PIL import Image

from gan_lab.compare.run import write
from gan_lab.runs.atomic import appending, write_text
from gan_lab.runs.picture_file import save_picture
from tests.commands import QUICK, gan_lab, run_folders


def test_a_link_is_replaced_by_the_file(tmp_path: Path) -> None:
    victim, link = tmp_path / "victim", tmp_path / "a.png"
    for save in (
        lambda: save_picture(Image.new("L", (4, 4)), link),
        lambda: save_picture(Figure(), link, dpi=20),
        lambda: write_text(link, "text"),
    ):
        victim.write_text("theirs")
        link.unlink(missing_ok=True)
        link.symlink_to(victim)
        save()
        assert victim.read_text() == "theirs"
        assert not link.is_symlink()
    link.unlink()
    link.symlink_to(victim)
    with pytest.raises(OSError, match="symbolic links"), appending(link) as file:
        file.write("mine")
    assert victim.read_text() == "theirs"


@pytest.mark.slow
def test_a_resumed_run_writes_through_no_link(tmp_path: Path) -> None:
    """The names that other programs would use meanwhile link to each other, and what compare writes, to elsewhere."""
    quick = [word for word in QUICK if not word.startswith("~")]
    gan_lab(*quick, "model=gan", "generator_steps=2", cwd=tmp_path)
    (run,) = run_folders(tmp_path)
    names = [path for path in run.rglob("*") if path.is_file()]
    assert len(names) > 8
    (run / "theirs").write_text("theirs")
    for path in names:
        for ending in (".tmp", ".partial", ".new"):
            path.with_suffix(ending).symlink_to(run / "theirs")
    gan_lab(f"resume={run}", "generator_steps=4", cwd=tmp_path)
    victim = tmp_path / "victim"
    victim.write_text("theirs")
    for name in ("compare.html", "compare.md", "compare.csv"):
        (run / name).symlink_to(victim)
    write([run], run)
    assert victim.read_text() == (run / "theirs").read_text() == "theirs"
    assert not (run / "compare.html").is_symlink()
