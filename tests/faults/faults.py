"""Everything but kills that befalls a run: damaged files, full disks, signals, moved folders, two at once."""

import os
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from tests.commands import program
from tests.faults.bench import Bench, compared, refused, whole
from tests.faults.commands import Ended, left_over, limit_files, run
from tests.faults.poisons import POISONS
from tests.faults.results import of_folder, of_run
from tests.faults.scenarios import SCENARIOS, SMALL, status

Fault = Callable[[Bench], None]
FAULTS: dict[str, Fault] = {}

TRAINING, RESUMPTION, EVALUATION = (SCENARIOS[name] for name in ("training", "resumption", "evaluation"))


def fault(name: str) -> Callable[[Fault], Fault]:
    """Adds a fault to the list under this name. It fails with an AssertionError where something did not hold."""

    def add(function: Fault) -> Fault:
        assert name not in FAULTS
        FAULTS[name] = function
        return function

    return add


# Damaged files


def flip(path: Path) -> None:
    """Changes one bit in the middle of a file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def swap(path: Path, bench: Bench) -> None:
    """Puts another run's checkpoint in the place of this one."""
    shutil.copy(bench.trained / "checkpoints" / "last.ckpt", path)


CHECKPOINT_DAMAGE: dict[str, Callable[[Path, Bench], object]] = {
    "truncated": lambda path, bench: os.truncate(path, path.stat().st_size // 2),
    "empty": lambda path, bench: os.truncate(path, 0),
    "text": lambda path, bench: path.write_text("a note\n"),
    "one bit": lambda path, bench: flip(path),
    "another run's": swap,
}


def with_damaged_checkpoint(damage: Callable[[Path, Bench], object]) -> Fault:
    def breaks(bench: Bench) -> None:
        cwd = bench.fresh(RESUMPTION)
        damage(cwd / "run" / "checkpoints" / "last.ckpt", bench)
        ended = whole(run(("resume=run",), cwd))
        assert "the run goes on from the checkpoint before it" in ended.printed, ended.printed
        bench.finish(RESUMPTION, cwd)

    return breaks


for kind, damage in CHECKPOINT_DAMAGE.items():
    fault(f"last.ckpt: {kind}")(with_damaged_checkpoint(damage))


FILE_DAMAGE: dict[str, tuple[str, bytes | None]] = {
    "metrics.csv: binary": ("metrics.csv", b"\x00\xff\xfe\x01" * 50),
    "metrics.csv: another table": ("metrics.csv", b"name,value\na,1\n"),
    "metrics.csv: a folder": ("metrics.csv", None),
    "config.yaml: half": ("config.yaml", b"model:\n  _target_: [gan_lab.mod"),
    "config.yaml: not UTF-8": ("config.yaml", b"model: \xff\xfe\n"),
    "config.yaml: empty": ("config.yaml", b""),
    "config.yaml: a folder": ("config.yaml", None),
}


def with_damaged_file(name: str, content: bytes | None) -> Fault:
    def breaks(bench: Bench) -> None:
        cwd = bench.fresh(RESUMPTION)
        path = cwd / "run" / name
        kept = path.rename(cwd / name)
        path.mkdir() if content is None else path.write_bytes(content)
        before = of_folder(cwd / "run")
        refused(run(("resume=run",), cwd), name)
        assert of_folder(cwd / "run") == before, "a refused resumption changed the run"
        path.rmdir() if content is None else path.unlink()
        kept.rename(path)
        bench.finish(RESUMPTION, cwd)

    return breaks


for kind, (name, content) in FILE_DAMAGE.items():
    fault(kind)(with_damaged_file(name, content))


# Disks


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[Callable[[int], None]]:
    """A disk of so many bytes at `folder`; yields a function that changes its size. Needs the right to mount one."""
    folder.mkdir()
    mount("-t", "tmpfs", "-o", f"size={size}", "none", folder)
    try:
        yield lambda new: mount("-o", f"remount,size={new}", folder)
    finally:
        subprocess.run(["umount", folder], check=True)


def mount(*words: str | Path) -> None:
    subprocess.run(["mount", *words], check=True, capture_output=True)


def may_mount() -> bool:
    """Returns whether this user may mount a disk."""
    probe = Path(f"/tmp/gan_lab_mount_{os.getpid()}")
    try:
        with small_disk(probe, 4096):
            return True
    except (subprocess.CalledProcessError, FileNotFoundError):
        return False
    finally:
        probe.rmdir()


def on_full_disk(bench: Bench, size: int) -> int:
    """Trains and evaluates on a disk of so many bytes, gives it more, and goes on. Returns the status of the former."""
    cwd = bench.fresh(EVALUATION)
    for scenario, folder in ((TRAINING, "run"), (EVALUATION, "out")):
        with small_disk(cwd / folder, size) as resize:
            ended = run(scenario.first, cwd)
            if ended.status != 0:
                refused(ended, "no space left on device")
            resize(1 << 30)
            if (words := scenario.again(cwd)) is not None:
                whole(run(words, cwd))
            assert not [*cwd.rglob(".*.partial")]
            differences = compared(scenario.found(cwd), bench.whole(scenario.name).found)
            assert not differences, f"{differences[:5]} differ after a full disk"
        (cwd / folder).rmdir()
    return ended.status


@fault("a full disk")
def full_disk(bench: Bench) -> None:
    """A disk that fills at the start, in the first checkpoint, later, and while it evaluates; where none may be
    mounted, `file_too_large` alone tells what happens."""
    for size in (4096, 150_000, 1_300_000, 2_500_000) if may_mount() else ():
        on_full_disk(bench, size)


@fault("a full disk under a sweep and a search")
def full_disk_of_many(bench: Bench) -> None:
    for name, size in (("sweep", 5_000_000), ("search", 3_000), ("search", 6_000_000)) if may_mount() else ():
        cwd, scenario = bench.fresh(), SCENARIOS[name]
        with small_disk(cwd / "sweep", size) as resize:
            refused(run(scenario.first, cwd), "no space left on device")
            resize(1 << 30)
            whole(run(scenario.first, cwd))
            differences = compared(scenario.found(cwd), bench.whole(name).found)
            assert not differences, f"{differences[:5]} differ after a full disk"
        shutil.rmtree(cwd)


@fault("no file may grow further")
def file_too_large(bench: Bench) -> None:
    for size in (20_000, 300_000):  # what it prints must find its place
        cwd = bench.fresh()
        refused(run(TRAINING.first, cwd, spoil=partial(limit_files, size)), "file too large")
        bench.finish(TRAINING, cwd)


@fault("a folder that is read-only")
def read_only(bench: Bench) -> None:
    """Skips the administrator who may not mount a disk: nothing else is read-only to him."""
    mounted = may_mount()
    if not mounted and os.geteuid() == 0:
        return
    cwd = bench.fresh(RESUMPTION)
    before = of_folder(cwd / "run")
    with read_only_folder(cwd / "run", mounted):
        refused(run(("resume=run",), cwd), "run")
        refused(run((*TRAINING.first, "hydra.run.dir=run/inside"), cwd), "run/inside")
        refused(run(("evaluate", "checkpoint=run", "n=300", "hydra.run.dir=run/out"), cwd), "run/out")
    assert of_folder(cwd / "run") == before
    bench.finish(RESUMPTION, cwd)


@contextmanager
def read_only_folder(folder: Path, mounted: bool) -> Iterator[None]:
    """Makes a folder read-only, for the administrator too where a disk may be mounted."""
    if mounted:
        mount("--bind", folder, folder)
        mount("-o", "remount,bind,ro", folder)
    else:
        folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        yield
    finally:
        if mounted:
            subprocess.run(["umount", folder], check=True)
        else:
            folder.chmod(stat.S_IRWXU)


@fault("a parent that is a file")
def parent_is_a_file(bench: Bench) -> None:
    cwd = bench.fresh(EVALUATION)
    (cwd / "file").write_text("mine")
    for words in (
        (*TRAINING.first, "hydra.run.dir=file/run"),
        ("-m", "model=gan,wgan", *SMALL, "hydra.sweep.dir=file/sweep"),
        ("evaluate", "checkpoint=trained", "n=300", "hydra.run.dir=file/out"),
        ("sample", "checkpoint=trained", "n=9", "format=npz", "out=file/out"),
        ("compare", "trained", "out=file/out"),
    ):
        refused(run(words, cwd), "file")
    assert (cwd / "file").read_text() == "mine"


# Numbers

UNRECORDED = ("callbacks.replay.times=0", "callbacks.replay.turns=0")
"""A replay calls the loss too, and a loss is spoilt from one of its calls on."""

for what, (spoil, sentence) in POISONS.items():

    def poisoned(bench: Bench, spoil: Callable[[], None] = spoil, sentence: str = sentence) -> None:
        cwd = bench.fresh()
        refused(run((*TRAINING.first, *UNRECORDED), cwd, spoil=spoil), sentence)

    fault(f"not finite: {what}")(poisoned)


# Signals


def stopped_by(number: signal.Signals, *more: str) -> Fault:
    def breaks(bench: Bench) -> None:
        cwd = bench.fresh()
        first = (*TRAINING.first, *more)
        ended = run(first, cwd, kill_after=bench.whole("training").seconds * 0.75, number=number)
        if ended.status != 0:  # it had ended before
            assert ended.status == 128 + number, f"status {ended.status}: {ended.printed[-2000:]}"
            assert "Traceback" not in ended.printed
            if (cwd / "run" / "summary.json").is_file():
                assert status(cwd / "run") == "interrupted", status(cwd / "run")
                assert "resume=run" in ended.printed
        assert ended.left == 0
        bench.finish(TRAINING, cwd)

    return breaks


for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    fault(f"{number.name} while it trains")(stopped_by(number))


@fault("Ctrl-C and others while it starts")
def during_the_start(bench: Bench) -> None:
    for number in (signal.SIGINT, signal.SIGHUP):  # a shell's background and nohup ignore them, and so would the run
        signal.signal(number, signal.SIG_DFL if number is signal.SIGHUP else signal.default_int_handler)
    for number, seconds in ((signal.SIGINT, 0.8), (signal.SIGINT, 1.5), (signal.SIGTERM, 2.0), (signal.SIGHUP, 2.5)):
        cwd = bench.fresh()
        process = program(*TRAINING.first, cwd=cwd)
        time.sleep(seconds)
        process.send_signal(number)
        printed, _ = process.communicate(timeout=60)
        assert "Traceback" not in printed, printed
        assert process.returncode in (128 + number, -number), (process.returncode, printed)
        assert not (cwd / "run").exists() or [*(cwd / "run").iterdir()], "an empty folder is left"
        shutil.rmtree(cwd)


@fault("the main process of two is killed before they meet")
def killed_before_they_meet(bench: Bench) -> None:
    two = SCENARIOS["training on two processes"]
    for share in (0.15, 0.3, 0.45):
        cwd = bench.fresh()
        ended = run(two.first, cwd, kill_after=share * bench.whole(two.name).seconds)
        assert ended.left == 0, f"{ended.left} processes are left"
        shutil.rmtree(cwd)


@fault("the other process of two is killed while they train")
def other_process_killed(bench: Bench) -> None:
    """The first one ends with it, says so, and the run goes on."""
    two = SCENARIOS["training on two processes"]
    cwd = bench.fresh()
    process = program(*two.first, cwd=cwd)
    deadline = time.monotonic() + 120
    while not (cwd / "run" / "checkpoints" / "last.ckpt").is_file():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    (other,) = (pid for pid in children_of(process.pid) if b"LOCAL_RANK=1" in Path(f"/proc/{pid}/environ").read_bytes())
    os.kill(other, signal.SIGKILL)
    printed, _ = process.communicate(timeout=60)
    assert process.returncode != 0, printed
    assert "Traceback" not in printed, printed[-2000:]
    assert status(cwd / "run") != "finished"
    bench.finish(two, cwd)


def children_of(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


@fault("99,999 processes")
def too_many_processes(bench: Bench) -> None:
    cwd = bench.fresh()
    refused(run((*TRAINING.first, "trainer.accelerator=cpu", "trainer.devices=99999"), cwd), "trainer.devices=99999")
    assert not [*cwd.iterdir()]


# Folders


@fault("a moved folder with signs in its name")
def moved(bench: Bench) -> None:
    cwd = bench.fresh(RESUMPTION)
    odd = (cwd / "run").rename(cwd / "a: b #c 'd' {e}")
    whole(run((f'resume="{odd.name}"',), cwd))
    odd.rename(cwd / "run")
    bench.finish(RESUMPTION, cwd)


@fault("a second training into the same folder")
def second_training(bench: Bench) -> None:
    cwd = bench.fresh(EVALUATION)
    before = of_folder(cwd / "trained")
    again = (*TRAINING.first[:-1], "hydra.run.dir=trained")
    refused(run(again, cwd), "trained holds a run already", "overwrite=true")
    refused(run((*again, "overwrite=true", "optimizer.lr=1e30"), cwd), "is not finite in generator step 1")
    assert of_folder(cwd / "trained") == before, "a run that failed at its start changed older files"
    whole(run((*again, "overwrite=true"), cwd))
    (cwd / "trained").rename(cwd / "run")
    bench.finish(TRAINING, cwd)


@fault("two trainings into the same folder at once")
def two_at_once(bench: Bench) -> None:
    cwd = bench.fresh()
    both = [program(*TRAINING.first, cwd=cwd) for _ in range(2)]
    ended = [Ended(one.returncode, one.communicate(timeout=200)[0], 0.0, 0) for one in both]
    statuses = sorted(one.returncode for one in both)
    assert statuses == [0, 1], [one.printed[-1000:] for one in ended]
    assert any("run holds a run already" in one.printed for one in ended), [one.printed[-500:] for one in ended]
    assert of_run(cwd / "run") == bench.whole("training").found


@fault("the same sweep twice at once")
def two_sweeps_at_once(bench: Bench) -> None:
    sweep = SCENARIOS["sweep"]
    cwd = bench.fresh()
    both = [program(*sweep.first, cwd=cwd) for _ in range(2)]
    printed = [one.communicate(timeout=300)[0] for one in both]
    assert [one.returncode for one in both] == [0, 0], [text[-1500:] for text in printed]
    assert sum(left_over(one.pid, 0) for one in both) == 0
    bench.finish(sweep, cwd)
