"""The Markdown documents tell the truth: their commands run, their links lead to files, every choice is named."""

import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser
from PIL import Image
from sklearn.datasets import load_digits

from gan_lab.build import build
from gan_lab.config.combinations import combinations
from gan_lab.config.compose import compose_config
from gan_lab.explore.command_words import divided
from gan_lab.reference.__main__ import parser as reference_parser
from gan_lab.reference.pages import DOCUMENTS as GENERATED
from gan_lab.reference.pages import MARKED, PARTS, filled, page
from gan_lab.runs.jobs import read_jobs
from gan_lab.trust.targets import CONF_DIR
from tests.commands import ended, environment, many, metrics, program, run_folders
from tests.documents import (
    COMMANDS,
    DOCUMENTS,
    FIRST,
    MENTIONED,
    README,
    REPOSITORY,
    SET_UP,
    SHORT,
    TEXTS,
    blocks,
    prose,
    words,
)

CONF, RECIPES = CONF_DIR / "README.md", CONF_DIR / "experiment" / "README.md"
SMALL = {
    "evaluate": ("n=60",),
    "sensitivity": ("sizes=[40,80]", "ks=[1,3]"),
    "explain": ("figures=[js_and_emd,gradients]",),
    "extractor": ("epochs=1",),
    "sample": ("n=20",),
    "export": (),
    "invert": ("descent.steps=5", "n=4"),
    "explore": ("samples=40",),
    "sweep": (),
    "compare": (),
    "report": (),
    "replay": ("generator_steps=3", "callbacks.evaluation.n=60"),
    "doctor": (),
    "dashboard": (),
}
"""What makes the other commands short."""
PROCESSES = {"trainer.devices=2", "hydra/launcher=joblib"}
"""Start other processes with their own command line or of their module, so they need one of their own."""
STUDY = ("study.trials=2", "study.finals=0", "study.rounds=3")
SWEEP = ("-m", "model=gan", "penalty=[],[r1]", "seed=1,2", "callbacks.terms.every=1")


def asks(arguments: Sequence[str], *keys: str) -> bool:
    return any(argument.startswith(keys) for argument in arguments)


def shortened(command: str) -> list[str]:
    """The words of a command line for the smallest run that shows whether it works."""
    module, arguments = words(command)
    small = SMALL.get(module, SHORT)
    if module == "replay":
        arguments.remove("--open")
    elif (module == "explain" and asks(arguments, "figures=")) or asks(arguments, "--"):
        small = ()
    if asks(arguments, "resume="):
        small = ("generator_steps=4",)
    if asks(arguments, "experiment=search"):
        small += ("hydra.sweeper.n_trials=2",)
    if asks(arguments, "experiment=study"):
        small = ("data=digits", "network=mlp", "callbacks.evaluation.n=60", *STUDY)
        if not asks(arguments, "study.methods="):
            small += ("study.methods=[gan]",)
    if asks(arguments, "measure=[reconstruction"):
        small += ("metric.metrics.reconstruction.descent.steps=5",)
    if asks(small, "generator_steps="):  # a run has one length
        arguments = [word for word in arguments if not word.startswith("epochs=")]
    arguments = [re.sub(r"^(seed=\d+),.*", r"\1", word) for word in arguments]  # a sweep of something else is one, too
    return [*filter(None, [module]), *arguments, *small]


SHIPPED = {"best_mnist", "gmgan_dynamic"}


def needs_mnist(command: str) -> bool:
    module, arguments = words(command)
    if module == "explore" and SHIPPED & {*arguments}:  # the page shows the nearest training images
        return True
    on_digits = asks(arguments, "data=digits", "experiment=study")  # a study is shortened to digits
    return asks(arguments, "data=mnist") or (asks(arguments, "experiment=") and not on_digits)


@pytest.fixture(scope="module")
def answers(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What each command said that a test asks for. All run in one process, after the runs, the sweep and the images
    that they name."""
    asked = {item.callspec.params.get("command") for item in request.session.items if hasattr(item, "callspec")}
    folder = tmp_path_factory.mktemp("documents")
    root = Path(os.environ.get("GAN_LAB_DATA", "data")).absolute()
    images = folder / "FOLDER"
    for number, (digit, label) in enumerate(zip(*load_digits(return_X_y=True), strict=True)):
        if number < 400:
            (images / str(label)).mkdir(parents=True, exist_ok=True)
            Image.fromarray((digit.reshape(8, 8) * 15).astype("uint8")).resize((28, 28)).save(
                images / str(label) / f"{number}.png"
            )
    sweep = folder / "NAME"
    models = sorted({*re.findall(r"outputs/(\w+)/DATE_TIME", " ".join(COMMANDS))})
    lines = {model: [f"model={model}", *SHORT, f"hydra.run.dir={folder / model}"] for model in models}
    lines["sweep"] = [*SWEEP, *SHORT, f"hydra.sweep.dir={sweep}"]
    for command in COMMANDS:
        if (
            command in asked
            and not PROCESSES & {*words(command)[1]}
            and ((root / "MNIST").is_dir() or not needs_mnist(command))
        ):
            text = "\n".join(shortened(command)).replace("outputs/multirun/NAME", str(sweep))
            text = re.sub(r"outputs/(\w+)/DATE_TIME", rf"{folder}/\1", text).replace("FOLDER", str(images))
            lines[command] = text.split("\n")
    cache = str(folder / "cache")  # of what is computed of 50,000 real images, once for all commands
    return dict(zip(lines, many([*lines.values()], folder, GAN_LAB_DATA=str(root), GAN_LAB_CACHE=cache), strict=True))


def test_there_are_commands_to_try() -> None:
    assert len(COMMANDS) > 40
    assert {words(command)[0] for command in COMMANDS} == {"", *SMALL}


@pytest.mark.slow
@pytest.mark.xdist_group("documents")
@pytest.mark.parametrize(
    "command", [pytest.param(one, marks=[pytest.mark.nightly] * (one not in FIRST)) for one in COMMANDS]
)
def test_commands_run(command: str, answers: dict[str, dict[str, Any]], tmp_path: Path) -> None:
    module, arguments = words(command)
    if PROCESSES & {*arguments}:
        ended(program(*shortened(command), cwd=tmp_path))
        check_runs(tmp_path)
        return
    if command not in answers:
        pytest.skip("needs GAN_LAB_DATA to point to MNIST")
    answer = answers[command]
    assert answer["status"] == 0, answer["said"]
    folder = Path(answer["folder"])
    if asks(arguments, "--cfg", "--help"):
        assert "n_critic: " in answer["said"] or "gmgan_dynamic" in answer["said"]
    elif module == "sweep":
        assert "4 of 4" in answer["said"] or "4 finished" in answer["said"], answer["said"]
    elif module == "compare":
        assert re.search(r"\b[45] runs: ", answer["said"])
    elif module == "report":
        assert all(Path(folder, line.removeprefix("report: ")).is_file() for line in answer["said"].splitlines())
    elif module == "replay":
        assert (folder / "outputs" / "theory" / "replay.html").is_file()
    elif module == "explore":
        assert [path for path in folder.glob("*.html") if path.stat().st_size > 100_000]
    elif module == "doctor":
        assert "nothing is wrong" in answer["said"] or "threshold" in answer["said"]
    elif module:
        written = [path for kind in ("json", "onnx", "yaml") for path in folder.rglob(f"*.{kind}")]
        assert [path for path in written if path.stat().st_size > 100], "it writes what it found"
    elif not asks(arguments, "resume="):
        check_runs(folder)


SETTINGS = [
    (command, module or "config", [word for word in arguments if "=" in word and not word.startswith("-")])
    for command in COMMANDS
    for module, arguments in [words(command)]
    if command not in FIRST and (CONF_DIR / f"{module or 'config'}.yaml").is_file()
]
"""By command that runs at night: its configuration, and what it sets there."""


@pytest.mark.slow
@pytest.mark.parametrize(("root", "given"), [case[1:] for case in SETTINGS], ids=[case[0] for case in SETTINGS])
def test_what_commands_set_exists(root: str, given: list[str]) -> None:
    assert compose_config(*first_job(given), root=root)


def check_runs(folder: Path) -> None:
    """One run, or all jobs of a sweep and their comparison, trained to their end."""
    runs = run_folders(folder)
    for sweep in folder.glob("outputs/multirun/*"):
        assert [run.name for run in runs] == sorted(job["folder"] for job in read_jobs(sweep))
        assert (sweep / "compare.html").is_file() or (sweep / "study.md").is_file()
    assert len(runs) > 1 or not list(folder.glob("outputs/multirun/*"))
    steps = {int(metrics(run)[-1]["generator_steps"]) for run in runs}
    in_study = [*folder.rglob("study.md")]  # where the time of a method's rounds decides how many there are
    assert min(steps) > 0 if in_study else steps == {3}


def first_job(arguments: list[str]) -> list[str]:
    """The overrides of the first run that a command line stands for."""
    given = [argument for argument in arguments if not argument.startswith("-")]
    return combinations(OverridesParser.create().parse_overrides(given))[0]


@pytest.mark.slow
@pytest.mark.parametrize("command", MENTIONED)
def test_mentioned_commands_are_accepted(command: str, tmp_path: Path) -> None:
    """What needs a cluster or an account: its configuration composes, or it asks for the account."""
    module, arguments = words(command)
    if not arguments or asks(arguments, "--help"):
        assert find_spec(f"gan_lab.{module}".rstrip("."))
    elif module == "reference":
        assert reference_parser().parse_args(arguments)
    elif module == "dashboard":
        (answer,) = many([[module, *arguments[-2:]]], tmp_path)
        assert "there is no W&B key on this machine" in answer["said"]
    elif module == "explore":
        assert divided(arguments)[0] == arguments
    else:
        assert compose_config(*first_job(arguments), root=module or "config")


def examples() -> list[tuple[str, str, str]]:
    """Group, choice and example of every row of conf/README.md; the group of an option of any model is ""."""
    found = []
    for section in TEXTS[CONF].split("\n## ")[1:]:
        (group, *_) = re.findall(r"`([\w/]+)=", section.partition("\n")[0])
        for choice, example in re.findall(r"^\| `([^`]+)` \| .* \| `([^`]+)` \|$", section, re.MULTILINE):
            own, _, name = choice.rpartition("=")
            found.append(("" if "." in choice else own or group, name, example))
    return found


def test_every_choice_has_an_example() -> None:
    named: dict[str, list[str]] = {}
    for group, choice, example in examples():
        named.setdefault(group, []).append(choice)
        assert group in ("callback", "trainer") or choice in example, example
    groups = {path.name for path in CONF_DIR.iterdir() if path.is_dir()} - {"experiment", "hydra"} | {"hydra/launcher"}
    assert named.keys() - {""} == groups
    for group in groups:
        assert sorted(named[group]) == sorted(path.stem for path in (CONF_DIR / group).glob("*.yaml")), group


def test_every_recipe_is_named() -> None:
    rows = re.findall(r"^\| (`.*?`) \| ", TEXTS[RECIPES], re.MULTILINE)
    named = re.findall(r"`([^`]+)`", " ".join(rows))
    assert sorted(named) == sorted(path.stem for path in RECIPES.parent.glob("*.yaml"))


@pytest.mark.slow
@pytest.mark.parametrize("example", [example for _, _, example in examples()])
def test_examples_of_choices_can_be_built(example: str) -> None:
    config = compose_config(*first_job(example.split()))
    for part in ("model", "sampler"):
        assert build(config[part], part)


def anchors(text: str) -> set[str]:
    """The names of a document's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", prose(text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_links_lead_to_files(path: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", prose(TEXTS[path])):
        if not link.startswith(("http://", "https://", "mailto:")):
            name, _, anchor = link.partition("#")
            target = (path.parent / name).resolve() if name else path
            assert target.exists(), link
            assert not anchor or anchor in anchors(target.read_text()), link


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_files_and_extras_it_names_exist(path: Path) -> None:
    text = prose(TEXTS[path])
    for name in re.findall(r"`((?:gan_lab|conf|tests|outputs/reference)/[\w./-]+)`", text):
        assert (REPOSITORY / name).exists() or "X" in name, name
    extras = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert {*re.findall(r"pip install '\.\[(\w+)\]'", text)} <= extras.keys()


def test_every_document_can_be_found_from_the_readme() -> None:
    linked = {(README.parent / link).resolve() for link in re.findall(r"\]\(([^)\s#]+)", TEXTS[README])}
    rooms = [path for path in DOCUMENTS if path.name == "README.md" and path != README]
    assert [path for path in rooms if path not in linked] == []


def test_make_targets_exist() -> None:
    for target in {*re.findall(r"(?:^    |`)make ([\w-]+)", "\n".join(TEXTS.values()), re.MULTILINE)}:
        done = subprocess.run(["make", "-n", target], cwd=REPOSITORY, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("command", SET_UP)
def test_gan_lab_is_set_up_without_make(command: str) -> None:
    """Nothing is fetched or changed: pip says what it would do, and pytest which tests it would run."""
    _, _, module, *arguments = shlex.split(command)
    only = {
        "pip": ("--dry-run", "--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check"),
        "pytest": ("--collect-only", "-q", "-p", "no:cacheprovider", "tests/maths"),
    }[module]
    line = [sys.executable, "-m", module, *arguments, *only]
    done = subprocess.run(line, cwd=REPOSITORY, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "gan-lab-mnist" in done.stdout.replace("_", "-") or "tests collected" in done.stdout


def test_there_are_two_ways_to_set_it_up() -> None:
    assert len(SET_UP) == 3
    assert "python -m gan_lab" in COMMANDS


def test_parts_are_marked_where_they_are_written() -> None:
    marked = {path: [found[1] for found in MARKED.findall(text)] for path, text in TEXTS.items()}
    assert {path for path, parts in marked.items() if parts} == {*GENERATED}
    assert [part for path in GENERATED for part in marked[path]] == [*PARTS]


@pytest.mark.slow
def test_results_are_those_of_the_committed_files() -> None:
    for path in GENERATED:
        assert filled(TEXTS[path]) == TEXTS[path], "python -m gan_lab.reference pages writes them anew"
    assert (REPOSITORY / "outputs" / "reference" / "README.md").read_text() == page()


def test_commands_are_in_shell_blocks() -> None:
    """So that all of them are tried."""
    for path, text in TEXTS.items():
        tried = "\n".join(blocks(text, "sh"))
        for block in re.findall(r"^```\w*\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
            for line in block.splitlines():
                assert not line.startswith("python -m gan_lab") or line in tried, (path, line)
