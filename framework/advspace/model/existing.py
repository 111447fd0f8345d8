"""A network of the user's, as a model without a plugin."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.nn.parallel import DataParallel, DistributedDataParallel
from torch.nn.parameter import is_lazy

from advspace.errors import AdvspaceError
from advspace.memory import is_out_of_memory
from advspace.model.as_is import AsIs
from advspace.model.contract import Model, freeze, logits_of
from advspace.model.copying import copied
from advspace.shapes import Shape


@dataclass(frozen=True, kw_only=True)
class GivenNetwork(Model):
    """A network of the user's.

    Args:
        given: A module or a function, pixels in [0, 1] to logits; a module is copied and never changed.
    """

    given: Any

    @property
    def trained(self) -> bool:
        """True: it has its weights."""
        return True

    def network(self, shape: Shape, classes: int) -> nn.Module:
        """A network for images in single precision: a frozen copy if possible, else the given one as it is.

        Raises:
            AdvspaceError: it cannot take images of that shape, gives no logits, or has no weights.
        """
        del classes
        first: AdvspaceError | None = None
        image = torch.zeros(1, *shape)
        for candidate in _candidates(self.given):
            try:
                logits_of(candidate, image, "the network", "give it images of the shape that it was made for")
            except AdvspaceError as error:
                first = first or error
            else:
                return candidate
        raise first or AdvspaceError(
            f"network must be a torch.nn.Module or a function, got {type(self.given).__name__}"
        )


def _candidates(given: Any) -> Iterator[nn.Module]:
    """Forms of the network that may take images in single precision, the plainest first."""
    if not isinstance(given, nn.Module):
        if callable(given):
            yield from (AsIs(given, device, torch.float32) for device in _devices())
        return
    module = _unwrapped(given)
    weights = [*module.parameters(), *module.buffers()]
    if any(is_lazy(weight) or weight.is_meta for weight in weights):
        raise AdvspaceError(
            "the network has weights without values (lazy, or on the meta device); load its weights first"
        )
    types = {weight.dtype for weight in weights if weight.is_floating_point()} - {torch.float32}
    copy = _frozen_copy(module)
    if copy is None:
        device = next((weight.device for weight in weights), torch.device("cpu"))
        yield from (AsIs(module, device, dtype) for dtype in (torch.float32, *types))
        return
    yield copy
    if types:
        single = _frozen_copy(module)
        yield from [] if single is None else [single.float()]
        yield from (AsIs(copy, torch.device("cpu"), dtype) for dtype in types)


def _unwrapped(module: nn.Module) -> nn.Module:
    """The network inside of wrappers that spread it over devices or compile it."""
    while True:
        if isinstance(module, DataParallel | DistributedDataParallel):
            module = module.module
        elif isinstance(original := getattr(module, "_orig_mod", None), nn.Module):  # of torch.compile
            module = original
        else:
            return module


def _frozen_copy(module: nn.Module) -> nn.Module | None:
    """A frozen copy on the CPU; None if the module cannot be copied, moved or frozen."""
    try:
        return freeze(copied(module).cpu())
    except Exception as error:
        if is_out_of_memory(error):
            raise
        return None


def _devices() -> list[torch.device]:
    """Where a function may want its images."""
    return [torch.device("cpu"), *([torch.device("cuda")] if torch.cuda.is_available() else [])]
