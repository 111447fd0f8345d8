"""Attack and probe inside Lightning's `Trainer.predict`, so that devices and processes share the images."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, NamedTuple

import pytorch_lightning as pl
import torch
from torch import nn
from torch.utils.data import DataLoader
from torch.utils.data import Dataset as TorchDataset

from advspace.attack import UNTARGETED, Verified, verified
from advspace.bars import progress_bars
from advspace.box import share_on_box
from advspace.dataset import UNLABELLED, Batch, Split, as_it_is
from advspace.distortion import Moments, moments
from advspace.errors import AdvspaceError
from advspace.lightning import quiet_lightning
from advspace.parts import Parts
from advspace.probe import Case, ProbeRecord
from advspace.progress import tick
from advspace.records import Part, write_part
from advspace.rows import ImageRecord, image_row, probe_row
from advspace.selection import Selection
from advspace.settings import Settings
from advspace.stream import Stream

NAN_MOMENTS = Moments(**{field.name: float("nan") for field in fields(Moments)})


class Work(NamedTuple):
    """One batch to attack and probe."""

    position: int
    batch: Batch
    target: torch.Tensor
    labelled: torch.Tensor
    turns: list[int]


@dataclass(frozen=True)
class Chosen(TorchDataset[Any]):
    """The selected images that are still to do, with their targets."""

    split: Split
    selection: Selection
    todo: Sequence[int]

    def __len__(self) -> int:
        return len(self.todo)

    def __getitem__(self, index: int) -> Work:
        return self.__getitems__([index])

    def __getitems__(self, indices: list[int]) -> Work:
        """Several images as one piece of work."""
        places = [self.todo[index] for index in indices]
        batch = self._read(places)
        label, target = (
            torch.tensor([values[place] for place in places])
            for values in (self.selection.labels, self.selection.targets)
        )
        turns = [self.selection.turn(place) for place in places]
        return Work(places[0], batch._replace(label=label), target, batch.label != UNLABELLED, turns)

    def _read(self, places: list[int]) -> Batch:
        wanted = {self.selection.indices[place]: self.selection.ids[place] for place in places}
        there = [index for index in wanted if index < len(self.split)]
        batch = self.split.__getitems__(there)
        lost = next((id_ for id_ in wanted.values() if id_ not in batch.ids), None)
        if lost is not None:
            raise AdvspaceError(
                f"image {lost} was chosen when the run began and is not there now, or cannot be read; "
                "bring the images back to what they were, or start anew"
            )
        rows = [batch.ids.index(self.selection.ids[place]) for place in places]
        return Batch([batch.ids[row] for row in rows], batch.image[rows], batch.label[rows])


class AttackAndProbe(pl.LightningModule):
    """One predict step: attack a batch, probe around each image, write a part of the tables.

    Args:
        network: Frozen network.
        parts: The run's plugins.
        settings: The run's settings.
        directory: The run directory.
    """

    def __init__(self, network: nn.Module, parts: Parts, settings: Settings, directory: Path) -> None:
        super().__init__()
        self.network = network
        self.parts = parts
        self.settings = settings
        self.directory = directory
        self.images_by, self.probes_by = parts.image_columns, parts.probe_columns

    def predict_step(self, work: Work, index: int) -> int:
        """Attack, probe and write one batch; returns how many images it had."""
        del index
        batch = work.batch
        with torch.enable_grad():  # predicting switches gradients off, attacks need them
            made = self.parts.attack(self.network, batch.image, batch.label, work.target)
        made = verified(made, self.network, batch.label, work.target)
        probes = [row for place in range(len(batch.ids)) for row in self._probed(work, made, place)]
        good = made.success
        write_part(
            self.directory,
            work.position,
            Part(
                images=[image_row(image_record(work, made, place), self.images_by) for place in range(len(batch.ids))],
                probes=[probe_row(record, self.probes_by) for record in probes],
                tensors={"image": batch.image[good].cpu(), "adversarial": made.image[good].cpu()},
            ),
        )
        return len(batch.ids)

    def _probed(self, work: Work, made: Verified, place: int) -> list[ProbeRecord]:
        found: list[ProbeRecord] = []
        if bool(made.success[place]):
            batch, id_ = work.batch, work.batch.ids[place]
            case = Case(id_, batch.image[place], made.image[place], int(batch.label[place]), int(made.reached[place]))
            key = (self.settings.seed, id_, self.parts.names["noise"])
            again = (work.turns[place],) if work.turns[place] else ()  # the first attack is that of one target alone
            stream = Stream(key + again, self.settings.draws_per_forward)
            found = self.parts.probe(self.network, case, self.parts.noise, stream)
        tick("probe")
        return found


def image_record(work: Work, made: Verified, place: int) -> ImageRecord:
    """Row of one attacked image."""
    good, wanted = bool(made.success[place]), int(work.target[place])
    measured = moments(made.image[place] - work.batch.image[place]) if good else NAN_MOMENTS
    return ImageRecord(
        image_id=work.batch.ids[place],
        label=int(work.batch.label[place]),
        labelled=bool(work.labelled[place]),
        target=int(made.reached[place]) if good else wanted,
        targeted=wanted != UNTARGETED,
        success=good,
        reason=made.reason[place],
        c=float(made.c[place]),
        margin=float(made.margin[place]),
        evaluations=int(made.evaluations[place]),
        survives_8bit=bool(made.survives_8bit[place]),
        on_box=float(share_on_box(made.image[place : place + 1])) if good else float("nan"),
        **asdict(measured),
        extra={name: float(values[place]) for name, values in made.extra.items()},
    )


def predict(task: AttackAndProbe, chosen: Chosen, trainer: dict[str, Any]) -> None:
    """Attack and probe every chosen image; the tables are in the run directory afterwards.

    Args:
        task: What to do with each batch.
        chosen: The images still to do.
        trainer: Arguments of Lightning's Trainer.

    Raises:
        AdvspaceError: a chosen image is gone, the model's logits are not finite, or the run directory cannot be
            written.
        KeyboardInterrupt: the user stopped the run; finished batches are in the run directory.
    """
    loader = DataLoader(chosen, batch_size=task.settings.batch_size, collate_fn=as_it_is)
    with quiet_lightning():
        engine = pl.Trainer(
            **trainer,
            logger=False,
            enable_progress_bar=False,
            enable_model_summary=False,
            enable_checkpointing=False,
            inference_mode=False,
        )
        with progress_bars(len(chosen)):
            engine.predict(task, loader, return_predictions=False)
