"""Whether what a configuration names belongs where it stands: the annotation there admits its class."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints


def returned(target: Any) -> Any:
    """Returns the class of what a call gives: a class gives its own, a function what its annotation says, `object`
    without one."""
    if inspect.isclass(target):
        return target
    try:
        return get_type_hints(target).get("return", object)
    except (NameError, TypeError):
        return object


def admits(hint: Any, made: Any, later: bool = False) -> bool:
    """Returns whether an annotation takes an object of class `made`, or where it is made `later`, what makes it."""
    kind, inner = get_origin(hint) or hint, get_args(hint)
    if hint is Any:
        return True
    if kind is Annotated:
        return admits(inner[0], made, later)
    if kind in (Union, UnionType):
        return any(admits(one, made, later) for one in inner if one is not NoneType)
    if later:
        return kind in (partial, Callable) and bool(inner) and admits(inner[-1], made)
    return inspect.isclass(kind) and inspect.isclass(made) and issubclass(made, kind)


def part_of(hint: Any) -> Any:
    """Returns what the annotation of a collection says of its values; an annotation that is no collection admits no
    object below it."""
    kind, inner = get_origin(hint) or hint, get_args(hint)
    if hint is Any:
        return Any
    if kind is Annotated:
        return part_of(inner[0])
    if kind in (Union, UnionType):
        parts = [part_of(one) for one in inner if one is not NoneType]
        return next((part for part in parts if part is not NoneType), NoneType)
    if inspect.isclass(kind) and issubclass(kind, Mapping | Sequence) and kind is not str:
        return inner[issubclass(kind, Mapping)] if inner else Any
    return NoneType
