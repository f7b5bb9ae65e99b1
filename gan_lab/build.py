"""Builds objects from a resolved configuration and checks every key and value against the constructor."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from typing import Any, get_type_hints

from hydra.utils import get_object

from gan_lab.domains import BelowOne, NonNegative, Positive, conform, readable
from gan_lab.errors import GanLabError
from gan_lab.trust.kinds import admits, part_of, returned
from gan_lab.trust.targets import refuse_untrusted

Named = Callable[[str], str]

OPTIMIZER: dict[str, Any] = {
    **{"lr": Positive, "eps": NonNegative, "weight_decay": NonNegative, "foreach": bool | None},
    **{"maximize": bool, "capturable": bool, "differentiable": bool},
}
FOREIGN: dict[str, dict[str, Any]] = {
    "torch.optim.Adam": OPTIMIZER
    | {"betas": tuple[BelowOne, BelowOne], "amsgrad": bool, "fused": bool | None, "decoupled_weight_decay": bool},
    "torch.optim.SGD": {
        **{name: OPTIMIZER[name] for name in ("lr", "weight_decay", "foreach", "maximize", "differentiable")},
        **{"momentum": BelowOne, "dampening": NonNegative, "nesterov": bool, "fused": bool | None},
    },
    "torch.optim.RMSprop": OPTIMIZER | {"alpha": BelowOne, "momentum": NonNegative, "centered": bool},
}
"""The options of torch's optimizers with the values that they allow, which torch does not declare."""


TOO_LARGE = ("allocate memory", "not enough memory", "out of memory", "size calculation overflowed")
"""What torch says of a tensor that fits into no memory."""


def build(config: Mapping[str, Any], path: str, kind: Any = Any) -> Any:
    """Calls the config's `_target_` with its other values, innermost first; `path` is the config's own key.

    `_partial_: true` gives a functools.partial. Hydra's `instantiate` would do the same without the checks. What is
    built must be of the `kind` that its place admits: for a value, that is the annotation of the constructor's
    parameter. Raises GanLabError naming the key for a target that is not trusted or of another kind, for an unknown
    option, a missing one, a value of the wrong type or outside of its domain, and for a value that the constructor
    refuses with ValueError.
    """
    name, later = call_of(config, path)
    target = named_object(name, path)
    if not admits(kind, returned(target), later):
        raise GanLabError(f"{path}._target_ is {name}, and {path} must be {readable(kind)}")
    values = options_of(config)
    signature = signature_of(target)
    arguments = checked(signature, values, path, partial_call=later)
    arguments = {
        key: build_below(value, f"{path}.{key}", signature.hints.get(key, Any)) for key, value in arguments.items()
    }
    if later:
        return partial(target, **arguments)
    try:
        return target(**arguments)
    except ValueError as error:
        raise GanLabError(f"{path}: {error}") from error
    except (MemoryError, RuntimeError) as error:  # torch raises a RuntimeError of its own
        if isinstance(error, MemoryError) or any(words in str(error) for words in TOO_LARGE):
            raise GanLabError(f"{path} does not fit into the memory of this machine: make its sizes smaller") from error
        raise


def call_of(config: Mapping[str, Any], path: str) -> tuple[str, bool]:
    """Returns what a config names, and whether it is to be called later. Raises GanLabError where it names nothing, and
    for values of other types."""
    if not isinstance(config, Mapping) or "_target_" not in config:
        raise GanLabError(f"{path} is no whole object: it lacks its _target_, the class to build")
    name = conform(config["_target_"], str, f"{path}._target_")
    return name, conform(config.get("_partial_", False), bool, f"{path}._partial_")


def options_of(config: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the options that a config gives to what it names."""
    return {str(key): value for key, value in config.items() if not str(key).startswith("_")}


def named_object(name: str, path: str) -> Any:
    """Returns what a dotted name names. Raises GanLabError where there is nothing of this name, and, before anything is
    imported, for what is not trusted."""
    refuse_untrusted(name, path)
    try:
        return get_object(name)
    except (ImportError, ValueError) as error:
        raise GanLabError(f"{path}._target_ is {name}, and there is nothing of this name") from error


def build_below(value: Any, path: str, kind: Any = Any) -> Any:
    """Builds every config inside a mapping or list, and leaves plain values as they are; `kind` is what the place of
    the value admits."""
    if isinstance(value, Mapping):
        if "_target_" in value:
            return build(value, path, kind)
        return {key: build_below(item, f"{path}.{key}", part_of(kind)) for key, item in value.items()}
    if isinstance(value, list):
        return [build_below(item, f"{path}[{index}]", part_of(kind)) for index, item in enumerate(value)]
    return value


@dataclass(frozen=True, slots=True)
class Signature:
    """The options of a constructor or function: the type of each in order, and the names of those that it needs.

    `takes_any` says that it takes others as well.
    """

    name: str
    hints: dict[str, Any]
    needed: frozenset[str]
    takes_any: bool = False

    def over(self, base: "Signature") -> "Signature":
        """Returns the signature of a constructor that passes what it does not know to that of its base."""
        return Signature(self.name, base.hints | self.hints, base.needed | self.needed, base.takes_any)


def checked(
    signature: Signature, values: Mapping[str, Any], path: str, partial_call: bool = False, named: Named = str
) -> dict[str, Any]:
    """Returns the values in the types of the signature: 1 becomes 1.0 and a list a tuple where it asks for them.

    Configurations of objects pass unchanged: they are checked when they are built. `named` turns a path into the key
    by which the user knows the value. Raises GanLabError as `build` does.
    """
    if not partial_call and (missing := [name for name in signature.hints if name in signature.needed - values.keys()]):
        raise GanLabError(f"{path} lacks {missing[0]}, which {signature.name} needs")
    fitted = {}
    for key, value in values.items():
        if key not in signature.hints and not signature.takes_any:
            nearest = get_close_matches(key, signature.hints, n=1)
            meant = f" (did you mean {nearest[0]}?)" if nearest else ""
            raise GanLabError(
                f"{path}.{key} is no option of {signature.name}: it takes {', '.join(signature.hints) or 'none'}{meant}"
            )
        hint = signature.hints.get(key, Any)
        fitted[key] = value if is_config(value) else conform(value, hint, named(f"{path}.{key}"))
    return fitted


def signature_of(target: Callable[..., Any]) -> Signature:
    """Returns what the target takes.

    A constructor that takes `**base` passes it to the next constructor among its class's bases, so that the parameters
    of that one are options too. `**` under any other name, as in third-party code, accepts anything.
    """
    parameters, hints = dict(inspect.signature(target).parameters), hints_of(target)
    open_ended = [p.name for p in parameters.values() if p.kind is p.VAR_KEYWORD]
    named = [p for p in parameters.values() if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)]
    own = Signature(
        target.__name__,
        {p.name: hints.get(p.name, Any) for p in named},
        frozenset(p.name for p in named if p.default is p.empty),
        takes_any=bool(open_ended),
    )
    if inspect.isclass(target) and open_ended == ["base"]:
        above = [parent for parent in target.__mro__ if "__init__" in vars(parent)][1]
        return own.over(signature_of(above))
    return own


def hints_of(target: Callable[..., Any]) -> dict[str, Any]:
    """Returns the parameters' annotations; of third-party code those that can be resolved at run time, and the ranges
    that it does not declare itself."""
    try:
        own = get_type_hints(target.__init__ if inspect.isclass(target) else target, include_extras=True)
    except NameError:
        own = {}
    public = (
        f"{target.__module__.rpartition('.')[0]}.{target.__qualname__}"  # torch.optim.adam.Adam is torch.optim.Adam
    )
    return own | FOREIGN.get(public, {})


def is_config(value: Any) -> bool:
    """Returns whether a value is the configuration of an object, or of several by name, of which some may be null."""
    if not isinstance(value, Mapping) or "_target_" in value:
        return isinstance(value, Mapping)
    given = [item for item in value.values() if item is not None]
    return bool(given) and all(is_config(item) for item in given)
