"""A function of the user's that builds a network: found by its path, and called with keywords."""

import os
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from inspect import signature
from typing import Any

from torch import nn

from advspace import AdvspaceError
from advspace.checks import offer
from advspace.errors import one_line
from advspace.memory import is_out_of_memory

Builder = Callable[..., Any]


def find(path: str) -> Builder:
    """The function at `path`.

    Args:
        path: `package.module:function`; modules are found as Python finds them, in the current directory first.

    Raises:
        AdvspaceError: the path has another form, the module cannot be imported, or it has no such function.
    """
    module_name, _, name = path.partition(":")
    if not module_name or not name.isidentifier():
        raise AdvspaceError(f"model.path must be package.module:function, got '{path}'")
    if os.getcwd() not in sys.path and "" not in sys.path:  # a program's own path begins with the program's folder
        sys.path.insert(0, os.getcwd())
    try:
        module = import_module(module_name)
    except Exception as error:
        raise AdvspaceError(
            f"model.path: the module {module_name} cannot be imported ({_shown(error)}); modules are looked for in "
            f"{os.getcwd()} and among the installed packages"
        ) from error
    builder = getattr(module, name, None)
    if builder is None:
        names = [each for each, value in vars(module).items() if callable(value) and not each.startswith("_")]
        raise AdvspaceError(f"model.path: the module {module_name} has no '{name}'; {offer(name, names, 'it has')}")
    if not callable(builder) or isinstance(builder, nn.Module):
        raise AdvspaceError(
            f"model.path must name a function that returns a network, got {path}, which is of type "
            f"{type(builder).__name__}; write a function that returns it"
        )
    return builder  # type: ignore[no-any-return]


def call(path: str, builder: Builder, kwargs: Mapping[str, Any]) -> nn.Module:
    """The network that the function returns.

    Args:
        path: How the function is called in messages.
        builder: The function.
        kwargs: Its keyword arguments.

    Raises:
        AdvspaceError: the function does not take these keywords, fails, or returns no `torch.nn.Module`.
    """
    _check_keywords(path, builder, kwargs)
    try:
        made = builder(**kwargs)
    except Exception as error:
        if is_out_of_memory(error):
            raise
        raise AdvspaceError(f"model.path: {path} failed ({_shown(error)}); mend it or change model.kwargs") from error
    if not isinstance(made, nn.Module):
        raise AdvspaceError(f"model.path: {path} must return a torch.nn.Module, got {type(made).__name__}")
    return made


def _check_keywords(path: str, builder: Builder, kwargs: Mapping[str, Any]) -> None:
    try:
        form = signature(builder)
    except ValueError:  # of a function in C
        return
    try:
        form.bind(**kwargs)
    except TypeError as error:
        raise AdvspaceError(
            f"model.kwargs: {path} does not take {dict(kwargs)} ({error}); it takes {str(form).partition(' ->')[0]}"
        ) from error


def _shown(error: Exception) -> str:
    """An error in one line, with its type, which the message alone often needs."""
    text = one_line(error)
    return text if text == type(error).__name__ else f"{type(error).__name__}: {text}"
