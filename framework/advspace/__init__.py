"""What a plugin author imports, and `probe_images`, the door for one's own network and images."""

from typing import TYPE_CHECKING, Any

from advspace import after_import
from advspace.attack import UNTARGETED as UNTARGETED
from advspace.attack import Adversarial as Adversarial
from advspace.attack import Attack as Attack
from advspace.attack import aims as aims
from advspace.attack import answer as answer
from advspace.attack import margin as margin
from advspace.dataset import Dataset as Dataset
from advspace.dataset import LabelledImage as LabelledImage
from advspace.dataset import Split as Split
from advspace.dataset import TensorSplit as TensorSplit
from advspace.errors import AdvspaceError as AdvspaceError
from advspace.model import Model as Model
from advspace.model import Standardise as Standardise
from advspace.noise import Noise as Noise
from advspace.preparation import Preparation as Preparation
from advspace.probe import Case as Case
from advspace.probe import Probe as Probe
from advspace.probe import ProbeRecord as ProbeRecord
from advspace.stream import Stream as Stream

if TYPE_CHECKING:
    from advspace.notebook import Probed as Probed
    from advspace.notebook import probe_images as probe_images


def __getattr__(name: str) -> Any:
    """Load the door when it is asked for: it needs pandas and Lightning, plugins do not."""
    if name not in ("Probed", "probe_images"):
        raise AttributeError(f"module 'advspace' has no attribute '{name}'")
    from advspace import notebook

    return getattr(notebook, name)


after_import.watch()
