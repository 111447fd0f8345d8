"""Seven colour photographs that scikit-learn and scikit-image ship in their packages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from advspace import AdvspaceError
from advspace.dataset.contract import UNLABELLED, SplitName
from advspace_plugins.dataset.pictures.pictures import PictureFile, Pictures, PictureSplit
from advspace_plugins.dataset.pictures.wordnet import class_names

SCIKIT_IMAGE, SCIKIT_LEARN = ("skimage", "data"), ("sklearn", "datasets/images")
PLACES: Mapping[str, tuple[tuple[str, str], str]] = {
    "astronaut": (SCIKIT_IMAGE, "astronaut.png"),
    "chelsea": (SCIKIT_IMAGE, "chelsea.png"),
    "china": (SCIKIT_LEARN, "china.jpg"),
    "coffee": (SCIKIT_IMAGE, "coffee.png"),
    "flower": (SCIKIT_LEARN, "flower.jpg"),
    "motorcycle": (SCIKIT_IMAGE, "motorcycle_left.png"),
    "rocket": (SCIKIT_IMAGE, "rocket.jpg"),
}
"""Module, folder in it and file of each photograph, by id.  Others of scikit-image are downloaded, grey or drawings."""


@dataclass(frozen=True, kw_only=True)
class Photographs(Pictures):
    """A pagoda, a dahlia, an astronaut, a cat, a cup of coffee, a motorcycle and a rocket, without labels.

    The classes are ImageNet's 1,000.  The label of a photograph is the model's own prediction, and the records say so:
    not each of them shows one of the classes.

    Source: the data of scikit-learn (`china`, `flower`: Creative Commons, with attribution) and of scikit-image.
    """

    @property
    def classes(self) -> Sequence[str]:
        """ImageNet's thousand names."""
        return class_names()

    def split(self, name: SplitName) -> PictureSplit:
        """List the photographs; each is read when it is needed.

        Raises:
            AdvspaceError: they are to be trained on, or a package or one of its files is not there.
        """
        if name == "train":
            raise AdvspaceError(
                "dataset=photographs has no labels to train on; take a model that has weights, such as "
                "model=efficientnet_lite0 (or model.weights=FILE)"
            )
        files = [PictureFile(id_, _path(*place), UNLABELLED) for id_, place in PLACES.items()]
        return PictureSplit(files, self.preparation, self.broken)


def _path(source: tuple[str, str], file: str) -> Path:
    """Where an installed package has a file; the package is not imported."""
    module, folder = source
    package = find_spec(module)
    if package is None or package.origin is None:
        raise AdvspaceError(
            f"dataset=photographs needs the package {_distribution(module)}, which is not installed; "
            "install it (pip install 'advspace[photographs]')"
        )
    path = Path(package.origin).parent / folder / file
    if not path.is_file():
        raise AdvspaceError(
            f"dataset=photographs: there is no file {path}; install {_distribution(module)} again, or another version"
        )
    return path


def _distribution(module: str) -> str:
    return {"skimage": "scikit-image", "sklearn": "scikit-learn"}[module]
