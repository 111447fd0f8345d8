"""The probe contract: what one image's surroundings look like."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from torch import nn

from advspace.noise.blocks import NoiseBlocks
from advspace.noise.contract import Noise
from advspace.shapes import Image

CENTERS = ("adversarial", "original")


@dataclass(frozen=True)
class Case:
    """One image and its adversarial.

    Args:
        image_id: Stable id of the image.
        image: The clean image.
        adversarial: The adversarial image.
        label: True class, which the model gives on the clean image.
        target: Class that the model gives on the adversarial.
    """

    image_id: str
    image: Image
    adversarial: Image
    label: int
    target: int

    @property
    def distortion(self) -> Image:
        """Adversarial minus image."""
        return self.adversarial - self.image

    def center(self, name: str) -> Image:
        """The image that `name` (one of `CENTERS`) calls for."""
        return {"adversarial": self.adversarial, "original": self.image}[name]


@dataclass(frozen=True)
class ProbeRecord:
    """What the probes of one image, center, box policy and scale found.

    Args:
        image_id: Stable id of the image.
        target: Class that the model gives on the adversarial; with `image_id` it says which attack's these probes are.
        center: `adversarial`, `original`, or a name of the probe's own for what else it looks around; there it is the
            target class that counts as kept.
        box: Box policy: `clip`, `none`, or one of the probe's own.
        scale: Standard deviation asked for, in units of the distortion's; or how far away otherwise, >= 0.
        draws: Number of probes.
        n_target: Probes with the target class.
        n_original: Probes with the true class.
        n_other: Probes with any other class.
        class_counts: Probes per class.
        noise_mean: Mean of what was really added, over probes and pixels; pixels in [0, 1].
        noise_sd: Standard deviation of the same.
        noise_l2: Mean Euclidean norm of what was really added.
        clipped: Share of the pixels that the box moved.
        extra: More columns of a probe's own, the same in all its records; records that differ in nothing else are
            averaged in curves.
    """

    image_id: str
    target: int
    center: str
    box: str
    scale: float
    draws: int
    n_target: int
    n_original: int
    n_other: int
    class_counts: list[int]
    noise_mean: float
    noise_sd: float
    noise_l2: float
    clipped: float
    extra: Mapping[str, str | int | float] = field(default_factory=dict)


@dataclass(frozen=True)
class Measure:
    """What a probe measures, as figures, reports and the terminal say it.

    Args:
        axis: What `scale` is, as the label of an axis: `noise sd / distortion sd`, `distance along the ray, L2`.
        unit: What a number of it is followed by: `x the distortion's sd`, `L2`.
        noise: Whether probes are drawn from the run's noise; else the noise is not named.
        centers: What is probed, in the order in which it is shown.
    """

    axis: str = "noise sd / distortion sd"
    unit: str = "x the distortion's sd"
    noise: bool = True
    centers: tuple[str, ...] = CENTERS


Row = Mapping[str, Any]


@dataclass(frozen=True)
class ProbeResult:
    """What a probe with tables of its own found around one image.

    Args:
        records: Records for the common table of probes; there may be none.
        tables: Rows of the probe's own tables, by name: texts and plain numbers, the same columns in every row.  The
            columns `image_id` and `target`, and those that name the plugins, are put in front of them.
    """

    records: Sequence[ProbeRecord] = ()
    tables: Mapping[str, Sequence[Row]] = field(default_factory=dict)


class Probe(ABC):
    """A way to look around an image; `measure` says what it measures."""

    measure: ClassVar[Measure] = Measure()

    @abstractmethod
    def __call__(
        self, model: nn.Module, case: Case, noise: Noise, blocks: NoiseBlocks
    ) -> list[ProbeRecord] | ProbeResult:
        """Probe around one case.

        Args:
            model: Frozen network, pixels to logits.
            case: The image and its adversarial, on the model's device.
            noise: The distribution to probe with.
            blocks: Where its random numbers come from, and how many points fit in a forward pass.
        """
