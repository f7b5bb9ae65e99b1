"""The Markdown documents of the project, and the commands in them."""

import re
import shlex
from pathlib import Path

REPOSITORY = Path(__file__).parent.parent
README = REPOSITORY / "README.md"
DOCUMENTS = [
    *sorted(REPOSITORY.glob("*.md")),
    *(
        path
        for part in ("conf", "gan_lab", "outputs/reference", "tests")
        for path in sorted((REPOSITORY / part).rglob("*.md"))
    ),
]
TEXTS = {path: path.read_text() for path in DOCUMENTS}
CHANGES = REPOSITORY / "CHANGELOG.md"
"""Names commands that there are no more."""

SHORT = (
    "generator_steps=3",
    "callbacks.evaluation.n=60",
    "callbacks.evaluation.times=1",
    "callbacks.checkpoints.times=1",
    "callbacks.image_samples.times=1",
    "~callbacks.figures",
    "~callbacks.report",
)
"""The smallest training."""


def blocks(text: str, language: str) -> list[str]:
    """The code blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def indented(text: str) -> str:
    """The commands that are set off by four spaces."""
    return "\n".join(re.findall(r"^    ((?:python|make) .*)", prose(text), re.MULTILINE))


def prose(text: str) -> str:
    """The text without its code blocks."""
    return re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)


def words(command: str) -> tuple[str, list[str]]:
    """`python -m gan_lab.evaluate a=b  # measures` as ("evaluate", ["a=b"]); the module of training is ""."""
    _, _, module, *arguments = shlex.split(re.sub(r"^([A-Z_]+=\S+ )+", "", command), comments=True)
    return module.removeprefix("gan_lab").removeprefix("."), arguments


def commands(*paths: Path) -> list[str]:
    """What a reader may copy from a code block of these documents, each once."""
    return [
        *dict.fromkeys(
            line.partition("  #")[0].rstrip()
            for path in paths
            for block in (*blocks(TEXTS[path], "sh"), indented(TEXTS[path]))
            for line in block.splitlines()
            if line.startswith("python -m gan_lab")
        )
    ]


COMMANDS = commands(*DOCUMENTS)
FIRST = commands(README, REPOSITORY / "conf" / "README.md")
"""Those of the front door and of the choices, which run for every change; the others run at night."""

SET_UP = [
    line.partition("  #")[0].rstrip()
    for text in TEXTS.values()
    for line in indented(text).splitlines()
    if line.startswith(("python -m pip", "python -m pytest"))
]
"""How gan_lab is installed and tested without make."""

MENTIONED = [
    *dict.fromkeys(
        command
        for path, text in TEXTS.items()
        if path != CHANGES
        for command in re.findall(r"`((?:[A-Z_]+=\S+ )*python -m gan_lab[^`]*)`", prose(text))
    )
]
"""The commands of tables and sentences."""
