"""Builds objects from a resolved configuration and checks every key and value against the constructor."""

import inspect
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, get_args, get_origin, get_type_hints

from beartype.door import is_bearable
from hydra.utils import get_object

from gan_lab.errors import GanLabError


def build(config: Mapping[str, Any], path: str) -> Any:
    """Calls the config's `_target_` with its other values, innermost first; `path` is the config's own key.

    `_partial_: true` gives a functools.partial. Hydra's `instantiate` would do the same without the checks. Raises
    GanLabError naming the key for an unknown option, a missing one, a value of the wrong type, and for a value that
    the constructor refuses with ValueError.
    """
    target = get_object(config["_target_"])
    values = {key: value for key, value in config.items() if not key.startswith("_")}
    arguments = checked(target, values, path, partial_call=config.get("_partial_", False))
    arguments = {key: build_below(value, f"{path}.{key}") for key, value in arguments.items()}
    if config.get("_partial_", False):
        return partial(target, **arguments)
    try:
        return target(**arguments)
    except ValueError as error:
        raise GanLabError(f"{path}: {error}") from error


def build_below(value: Any, path: str) -> Any:
    """Builds every config inside a mapping or list, and leaves plain values as they are."""
    if isinstance(value, Mapping):
        if "_target_" in value:
            return build(value, path)
        return {key: build_below(item, f"{path}.{key}") for key, item in value.items()}
    if isinstance(value, list):
        return [build_below(item, f"{path}[{index}]") for index, item in enumerate(value)]
    return value


def checked(
    target: Callable[..., Any], values: Mapping[str, Any], path: str, partial_call: bool = False
) -> dict[str, Any]:
    """Returns the values in the types of the target's signature: 1 as 1.0, and a list as a tuple, if it asks for them.

    Configurations of objects are not changed; they are checked when the objects are built.
    """
    parameters, hints = signature_of(target)
    takes_any = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
    for name, parameter in parameters.items():
        named = parameter.kind not in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL)
        if named and parameter.default is parameter.empty and name not in values and not partial_call:
            raise GanLabError(f"{path} lacks {name}, which {target.__name__} needs")
    fitted = {}
    for key, value in values.items():
        if key not in parameters and not takes_any:
            raise GanLabError(f"{path}.{key} is no option of {target.__name__}: it takes {', '.join(parameters)}")
        fitted[key] = value if is_config(value) else conform(value, hints.get(key, Any), f"{path}.{key}")
    return fitted


def conform(value: Any, hint: Any, path: str) -> Any:
    """Returns the value in the type that the hint asks for. Raises GanLabError where a conversion would lose
    something."""
    for candidate in (value, converted(value, hint)):
        if is_right(candidate, hint):
            return candidate
    raise GanLabError(f"{path} is {value!r} ({type(value).__name__}) and must be {readable(hint)}")


def converted(value: Any, hint: Any) -> Any:
    """Returns a list as a tuple, and an int as a float where the hint does not take an int, element by element."""
    if isinstance(value, list) and get_origin(hint) is tuple:
        kinds = get_args(hint)
        if kinds[-1:] == (...,):
            kinds = kinds[:1] * len(value)
        if len(kinds) == len(value):
            return tuple(converted(item, kind) for item, kind in zip(value, kinds, strict=True))
    if isinstance(value, int) and not isinstance(value, bool) and not is_right(value, hint):
        return float(value)
    return value


def is_right(value: Any, hint: Any) -> bool:
    """Returns whether the hint allows the value and, in a tuple, every element. Unlike in Python, True is no number."""
    if isinstance(value, tuple) and get_origin(hint) is tuple and get_args(hint)[-1] is ...:
        return all(is_right(item, get_args(hint)[0]) for item in value)
    return not (isinstance(value, bool) and hint in (int, float)) and is_bearable(value, hint)


def signature_of(target: Callable[..., Any]) -> tuple[dict[str, inspect.Parameter], dict[str, Any]]:
    """Returns the parameters and their annotations, by name.

    A constructor that takes `**base` passes it to the next constructor among its class's bases, so that the parameters
    of that one are options too. `**` under any other name, as in third-party code, accepts anything.
    """
    parameters, hints = dict(inspect.signature(target).parameters), hints_of(target)
    if inspect.isclass(target) and "base" in parameters and parameters["base"].kind is inspect.Parameter.VAR_KEYWORD:
        del parameters["base"]
        above = [parent for parent in target.__mro__ if "__init__" in vars(parent)][1]
        inherited, inherited_hints = signature_of(above)
        return inherited | parameters, inherited_hints | hints
    return parameters, hints


def hints_of(target: Callable[..., Any]) -> dict[str, Any]:
    """Returns the parameters' annotations; none for third-party code whose annotations cannot be resolved at run
    time."""
    try:
        return get_type_hints(target.__init__ if inspect.isclass(target) else target)
    except NameError:
        return {}


def is_config(value: Any) -> bool:
    return isinstance(value, Mapping) and (
        "_target_" in value or (bool(value) and all(is_config(item) for item in value.values()))
    )


def readable(hint: Any) -> str:
    """Returns an annotation as a user reads it: `int`, `one of 'a', 'b'`."""
    text = hint.__name__ if inspect.isclass(hint) and not get_args(hint) else str(hint)
    return text.replace("typing.Literal", "one of ").replace("typing.", "")
