"""Whatever is written, no link is followed."""

from pathlib import Path

import pytest
from matplotlib.figure import Figure
from PIL import Image

from gan_lab.compare.run import write
from gan_lab.runs.atomic import appending, write_text
from gan_lab.runs.picture_file import save_picture
from tests.commands import QUICK, gan_lab, run_folders

READ = {"config.yaml", "last.ckpt"}
"""What a resumed run reads first; it writes them too."""


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
    """Every file of the run, and the names that other programs would use meanwhile, link to somewhere else."""
    quick = [word for word in QUICK if word != "~callbacks.figures"]
    gan_lab(*quick, "model=gan", "generator_steps=2", cwd=tmp_path)
    (run,) = run_folders(tmp_path)
    victims = tmp_path / "victims"
    victims.mkdir()
    names = [path for path in run.rglob("*") if path.is_file()]
    assert len(names) > 8
    for number, path in enumerate(names):
        victim = victims / f"{number}"
        victim.write_bytes(path.read_bytes())
        if path.name not in READ:
            path.unlink()
            path.symlink_to(victim)
        for ending in (".tmp", ".partial", ".new"):
            path.with_suffix(ending).symlink_to(victim)
    for name in ("compare.html", "compare.md", "compare.csv"):
        (run / name).symlink_to(victims / "0")
    before = {path: path.read_bytes() for path in victims.iterdir()}
    gan_lab(f"resume={run}", "generator_steps=4", cwd=tmp_path)
    write([run], run)
    assert {path: path.read_bytes() for path in victims.iterdir()} == before
    changed = [path for path in names if not path.is_symlink() and path.name not in READ]
    assert {"summary.json", "metrics.csv", "latest.png", "measures.png"} <= {path.name for path in changed}
    assert not (run / "compare.html").is_symlink()
