"""Attack and probe inside Lightning's `Trainer.predict`, so that devices and processes share the images."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, fields
from functools import partial
from pathlib import Path
from typing import Any

import pytorch_lightning as pl
import torch
from torch import nn
from torch.utils.data import DataLoader

from advspace.attack.cache import Shared
from advspace.attack.contract import UNTARGETED, Adversarial, Attack, joined
from advspace.attack.verify import Verified
from advspace.box import share_on_box
from advspace.dataset.contract import as_it_is
from advspace.distortion import Moments, moments
from advspace.forward.allocator import keep_freed_memory
from advspace.forward.batch_size import probes_at_once
from advspace.forward.folding import folded
from advspace.forward.memory_format import lay_out
from advspace.forward.out_of_memory import Fit
from advspace.forward.precision import computing_in
from advspace.lightning import first_process, patient, quiet_lightning, refuse_sweeps, together
from advspace.noise.blocks import Stream
from advspace.probe.contract import Case, ProbeRecord
from advspace.progress.bars import progress_bars
from advspace.progress.ticks import tick
from advspace.records.rows import ImageRecord, image_row, probe_row
from advspace.records.tables import Part, write_part
from advspace.registry.components import Parts
from advspace.run.batches import Batches, Chosen, Work
from advspace.settings import Settings
from advspace.shapes import Images, Labels

NAN_MOMENTS = Moments(**{field.name: float("nan") for field in fields(Moments)})


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
        self.network = folded(network, parts.dataset.shape)
        self.parts = parts
        self.settings = settings
        self.directory = directory
        self.images_by = parts.image_columns
        self.probes_by = parts.probe_columns | {"precision": settings.precision}
        self.shared = _shared(network, parts, settings)
        self.attacked_at_once = Fit("batch_size", settings.batch_size)
        self.probed_at_once = Fit("draws_per_forward", 1)

    def on_predict_start(self) -> None:
        """Fit network and probes to the device, which is known only now."""
        if self.device.type == "cpu":
            keep_freed_memory()
        precision, shape = self.settings.precision, self.parts.dataset.shape
        lay_out(self.network, self.device, precision)
        rows = probes_at_once(self.settings.draws_per_forward, self.network, shape, self.device, precision)
        self.probed_at_once = Fit("draws_per_forward", rows)

    def predict_step(self, work: Work, index: int) -> int:
        """Attack, probe and write one batch; returns how many images it had."""
        del index
        batch = work.batch
        if not batch.ids:
            return 0
        made = self.attacked_at_once.run(lambda most: self._attacked(work, most), len(batch.ids))
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

    def _attacked(self, work: Work, most: int) -> Verified:
        """Attack at most so many images at once."""
        image, label, target = work.batch.image, work.batch.label, work.target
        found: list[Verified] = []
        for part in (slice(first, first + most) for first in range(0, len(image), most)):
            make = partial(self._attack, self.parts.attack.about(work.batch.ids[part]))
            found.append(self.shared.adversarials(make, self.network, image[part], label[part], target[part]))
        return joined(found)

    def _attack(self, attack: Attack, image: Images, label: Labels, target: Labels) -> Adversarial:
        with torch.enable_grad():  # predicting switches gradients off, attacks need them
            return attack(self.network, image, label, target)

    def _probed(self, work: Work, made: Verified, place: int) -> list[ProbeRecord]:
        found: list[ProbeRecord] = []
        if bool(made.success[place]):
            batch, id_ = work.batch, work.batch.ids[place]
            case = Case(id_, batch.image[place], made.image[place], int(batch.label[place]), int(made.reached[place]))
            found = self.probed_at_once.run(lambda most: self._probe(case, work.turns[place], most))
        tick("probe")
        return found

    def _probe(self, case: Case, turn: int, most: int) -> list[ProbeRecord]:
        """Probe around one adversarial, at most so many draws at once; `turn` tells attacks on one image apart."""
        again = (turn,) if turn else ()  # the first attack is that of one target alone
        stream = Stream((self.settings.seed, case.image_id, self.parts.names["noise"], *again), most)
        with computing_in(self.network, self.device, self.settings.precision):
            return self.parts.probe(self.network, case, self.parts.noise, stream)


def _shared(network: nn.Module, parts: Parts, settings: Settings) -> Shared:
    folder = None if settings.cache == "off" else Path(settings.cache).expanduser()
    kinds = ("model", "attack")
    versions = [parts.names[kind] for kind in kinds] + [parts.image_columns[f"{kind}_version"] for kind in kinds]
    return Shared.of(folder, network, (parts.model, parts.attack), versions)


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

    With several devices the further processes begin here, run the whole program, and come here too.  All leave
    together, when the last has done its share.

    Args:
        task: What to do with each batch.
        chosen: The images still to do.
        trainer: Arguments of Lightning's Trainer; its precision is for training alone.

    Raises:
        AdvspaceError: a chosen image is gone, the model's logits are not finite, memory is too small, the run
            directory cannot be written, or another process has failed.
        KeyboardInterrupt: the user stopped the run; finished batches are in the run directory.
    """
    with quiet_lightning():
        engine = pl.Trainer(
            **trainer | {"precision": "32-true", "strategy": patient(trainer.get("strategy", "auto"))},
            logger=False,
            enable_progress_bar=False,
            enable_model_summary=False,
            enable_checkpointing=False,
            inference_mode=False,
        )
        refuse_sweeps(engine)
        batches = Batches.of(chosen, task.settings.batch_size, engine.world_size)
        loader = DataLoader(batches, batch_size=None, collate_fn=as_it_is)
        with _bars(batches, engine.world_size), together(engine):
            engine.predict(task, loader, return_predictions=False)


def _bars(batches: Batches, processes: int) -> AbstractContextManager[None]:
    """Bars of the first process, for its own share."""
    note = f"(first of {processes} processes)" if processes > 1 else ""
    return progress_bars(batches.of_first(processes), note) if first_process() else nullcontext()
