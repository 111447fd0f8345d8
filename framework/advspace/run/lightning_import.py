"""The programs import PyTorch Lightning without two packages of which it needs little.

Plain ``import pytorch_lightning`` takes twice as long as ``import torch``, nearly all of it for two packages: Lightning
asks torch._dynamo whether a network is compiled, and torchmetrics whether a logged value is a metric; with the second
come SciPy, torchvision and a hundred metrics.  Here torchmetrics runs its own code when anything else of it is used,
and torch._dynamo is not imported before something trains or compiles.  Both are then what they always are.

Only the programs `probe` and `train` do this, in processes of their own, before anything else imports Lightning.  A
notebook and every other program have the plain import.
"""

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import Any

LIGHTNING = ("pytorch_lightning", "lightning_fabric", "torchmetrics")
METRICS = {"Metric": "torchmetrics.metric", "MetricCollection": "torchmetrics.collections"}
"""What Lightning takes from torchmetrics, and the modules that define it."""
DYNAMO = "torch._dynamo"


class Unopened(ModuleType):
    """A package whose own code runs when something is asked of it that it does not have yet."""

    def __getattr__(self, name: str) -> Any:
        """Run the package's code, and answer."""
        self.open()
        return getattr(self, name)

    def open(self) -> None:
        """Become the package."""
        self.__class__ = ModuleType  # type: ignore[assignment]
        loader: Any = self.__loader__
        loader.exec_module(self)


class OpeningPath(list[str]):
    """Where the modules of an unopened package are: whoever looks for one opens the package first, as Python does."""

    def __init__(self, package: Unopened) -> None:
        super().__init__(package.__path__)
        self.package = package

    def __iter__(self) -> Iterator[str]:
        """The folders."""
        if isinstance(self.package, Unopened):
            self.package.open()
        return super().__iter__()


class _AsksDynamo(type):
    def __instancecheck__(cls, instance: object) -> bool:
        dynamo = sys.modules.get("torch._dynamo.eval_frame")
        return dynamo is not None and isinstance(instance, dynamo.OptimizedModule)


class OptimizedModule(metaclass=_AsksDynamo):
    """Stands for torch._dynamo's class of compiled networks: there is none before torch._dynamo is imported."""


def _disable(function: Callable[..., Any], recursive: bool = True, *, reason: str | None = None) -> Callable[..., Any]:
    """torch._dynamo's decorator, in torch's own form that imports torch._dynamo when the function is called."""
    from torch._compile import _disable_dynamo

    del reason
    return _disable_dynamo(function, recursive)


def _unopened(name: str) -> Unopened:
    """Put a package into `sys.modules` without running its code."""
    spec = find_spec(name)
    if spec is None:
        raise ModuleNotFoundError(name)
    package = module_from_spec(spec)
    package.__class__ = Unopened
    sys.modules[name] = package
    return package  # type: ignore[return-value]


def _metrics() -> None:
    """Import of torchmetrics what Lightning takes, and leave the rest unopened."""
    package: Any = _unopened("torchmetrics")
    package._logger = logging.getLogger("torchmetrics")  # which its modules take from it
    import_module("torchmetrics.utilities")  # metric and utilities import each other; this order works
    for name, module in METRICS.items():
        setattr(package, name, getattr(import_module(module), name))
    package.__version__ = import_module("torchmetrics.__about__").__version__
    package.__path__ = OpeningPath(package)


@contextmanager
def _dynamo() -> Iterator[None]:
    """Let the two names that Lightning takes from torch._dynamo stand for it within the block."""
    package: Any = _unopened(DYNAMO)
    package.OptimizedModule, package.disable = OptimizedModule, _disable
    package.__path__ = OpeningPath(package)
    try:
        yield
    finally:
        if isinstance(package, Unopened):
            del sys.modules[DYNAMO]


def import_lightning() -> None:
    """Import Lightning as said above; nothing happens where it is imported already, or where its packages changed."""
    if any(name in sys.modules for name in (*LIGHTNING, DYNAMO)):
        return
    try:
        _metrics()
        with _dynamo():
            import_module("pytorch_lightning")
    except Exception:
        for name in [name for name in sys.modules if name.partition(".")[0] in LIGHTNING]:
            del sys.modules[name]
