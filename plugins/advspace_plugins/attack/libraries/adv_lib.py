"""adv_lib's attacks."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from torch import Tensor, nn

from advspace import AdvspaceError
from advspace.checks import known
from advspace.shapes import Images, Labels
from advspace_plugins.attack.libraries.adapter import Call, LibraryAttack, fitting, imported

TAKEN = ("model", "inputs", "images", "labels", "targeted")
INSTALL = (
    "pip install --build-constraint <(echo 'setuptools<81') 'advspace[adv_lib]' "
    "(in bash; adv_lib imports visdom, which does not build with a newer setuptools)"
)


@dataclass(frozen=True, kw_only=True)
class AdvLib(LibraryAttack):
    """Any attack of adv_lib (adversarial-library), by the name of its function.

    Two defaults are ours: `levels` is None (DDN would round to 256 grey levels), and `norm` is 2 if it has no default.

    Source: J. Rony & I. Ben Ayed, Adversarial Library, doi:10.5281/zenodo.5815063.
    """

    distribution: ClassVar[str] = "adv-lib"

    name: str = "ddn"

    @property
    def title(self) -> str:
        """The attack's name in messages."""
        return f"adv_lib's {self.name}"

    def _call(self) -> Call:
        attacks = _functions(imported("adv_lib.attacks", "adv_lib", INSTALL))
        known("attack.name", "adv_lib", self.name, attacks)
        attack = attacks[self.name]
        settings = fitting(self.title, _ours(attack) | self.options, attack, TAKEN)

        def call(model: nn.Module, image: Images, classes: Labels, targeted: bool) -> Tensor:
            try:
                result: Tensor = attack(model, image, classes, targeted=targeted, **settings)
            except TypeError as error:
                raise AdvspaceError(
                    f"{self.title} refuses attack.options={self.options} ({error}); change them"
                ) from error
            return result

        return call


def _functions(attacks: Any) -> dict[str, Callable[..., Any]]:
    """adv_lib's attacks by name."""
    return {name: call for name, call in vars(attacks).items() if inspect.isfunction(call) and not name.startswith("_")}


def _ours(attack: Callable[..., Any]) -> dict[str, Any]:
    """Our defaults, if the attack has such parameters."""
    parameters = inspect.signature(attack).parameters
    ours: dict[str, Any] = {"levels": None} if "levels" in parameters else {}
    return ours | (
        {"norm": 2} if "norm" in parameters and parameters["norm"].default is inspect.Parameter.empty else {}
    )
