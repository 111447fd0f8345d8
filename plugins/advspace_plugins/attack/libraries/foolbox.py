"""Foolbox's attacks."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from torch import Tensor, nn

from advspace import AdvspaceError
from advspace.box import HIGH, LOW
from advspace.checks import above, known
from advspace.shapes import Images, Labels
from advspace_plugins.attack.libraries.adapter import Call, LibraryAttack, fitting, imported

INIT = "init_attack"


@dataclass(frozen=True, kw_only=True)
class Foolbox(LibraryAttack):
    """Any attack of Foolbox that takes a criterion, by the name of its class.

    Some attacks start from the adversarial image of another attack: `+attack.options.init_attack=DDNAttack`.

    Args:
        epsilon: Size of the distortion in the attack's own norm, for attacks of fixed size; the other attacks
            minimise it.

    Source: Rauber, Zimmermann, Bethge & Brendel 2020, Foolbox Native, doi:10.21105/joss.02607.
    """

    distribution: ClassVar[str] = "foolbox"

    name: str = "DDNAttack"
    epsilon: float | None = None

    def __post_init__(self) -> None:
        if self.epsilon is not None:
            above("epsilon", self.epsilon, 0)
        super().__post_init__()

    @property
    def title(self) -> str:
        """The attack's name in messages."""
        return f"Foolbox's {self.name}"

    def _call(self) -> Call:
        foolbox = imported("foolbox", "Foolbox", "pip install 'advspace[foolbox]'")
        attack = self._built(foolbox.attacks, self.name, dict(self.options))
        self._check_epsilon(isinstance(attack, foolbox.attacks.base.FixedEpsilonAttack))

        def call(model: nn.Module, image: Images, classes: Labels, targeted: bool) -> Tensor:
            criterion = foolbox.TargetedMisclassification if targeted else foolbox.Misclassification
            wrapped = foolbox.PyTorchModel(model, bounds=(LOW, HIGH), device=image.device)
            _, clipped, _ = attack(wrapped, image, criterion(classes), epsilons=self.epsilon)
            result: Tensor = clipped
            return result

        return call

    def _built(self, attacks: Any, name: str, options: dict[str, Any]) -> Any:
        kinds = _kinds(attacks)
        known("attack.name", "Foolbox", name, kinds)
        title = f"Foolbox's {name}"
        settings = fitting(title, options, kinds[name], ())
        if isinstance(settings.get(INIT), str):
            settings[INIT] = self._built(attacks, settings[INIT], {})
        try:
            return kinds[name](**settings)
        except ImportError as error:
            raise AdvspaceError(f"{title} needs {error.name}; pip install {error.name}") from error
        except (AssertionError, NotImplementedError, TypeError, ValueError) as error:
            raise AdvspaceError(f"{title} refuses attack.options={options} ({error!r}); change them") from error

    def _check_epsilon(self, fixed: bool) -> None:
        if fixed and self.epsilon is None:
            raise AdvspaceError(f"{self.title} makes distortions of a fixed size; give it (attack.epsilon=...)")
        if not fixed and self.epsilon is not None:
            raise AdvspaceError(
                f"{self.title} looks for the smallest distortion; leave attack.epsilon={self.epsilon} out"
            )


def _kinds(attacks: Any) -> dict[str, Callable[..., Any]]:
    """Foolbox's attacks by the name of their classes."""
    wanted = (attacks.base.FixedEpsilonAttack, attacks.base.MinimizationAttack)
    classes = {name: kind for name, kind in vars(attacks).items() if isinstance(kind, type)}
    return {name: kind for name, kind in classes.items() if issubclass(kind, wanted) and not inspect.isabstract(kind)}
