"""Calls into plugins: an error in one, or a wrong result, names the plugin and its package.

A guarded object is a copy whose class is a subclass of its own, of the same name.  An error keeps its type on its way,
because callers may expect it; it only notes its owner.  `plugin_faults` turns it into a sentence at the end.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from inspect import getattr_static
from types import FunctionType
from typing import Any, TypeVar

from torch import nn

from advspace.clauses import OWNER, Owner, short
from advspace.errors import AdvspaceError, PluginError
from advspace.files.os_errors import os_sentence
from advspace.memory import is_out_of_memory

T = TypeVar("T")
Result = Callable[..., Any]
"""Takes the owner, the object, what its method returned, and the arguments; checks the result and returns it."""


def guarded(thing: T, owner: Owner, methods: Mapping[str, Result], values: Mapping[str, Result]) -> T:
    """A copy of an object that notes the owner of its errors, and checks what it returns.

    An object that is guarded already is returned as it is.  So is one whose class cannot have subclasses.

    Args:
        thing: The object; it is not changed.
        owner: The plugin that it belongs to.
        methods: The check of what each method returns.
        values: The check of each attribute or property.
    """
    guard = _subclass(thing, owner, methods, values)
    return thing if guard is None else _as(copy(thing), guard)


def guarded_network(network: nn.Module, owner: Owner, logits: Result) -> nn.Module:
    """The network itself, guarded; copies of it are guarded too, and nothing else about it changes.

    Args:
        network: Fresh from its model, with no other user.
        owner: The model.
        logits: The check of what the network returns.
    """
    if type(network).__module__.startswith("torch.jit"):  # compiled by torch; its class cannot be changed
        return network
    guard = _subclass(network, owner, {"__call__": logits}, {})
    return network if guard is None else _as(network, guard)


@contextmanager
def plugin_faults() -> Iterator[None]:
    """Turn errors of plugins into one sentence that names the plugin; our own errors stay as they are.

    Raises:
        PluginError: a plugin raised an error, which is the cause.
    """
    try:
        yield
    except PluginError:
        raise
    except AdvspaceError as error:
        owner = _owner(error.__cause__)
        if owner is None or owner.kind != "model":
            raise
        raise PluginError(f"{error} ({owner}; advspace.testing.check_model tests it)") from error
    except Exception as error:
        owner = _owner(error)
        if owner is None or is_out_of_memory(error):
            raise
        raise owner.fault(f"failed ({_reason(error)}; HYDRA_FULL_ERROR=1 shows where)") from error


def note(error: Exception, owner: Owner) -> None:
    """Let an error know the plugin in which it arose; the innermost plugin counts."""
    vars(error).setdefault(OWNER, owner)


def _owner(error: BaseException | None) -> Owner | None:
    return None if error is None else vars(error).get(OWNER)


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return os_sentence(error)
    return f"{type(error).__name__}: {short(error)}" if str(error) else type(error).__name__


def _subclass(thing: Any, owner: Owner, methods: Mapping[str, Result], values: Mapping[str, Result]) -> type | None:
    """The subclass of a guarded object; None if it is guarded already, or its class allows no subclass."""
    cls: Any = type(thing)
    if hasattr(cls, OWNER):
        return None
    body = {"__module__": cls.__module__, "__qualname__": cls.__qualname__, "__doc__": cls.__doc__, "__slots__": ()}
    cells: list[Any] = []  # the subclass, once it is made
    calls = {name: _method(cls, name, owner, result, cells) for name, result in methods.items()}
    reads = {"__getattribute__": _attribute(owner, values, cells)} if values else {}
    try:
        cells.append(type(cls)(cls.__name__, (cls,), body | calls | reads | {OWNER: owner}))
    except TypeError:
        return None
    guard: type = cells[0]
    return guard


def _as(thing: T, guard: type) -> T:
    object.__setattr__(thing, "__class__", guard)
    return thing


def _method(cls: Any, name: str, owner: Owner, result: Result, cells: list[Any]) -> Callable[..., Any]:
    is_function, function = isinstance(getattr_static(cls, name), FunctionType), getattr(cls, name)

    def call(self: Any, *arguments: Any, **named: Any) -> Any:
        try:
            if is_function:  # looking it up in each call would take as long as the guard itself
                made = function(self, *arguments, **named)
            else:
                made = getattr(super(cells[0], self), name)(*arguments, **named)
        except Exception as error:
            note(error, owner)
            raise
        return result(owner, self, made, *arguments, **named)

    call.__name__ = name
    return call


def _attribute(owner: Owner, values: Mapping[str, Result], cells: list[Any]) -> Callable[[Any, str], Any]:
    def read(self: Any, name: str) -> Any:
        if name not in values:
            return super(cells[0], self).__getattribute__(name)
        try:
            value = super(cells[0], self).__getattribute__(name)
        except Exception as error:
            note(error, owner)
            raise
        return values[name](owner, self, value)

    return read
