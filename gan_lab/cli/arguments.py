"""Reads a command line before Hydra does: what it cannot mean is refused with what was probably meant. No torch."""

import os
import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import ChoiceSweep, Override, RangeSweep
from hydra.errors import HydraException

from gan_lab.cli.contradictions import refuse_contradictions, refuse_removal
from gan_lab.cli.lists import with_quotes
from gan_lab.cli.misspelt import holds_pictures, refuse_misspelt
from gan_lab.cli.suggestions import DERIVED, INNER, bare_choice, instead, known_root, meant_key, unknown_root
from gan_lab.config.choices import LISTED, OF_NETWORKS, choices, groups, groups_of, no_such_choice, root_file
from gan_lab.config.synonyms import COMMANDS
from gan_lab.errors import GanLabError
from gan_lab.terminal.commands import quoted
from gan_lab.trust.home import expanded

HYDRAS_OWN = ("--help", "-h", "--hydra-help", "--version", "--shell-completion", "-sc", "--info", "-i")
"""With one of these, nothing is composed that could be wrong."""
FLAGS = {
    **dict.fromkeys(("--multirun", "-m", "--run", "-r", "--resolve", *HYDRAS_OWN), 0),
    **dict.fromkeys(("--cfg", "-c", "--config-dir", "-cd"), 1),
}
"""The flags of Hydra, and how many words follow them."""
ELSEWHERE = ("--config-dir", "-cd")
"""With one of these, there are choices that lie elsewhere."""
DASHES = "\u2013\u2014"
"""What some editors make of two hyphens."""
WHOLE = ("config_path", "cp", "config_name", "cn")
"""Flags of Hydra that would replace all files of the configuration."""
NOTHING = "experiment=null"
"""Says what is so without it. Hydra does not take it."""
SWEEPS = {
    **{"choice": "choice(a,b)", "range": "range(1,6)", "interval": "interval(0.1,0.9)", "glob": "'glob(*)'"},
    **{
        "shuffle": "shuffle(a,b)",
        "sort": "sort(2,1)",
        "tag": "tag(log,interval(1e-5,1e-3))",
        "int": "int(interval(2,9))",
    },
}
"""The functions with which Hydra writes several values."""
ASSIGNMENT = re.compile(r"(~|\+{0,2})([A-Za-z_][\w./@:-]*)(=(.*))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Command:
    """A command that composes a configuration: its module, the file that it starts from, and the key of a bare path."""

    module: str
    root: str
    path: str | None = None

    @property
    def typed(self) -> str:
        """How a user starts it."""
        return f"python -m {self.module}"


def understood(arguments: Sequence[str], command: Command) -> list[str]:
    """Returns the arguments for Hydra, a bare path as `checkpoint=PATH`.

    Raises GanLabError for what cannot be meant.
    """
    if any(word in HYDRAS_OWN for word in arguments):
        return [*arguments]
    flags, words = split(arguments, command)
    words = [as_assignment(word, command) for word in words if word != NOTHING]
    multirun = bool({"-m", "--multirun"} & {*flags}) or "hydra.mode=MULTIRUN" in words
    if multirun and not words:
        raise GanLabError(f"-m trains several runs, and nothing says which: {command.typed} -m model=gan,wgan seed=1,2")
    if "--resolve" in flags and not {"--cfg", "-c"} & {*flags}:
        raise GanLabError("--resolve belongs to --cfg job, which shows the configuration")
    known = not any(flag.partition("=")[0] in ELSEWHERE for flag in flags)
    known = known and not any("hydra.searchpath" in word for word in words)
    overrides = [parsed(word) for word in words]
    for override in overrides:
        check(override, command, multirun, known)
    refuse_contradictions(overrides, multirun)
    return [*flags, *words]


def split(arguments: Sequence[str], command: Command) -> tuple[list[str], list[str]]:
    """Returns the flags of Hydra with their words, and the other words. Raises GanLabError for other flags."""
    flags: list[str] = []
    words: list[str] = []
    rest = [*arguments]
    while rest:
        word = rest.pop(0)
        name = word.partition("=")[0]
        if name in FLAGS:
            count = 0 if "=" in word else FLAGS[name]
            if len(rest) < count:
                raise GanLabError(f"{word} takes a value" + (": job, hydra or all" if name in ("--cfg", "-c") else ""))
            flags += [word, *rest[:count]]
            del rest[:count]
            if name in ("--cfg", "-c") and flags[-1].removeprefix(f"{name}=") not in ("job", "hydra", "all"):
                raise GanLabError(f"{name} takes job, hydra or all, not {flags[-1]}")
        elif word.startswith("-") and not word.startswith("-="):
            refuse_flag(word, rest[0] if rest else None, command)
        else:
            words.append(word)
    return flags, words


def refuse_flag(word: str, following: str | None, command: Command) -> None:
    """Raises GanLabError that says how a flag is written here."""
    name, sign, value = word.lstrip("-" + DASHES).partition("=")
    typed = word
    if not sign and following is not None and not re.match(r"--?[A-Za-z]|[\w.]+=", following):
        value, typed = following, f"{word} {following}"
    key = name.replace("-", "_")
    if key in COMMANDS and command.root == "config" and not sign:
        raise GanLabError(f"there is no option {word}: what is meant is {COMMANDS[key]}")
    if key in WHOLE:
        raise GanLabError(
            f"{typed} would replace the files of gan_lab: your own lie in a folder that --config-dir FOLDER adds"
        )
    found = instead(key, value or None, command.root)
    if found is None and "." in key and known_root(key, command.root):
        found = f"{key}={value or 'VALUE'}"
    help_ = f"{command.typed} --help lists what can be chosen"
    raise GanLabError(
        f"{typed} is written {found} here: options have the form KEY=VALUE, without dashes"
        if found
        else f"there is no option {typed}: options have the form KEY=VALUE, without dashes, and {help_}"
    )


def as_assignment(word: str, command: Command) -> str:
    """Returns the word, a bare path as an assignment. Raises GanLabError for another word that assigns nothing."""
    key = word.partition("=")[0]
    names_file = bool({"/", os.sep} & {*key}) or (command.path is not None and not known_root(key, command.root))
    is_path = "=" not in word or (names_file and expanded(word).exists())
    if word.startswith("~") and not word.startswith(("~/", f"~{os.sep}")) and "=" not in word:
        return word
    if not is_path and (parts := ASSIGNMENT.fullmatch(word)):
        refuse_misspelt(word, parts[1], parts[2], parts[4], command.root)
        return word
    if word.startswith(tuple(DASHES)):
        refuse_flag(word, None, command)
    if command.root == "evaluate" and is_path and holds_pictures(expanded(word)):
        raise GanLabError(f"{word} is no run: pictures are measured with images={word}")
    if command.path is not None and is_path and word:
        return f"{command.path}={quoted(word)}"
    if (command_word := COMMANDS.get(word.replace("-", "_"))) is not None and command.root == "config":
        raise GanLabError(f"{word} is no option: what is meant is {command_word}")
    found = bare_choice(word, command.root) or instead(word, None, command.root)
    if found is None and Path(word).exists() and command.root == "config":
        found = f"resume={word}"
    raise GanLabError(
        f"{shlex.quote(word)} sets nothing: options have the form KEY=VALUE, without spaces around the sign"
        + (f", as in {found}" if found else "")
    )


def parsed(word: str) -> Override:
    """Returns a word as Hydra reads it. Raises GanLabError where it cannot."""
    try:
        return OverridesParser.create().parse_override(word)
    except HydraException as error:
        found = ASSIGNMENT.fullmatch(word)
        key, value = (found[2], found[4]) if found else (word, None)
        if value is None:
            raise GanLabError(f"{shlex.quote(word)} sets nothing: options have the form KEY=VALUE") from error
        near = value.strip("=,; ")
        if near not in ("", value) and ASSIGNMENT.fullmatch(f"{key}={near}"):
            raise GanLabError(f"{word} cannot be read: did you mean {key}={near}?") from error
        called = re.fullmatch(r"(\w+)\(.*\)", value)
        if called and called[1] in SWEEPS:
            raise GanLabError(f"{word} cannot be read: {called[1]} takes values, as in {SWEEPS[called[1]]}") from error
        if called:
            options = "its options are words of their own, as in optimizer=adam optimizer.lr=1e-4"
            raise GanLabError(f"{word} is written {key}={called[1]} here: {options}") from error
        raise GanLabError(
            f"the value of {word} cannot be read: a list is [a,b], and text with other characters stands in two pairs "
            f'of quotes, {key}="{with_quotes(value)}"'
        ) from error


def check(override: Override, command: Command, multirun: bool, choices_known: bool) -> None:
    """Raises GanLabError for an override that cannot be meant."""
    key, typed = override.key_or_group, str(override.input_line)
    if isinstance(values := override.value(), RangeSweep) and values.step == 0:
        raise GanLabError(f"{typed} never ends: the step of a range is not 0")
    if override.is_sweep_override() and not multirun:
        single = key in choices_of_one(command)
        brackets = "" if single else f", or brackets around a list, {key}=[...]"
        raise GanLabError(f"{typed} lists several values: put -m before it for one run each{brackets}")
    if override.is_delete() and not override.is_hydra_override():
        refuse_removal(override)
        return
    text = typed.partition("=")[2]
    if key in DERIVED and "${" in str(root_file(command.root).get(key)):  # the name of an extractor is its own
        follows = DERIVED[key]
        if follows in ("data=", "model="):
            follows = instead(key, text, command.root) or follows
        raise GanLabError(
            f"{key} cannot be set, since it follows from the rest of the command line"
            + (f": set {follows}" if follows else "")
        )
    if command.root == "config" and (of := "hydra.run.dir=" if key.endswith(".run_dir") else INNER.get(key)):
        to = of if of == "data=" else f"{of}{text}"
        raise GanLabError(f"{key} cannot be set, since it follows from {of.rstrip('=')}: set {to}")
    if key in ("resume", "checkpoint", "images") and not any(str(value).strip() for value in elements(override)):
        raise GanLabError(f"{typed} is empty: give it a path")
    if key == "hydra":
        raise GanLabError(
            f"{typed} sets nothing: options of Hydra have a dot or a slash, hydra.run.dir=FOLDER or hydra/launcher=NAME"
        )
    if override.is_hydra_override() and not choices(key):
        if key in ("hydra.launcher", "hydra.sweeper"):
            part = key.partition(".")[2]
            raise GanLabError(f"{typed} sets no {part}: hydra/{part}=NAME chooses one")
        if key == "hydra.sweep.subdir" and "${" not in text:
            raise GanLabError(
                f"{typed} would be the folder of every run: it must say which, as ${{hydra.job.num}} does"
            )
        return
    if key in groups() or choices(key):
        if choices_known:
            check_choice(override, command)
    elif (found := meant_key(key, text, command.root)) is not None:
        raise GanLabError(f"there is no option {key}: did you mean {found}?")
    elif choices_known and not known_root(key, command.root):
        raise GanLabError(unknown_root(key, text, command.root))


def check_choice(override: Override, command: Command) -> None:
    """Raises GanLabError for a choice that there is not, or that is not listed as it must be."""
    group = override.key_or_group
    if (
        group in groups()
        and group not in groups_of(command.root)
        and not override.is_add()
        and override.package is None
    ):
        others = ", ".join(f"{one}=" for one in groups_of(command.root))
        if group not in OF_NETWORKS or command.root != "config":
            options = ", ".join(f"{one}=" for one in root_file(command.root) if one not in ("defaults", "hydra"))
            instead_of = f"choices are {others}" if others else f"options are {options}"
            raise GanLabError(f"{command.typed} takes no {group}=: its {instead_of}")
    for value in elements(override):
        prefix = f"{override.get_key_element()}="
        if value is None and group in groups():
            raise GanLabError(f"{prefix}null chooses nothing: the choices are {', '.join(choices(group))}")
        if isinstance(value, list) and group in choices_of_one(command):
            raise GanLabError(f"{prefix}{shown(value)} is written {prefix}{shown(value)[1:-1]}: one is chosen")
        if isinstance(value, list) and len({str(one).removeprefix("lazy_") for one in value}) < len(value):
            raise GanLabError(f"{prefix}{shown(value)} names one choice twice")
        single = value if isinstance(value, list) else [value]
        for name in single:
            text = "null" if name is None else str(name)
            if text not in choices(group):
                raise GanLabError(no_such_choice(group, text, f"{prefix}{text}"))
        if group in LISTED and not isinstance(value, list) and override.package is None:
            raise GanLabError(
                f"{prefix}{value} is written {prefix}[{value}]: the list replaces what the model or the command has"
            )


def elements(override: Override) -> Iterator[Any]:
    """Yields the values that an override gives one after the other, in a sweep several."""
    value = override.value()
    if isinstance(value, ChoiceSweep):
        yield from (Override._convert_value(one) for one in value.list)
    elif not override.is_sweep_override():
        yield value


def choices_of_one(command: Command) -> set[str]:
    """Returns the groups of a command from which a single choice is made."""
    return {*groups_of(command.root)} - {*LISTED, "logger"}


def shown(values: Sequence[Any]) -> str:
    """Returns a list as it is typed."""
    return f"[{','.join(map(str, values))}]"
