"""The values that an option may have: types beside which a constructor declares its range. Imports no torch.

`lr: Positive` says that `lr` is a number above 0, and `conform` refuses others in one sentence, whether the value comes
from a configuration, from a command or from a call of the constructor: classes that derive from `Declared` check it
themselves. Numbers are finite unless their domain says otherwise.
"""

import inspect
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, wraps
from itertools import chain, repeat
from numbers import Real
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from gan_lab.errors import OutOfDomainError


@dataclass(frozen=True, slots=True)
class Domain:
    """A set of values: how a user reads it, and which values it has.

    `infinite` admits infinity, but never NaN. `most` is a limit so generous that only what lies beyond it is told of
    it.
    """

    words: str
    allows: Callable[[Any], bool]
    infinite: bool = False
    most: int | None = None


MOST = 1_000_000_000
"""The largest number of anything: what is larger was not meant, or fits into no memory."""
SINGLE = 3.4028234e38
"""The largest number in single precision, in which models compute."""
LARGEST = 2**63 - 1
"""The largest whole number of any kind, such as a seed: what fits into 64 bits."""


def at_least(least: int, most: int = MOST) -> Domain:
    """Returns the domain of the whole numbers from `least` on."""
    return Domain(f"a whole number of {least} or more", lambda value: value >= least, most=most)


Positive = Annotated[float, Domain("a number above 0", lambda value: value > 0)]
NonNegative = Annotated[float, Domain("a number of 0 or more", lambda value: value >= 0)]
Share = Annotated[float, Domain("a number above 0, at most 1", lambda value: 0 < value <= 1)]
"""A part of a whole that is not empty."""
AboveOne = Annotated[float, Domain("a number above 1", lambda value: value > 1)]
Inside = Annotated[float, Domain("a number above 0, below 1", lambda value: 0 < value < 1)]
Probability = Annotated[float, Domain("a number from 0 to 1", lambda value: 0 <= value <= 1)]
BelowOne = Annotated[float, Domain("a number from 0 to below 1", lambda value: 0 <= value < 1)]
"""The decay of a running average, or the probability of dropout."""
Exponent = Annotated[float, Domain("a number from 1 to inf", lambda value: value >= 1, infinite=True)]
"""The p of a p-norm."""
Device = Annotated[
    str, Domain("cpu, cuda or cuda:NUMBER", lambda value: re.fullmatch(r"cpu|cuda(:\d+)?", value) is not None)
]
Text = Annotated[str, Domain("text that is not empty", lambda value: bool(value.strip()))]
FolderPath = Annotated[str, Domain("the path of a folder", lambda value: bool(value.strip()))]
PositiveInt = Annotated[int, at_least(1)]
NonNegativeInt = Annotated[int, at_least(0)]
Widths = Annotated[
    tuple[PositiveInt, ...], Domain("a list of one or more values, each a whole number of 1 or more", bool)
]
Length = Annotated[float, Domain("a number above 0", lambda value: value > 0, most=MOST)]


class MisfitError(Exception):
    """A value that its type does not allow. Its text is a limit that the words for the type do not have."""


def conform(value: Any, hint: Any, path: str) -> Any:
    """Returns the value in the type that the hint asks for. Raises OutOfDomainError where a conversion would
    lose something, and for a value outside of the domain."""
    try:
        return fitted(value, hint)
    except MisfitError as misfit:
        raise OutOfDomainError(f"{path} is {shown(value)} and must be {readable(hint)}{misfit}") from None


class Declared:
    """Lets the constructors of all classes that derive from it refuse values outside of their declared domains.

    The arguments that are plain values are conformed, whoever calls: `GradientPenalty(weight=-1)` raises
    OutOfDomainError. Objects, such as networks, are left as they are.
    """

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "__init__" in vars(cls):
            cls.__init__ = conforming(cls.__init__)  # type: ignore[method-assign]


def conforming(constructor: Callable[..., None]) -> Callable[..., None]:
    """Returns a constructor that conforms its arguments. It has the signature of the given one."""
    positional = [*inspect.signature(constructor).parameters][1:]

    @cache  # at the first call, when the whole module is there
    def hints() -> dict[str, Any]:
        try:
            declared = get_type_hints(constructor, include_extras=True)
        except NameError:  # of annotations for type checkers alone
            return {}
        return {name: hint for name, hint in declared.items() if is_plain(hint)}

    @wraps(constructor)
    def checked(self: Any, *arguments: Any, **options: Any) -> None:
        def taken(name: str, value: Any) -> Any:
            return conform(value, hints()[name], f"{type(self).__name__}.{name}") if name in hints() else value

        constructor(
            self,
            *map(taken, chain(positional, repeat("")), arguments),
            **{name: taken(name, value) for name, value in options.items()},
        )

    return checked


def is_plain(hint: Any) -> bool:
    """Returns whether a type has plain values alone: numbers, text, true and false, null, and lists of them."""
    kind, inner = get_origin(hint) or hint, get_args(hint)
    if kind is Literal:
        return True
    if kind is Annotated:
        return is_plain(inner[0])
    if kind in (Union, UnionType, tuple, list) or (inspect.isclass(kind) and issubclass(kind, Mapping)):
        return bool(inner) and all(is_plain(one) for one in inner if one is not ...)
    return kind in (int, float, bool, str, NoneType)


def fitted(value: Any, hint: Any, infinite: bool = False) -> Any:
    """Returns the value in the hint's type: 1 as 1.0, 1e3 as 1000 and a list as a tuple, where it asks for them.

    Unlike in Python, True is no number. Raises MisfitError.
    """
    kind, inner = get_origin(hint) or hint, get_args(hint)
    if kind is Annotated:
        domains = [one for one in inner[1:] if isinstance(one, Domain)]
        if isinstance(value, Real):
            for domain in domains:
                not_above(value, domain.most)
        found = fitted(value, inner[0], any(domain.infinite for domain in domains))
        return required(found, all(domain.allows(found) for domain in domains))
    if kind in (Union, UnionType):
        return fitted_to_one(value, inner, infinite)
    if kind is Literal:
        return required(value, any(value == one and type(value) is type(one) for one in inner))
    if kind is tuple and inner:
        items = [*required(value, isinstance(value, list | tuple))]
        kinds = inner[:1] * len(items) if inner[-1] is ... else inner
        required(value, len(kinds) == len(items))
        return tuple(fitted(item, own) for item, own in zip(items, kinds, strict=True))
    if kind is list and inner:
        return [fitted(item, inner[0]) for item in required(value, isinstance(value, list))]
    if inspect.isclass(kind) and issubclass(kind, Mapping) and len(inner) == 2:
        return {key: fitted(item, inner[1]) for key, item in required(value, isinstance(value, Mapping)).items()}
    return fitted_to_class(value, kind, hint, infinite)


def fitted_to_class(value: Any, kind: Any, hint: Any, infinite: bool) -> Any:
    """Does what `fitted` does for a hint without parts."""
    if kind is Any:
        return value
    if kind in (int, float):
        required(value, isinstance(value, Real) and not isinstance(value, bool))
        if kind is float:
            number = float(not_above(value, LARGEST) if isinstance(value, int) else value)
            if math.isfinite(number):
                return not_above(number, SINGLE)
            return required(number, infinite and not math.isnan(number))
        return int(not_above(required(value, bool(value == value // 1)), LARGEST))
    if kind is NoneType or kind is None:
        return required(value, value is None)
    if kind in (bool, str):
        return required(value, isinstance(value, kind))
    from beartype.door import is_bearable  # takes a moment, and few hints need it: those of other libraries

    return required(value, is_bearable(value, hint))


def fitted_to_one(value: Any, hints: tuple[Any, ...], infinite: bool) -> Any:
    """Returns the value as it is where one of the hints takes it so, otherwise in the first type that takes it."""
    found, limit = [], ""
    for hint in hints:
        try:
            found.append(fitted(value, hint, infinite))
        except MisfitError as misfit:
            limit = limit or str(misfit)
    required(value, bool(found), limit)
    return next((one for one in found if type(one) is type(value)), found[0])


def required(value: Any, condition: bool, limit: str = "") -> Any:
    """Returns the value. Raises MisfitError where the condition does not hold."""
    if not condition:
        raise MisfitError(limit)
    return value


def not_above(value: Any, most: int | float | None) -> Any:
    """Returns the value. Raises MisfitError with the limit where it, or its amount below 0, is above the limit."""
    if most is None or value != value or abs(value) <= most:
        return value
    raise MisfitError(f", at most {most:,}" if isinstance(most, int) else f", at most {most:.3g}, in single precision")


def readable(hint: Any) -> str:
    """Returns a type as a user reads it: `a whole number of 1 or more`, `one of a, b`."""
    kind, inner = get_origin(hint) or hint, get_args(hint)
    if kind is Annotated:
        domains = [one.words for one in inner[1:] if isinstance(one, Domain)]
        return domains[-1] if domains else readable(inner[0])
    if kind in (Union, UnionType):
        return " or ".join(dict.fromkeys(readable(one) for one in inner))
    if kind is Literal:
        return f"one of {', '.join(shown(one) for one in inner)}" if len(inner) > 1 else shown(inner[0])
    if kind in (tuple, list) and inner:
        single = [one for one in inner if one is not ...]
        many = "" if len(inner) > len(single) or kind is list else f"{len(inner)} "
        return f"a list of {many}values, each {' or '.join(dict.fromkeys(readable(one) for one in single))}"
    return WORDS[kind] if kind in WORDS else getattr(hint, "__name__", str(hint)).replace("typing.", "")


WORDS: dict[Any, str] = {
    **{int: "a whole number", float: "a number", bool: "true or false", str: "text"},
    dict: "names with their values, {NAME: VALUE}",
    **{NoneType: "null", None: "null"},
}


def shown(value: Any) -> str:
    """Returns a value as it is written on the command line, text in quotes where it could be taken for something
    else."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return repr(value)
