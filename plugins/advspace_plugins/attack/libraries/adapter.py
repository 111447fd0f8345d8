"""The common part of the adapters to other libraries: names, settings, one image at a time, check of the results."""

import inspect
import unicodedata
import warnings
from abc import abstractmethod
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from hashlib import blake2b
from importlib import import_module
from importlib.metadata import version
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from advspace import UNTARGETED, Adversarial, AdvspaceError, Attack
from advspace.checks import offer
from advspace.progress.ticks import tick
from advspace.shapes import Images, Labels
from advspace_plugins.attack.external import ExternalImages
from advspace_plugins.attack.libraries.global_seed import global_seed
from advspace_plugins.attack.libraries.gradient_counter import GradientCounter
from advspace_plugins.attack.refusals import refused

Call = Callable[[nn.Module, Images, Labels, bool], Tensor]
"""Takes model, images, targets (labels if untargeted), and whether they are targets; returns images."""


@dataclass(frozen=True, kw_only=True)
class LibraryAttack(Attack):
    """An attack of another library.

    Args:
        name: The library's name of the attack.
        options: Further keyword arguments of the attack, such as `+attack.options.steps=500`; the others have the
            library's defaults.  Greek letters are written out, as in `gamma`.
        together: Attack the whole batch at once, as the library does.  This is many times faster, but the result of
            several attacks then depends on the other images of the batch, and gradients are counted as the batch's
            mean.
        seed: Seed of attacks that draw random numbers.
    """

    distribution: ClassVar[str]
    """Name of the package that has the attack."""

    name: str
    options: dict[str, Any] = field(default_factory=dict)
    together: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        self._call()

    def __call__(self, model: nn.Module, image: Images, label: Labels, target: Labels) -> Adversarial:
        """Attack one image after the other, or all together.

        Raises:
            AdvspaceError: the attack does not support targets, or needs them, or refuses its settings when it runs.
        """
        reasons, call = refused(image, label, target), self._call()
        made = ExternalImages(torch.full_like(image, torch.nan), reasons, torch.zeros_like(label))
        rows = [row for row, reason in enumerate(reasons) if not reason]
        tick("attack", len(image) - len(rows))
        for part in [rows] if self.together and rows else [[row] for row in rows]:
            result, reason, spent = self._attacked(call, model, image[part], label[part], target[part])
            made.image[part], made.evaluations[part] = result.to(image), spent
            for row in part:
                made.reason[row] = reason
            tick("attack", len(part))
        return made.checked(model, image, label, target)

    @property
    @abstractmethod
    def title(self) -> str:
        """The attack's name in messages."""

    @abstractmethod
    def _call(self) -> Call:
        """The library's attack with its settings.

        Raises:
            AdvspaceError: the library is not installed, or does not know the attack or its settings.
        """

    @property
    def depends_on(self) -> Mapping[str, Any] | None:
        """The settings and the library's version; None (nothing is kept) if images are attacked together."""
        return None if self.together else asdict(self) | {self.distribution: version(self.distribution)}

    def _attacked(
        self, call: Call, model: nn.Module, image: Images, label: Labels, target: Labels
    ) -> tuple[Tensor, str, int]:
        """The library's images, the reason if it failed, and the gradients per image."""
        counted, targeted = GradientCounter(model), not bool((target == UNTARGETED).any())
        content = blake2b(image.cpu().numpy().tobytes(), digest_size=8).hexdigest()
        result, reason = torch.full_like(image, torch.nan), ""
        with (
            global_seed(image.device, self.seed, content),
            warnings.catch_warnings(record=True) as caught,
            torch.enable_grad(),
        ):
            warnings.simplefilter("always")
            try:
                result = call(counted, image.clone(), target if targeted else label, targeted).detach()
            except (AdvspaceError, torch.OutOfMemoryError):
                raise
            except Exception as error:  # an error of the library is a failure of this image
                reason = f"{self.title} stopped ({error!r})"
        self._check_goal(targeted, [reason, *(str(warning.message) for warning in caught)])
        return result, reason, round(counted.meter.rows / len(image))

    def _check_goal(self, targeted: bool, texts: Iterable[str]) -> None:
        """Raise an error if the library says that it does not support targets, or that it needs them."""
        if any("untargeted only" in text or "unsupported criterion" in text for text in texts):
            does, instead = ("takes no targets", "untargeted") if targeted else ("needs a target", "random")
            raise AdvspaceError(f"{self.title} {does}; set target={instead}, or choose another attack.name")


def imported(module: str, package: str, command: str) -> Any:
    """Import a library, and hide the warnings of its import.

    Args:
        module: The module to import.
        package: The library's name.
        command: The command that installs it.

    Raises:
        AdvspaceError: the library or one of its requirements is not installed.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return import_module(module)
        except ImportError as error:
            raise AdvspaceError(f"{package} is not installed, or incomplete ({error}); {command}") from error


def fitting(title: str, options: Mapping[str, Any], call: Callable[..., Any], taken: Collection[str]) -> dict[str, Any]:
    """The options as the library spells them.

    Args:
        title: The attack's name in messages.
        options: The options as the user wrote them.
        call: The function that takes them.
        taken: Parameters that the user cannot set.

    Raises:
        AdvspaceError: `call` has no such parameter, or needs one that is not given.
    """
    free = {key: value for key, value in inspect.signature(call).parameters.items() if key not in taken}
    spelled = {_latin(key): key for key in free}
    for key in options:
        if key not in free and key not in spelled:
            raise AdvspaceError(f"attack.options: {title} has no setting '{key}'; {offer(key, spelled)}")
    result = {spelled.get(key, key): value for key, value in options.items()}
    open_ended = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
    for key, parameter in free.items():
        if parameter.default is parameter.empty and parameter.kind not in open_ended and key not in result:
            raise AdvspaceError(
                f"attack.options: {title} needs '{_latin(key)}'; give +attack.options.{_latin(key)}=..."
            )
    return result


def _latin(name: str) -> str:
    """The name of a parameter with its Greek letters written out."""
    return "".join(
        unicodedata.name(sign).rsplit(" ", 1)[1].lower() if "GREEK" in unicodedata.name(sign) else sign for sign in name
    )
