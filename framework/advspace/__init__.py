"""What a plugin author imports, and `probe_images`, the door for one's own network and images."""

from typing import TYPE_CHECKING, Any

from advspace import after_import
from advspace.attack.contract import UNTARGETED as UNTARGETED
from advspace.attack.contract import Adversarial as Adversarial
from advspace.attack.contract import Attack as Attack
from advspace.attack.contract import aims as aims
from advspace.attack.contract import answer as answer
from advspace.attack.contract import margin as margin
from advspace.dataset.contract import Dataset as Dataset
from advspace.dataset.contract import LabelledImage as LabelledImage
from advspace.dataset.contract import Split as Split
from advspace.dataset.in_memory import TensorSplit as TensorSplit
from advspace.dataset.preparation import Preparation as Preparation
from advspace.errors import AdvspaceError as AdvspaceError
from advspace.model.contract import Model as Model
from advspace.model.standardise import Standardise as Standardise
from advspace.noise.blocks import NoiseBlocks as NoiseBlocks
from advspace.noise.blocks import NoiseBlocks as Stream  # noqa: F401 (the name that it had)
from advspace.noise.contract import Noise as Noise
from advspace.probe.cells import Cell as Cell
from advspace.probe.contract import Case as Case
from advspace.probe.contract import Probe as Probe
from advspace.probe.contract import ProbeRecord as ProbeRecord
from advspace.probe.count import ProbeCounter as ProbeCounter

if TYPE_CHECKING:
    from advspace.api import Probed as Probed
    from advspace.api import probe_images as probe_images


def __getattr__(name: str) -> Any:
    """Load the door when it is asked for: it needs pandas and Lightning, plugins do not."""
    if name not in ("Probed", "probe_images"):
        raise AttributeError(f"module 'advspace' has no attribute '{name}'")
    from advspace import api as notebook

    return getattr(notebook, name)


after_import.watch()
