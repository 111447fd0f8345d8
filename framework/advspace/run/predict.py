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

from advspace.attack.cache import AdversarialCache
from advspace.attack.contract import UNTARGETED, Attack, Problem, joined
from advspace.attack.counting import counting
from advspace.attack.probability import Probabilities, probabilities
from advspace.attack.stop_stage import stopped
from advspace.attack.verify import Verified, without
from advspace.box import share_on_box
from advspace.dataset.contract import as_it_is
from advspace.distortion import Moments, moments
from advspace.errors import AdvspaceError, ProbeError, cause, warn
from advspace.forward.out_of_memory import ShrinkingBatch
from advspace.forward.prepare import Prepared, prepare
from advspace.lightning import fail_together, first_process, new_trainer, quiet_lightning, refuse_sweeps
from advspace.memory import is_out_of_memory
from advspace.model.examine import has_gradient
from advspace.noise.blocks import NoiseBlocks
from advspace.probe.contract import Case, ProbeResult
from advspace.progress.bars import progress_bars
from advspace.progress.ticks import tick
from advspace.records.check import checked_result
from advspace.records.rows import ImageRecord, image_row, own_rows, probe_rows
from advspace.records.tables import Part, write_part
from advspace.registry.components import Components
from advspace.run.batches import Batches, Pending, WorkItem
from advspace.settings import Settings
from advspace.training.hear_signals import signal_callbacks

NAN_MOMENTS = Moments(**{field.name: float("nan") for field in fields(Moments)})


class AttackAndProbe(pl.LightningModule):
    """One predict step: attack a batch, apply the stop rule, probe around each image, write a part of the tables.

    Args:
        network: Frozen network; a copy of it is prepared for the device and used.
        components: The run's plugins.
        settings: The run's settings.
        directory: The run directory.
    """

    prepared: Prepared
    probed_at_once: ShrinkingBatch

    def __init__(self, network: nn.Module, components: Components, settings: Settings, directory: Path) -> None:
        super().__init__()
        self.components = components
        self.settings = settings
        self.directory = directory
        self.images_by = components.image_columns
        self.probes_by = components.probe_columns | {"precision": settings.precision}
        self.cache = _cache(network, components, settings)
        self.attacked_at_once = ShrinkingBatch("batch_size", settings.batch_size)
        self._prepare = partial(
            prepare,
            network,
            components.dataset.shape,
            precision=settings.precision,
            rows=settings.draws_per_forward,
        )

    def on_predict_start(self) -> None:
        """Prepare the network for the device, which is not known earlier."""
        self.prepared = self._prepare(self.device)
        self.probed_at_once = ShrinkingBatch("draws_per_forward", self.prepared.rows)

    def predict_step(self, item: WorkItem, index: int) -> int:
        """Attack, probe and write one batch, and return its size."""
        del index
        batch = item.batch
        if not batch.ids:
            return 0
        made = self.attacked_at_once.run(lambda most: self._attacked(item, most), len(batch.ids))
        results = [self._probed(item, made, row) for row in range(len(batch.ids))]
        made = without(made, {row: str(result) for row, result in enumerate(results) if isinstance(result, ProbeError)})
        probed = [ProbeResult() if isinstance(result, ProbeError) else result for result in results]
        sure = self.attacked_at_once.run(partial(self._sure, item, made), len(batch.ids))
        good = made.success
        write_part(
            self.directory,
            item.position,
            Part(
                images=[
                    image_row(image_record(item, made, row, sure), self.images_by) for row in range(len(batch.ids))
                ],
                probes=probe_rows([record for each in probed for record in each.records], self.probes_by),
                tensors={"image": batch.image[good].cpu(), "adversarial": made.image[good].cpu()},
                tables=own_rows(batch.ids, made.reached.tolist(), probed, self.probes_by),
            ),
        )
        return len(batch.ids)

    def _attacked(self, item: WorkItem, most: int) -> Verified:
        """Attack the batch in parts of at most `most` images."""
        ids, image, label = item.batch
        result: list[Verified] = []
        for part in (slice(first, first + most) for first in range(0, len(ids), most)):
            problem = Problem(self.prepared.network, image[part], label[part], item.target[part])
            result.append(self._solved(self.components.attack.about(ids[part]), problem))
        return joined(result)

    def _solved(self, attack: Attack, problem: Problem) -> Verified:
        """Attack, or read the results from the cache, and apply the stop rule."""
        with torch.enable_grad():  # Lightning disables gradients when it predicts, and attacks need them
            make = counting(partial(attack, problem.model), problem.model)
            try:
                made = self.cache.adversarials(make, problem.model, problem.image, problem.label, problem.target)
                return stopped(attack, self.components.stop, problem, made)
            except RuntimeError as error:
                if is_out_of_memory(error) or has_gradient(problem.model, problem.image[:1]):
                    raise
                raise AdvspaceError(
                    f"attack '{self.components.names['attack']}' needs gradients, and the model gives none "
                    f"({cause(error)}); compute its logits by torch with gradients on (no torch.no_grad, detach or "
                    "NumPy), or take an attack without gradients, such as attack=images"
                ) from error

    def _sure(self, item: WorkItem, made: Verified, most: int) -> Probabilities:
        """Probabilities of the classes, with at most `most` images per pass."""
        return probabilities(self.prepared.network, item.batch.image, item.batch.label, made, most)

    def _probed(self, item: WorkItem, made: Verified, row: int) -> ProbeResult | ProbeError:
        """The probes around one adversarial; the error if the image cannot be probed."""
        result: ProbeResult | ProbeError = ProbeResult()
        if bool(made.success[row]):
            batch, id_ = item.batch, item.batch.ids[row]
            case = Case(id_, batch.image[row], made.image[row], int(batch.label[row]), int(made.reached[row]))
            try:
                result = self.probed_at_once.run(lambda most: self._probe(case, item.turns[row], most))
            except ProbeError as error:
                warn(f"image {id_} counts as failed: {error}")
                result = error
        tick("probe")
        return result

    def _probe(self, case: Case, turn: int, most: int) -> ProbeResult:
        """Probe around one adversarial, with at most `most` draws per pass; `turn` is the number of the attack."""
        again = (turn,) if turn else ()  # the first attack has the same key as in a run with one target
        key = (self.settings.seed, case.image_id, self.components.names["noise"], *again)
        blocks = NoiseBlocks(key, most, self.prepared.memory_format)
        with self.prepared.autocast():
            result = self.components.probe(self.prepared.network, case, self.components.noise, blocks)
        return checked_result(result, self.components.owner("probe"), case, len(self.components.dataset.classes))


def _cache(network: nn.Module, components: Components, settings: Settings) -> AdversarialCache:
    folder = None if settings.cache == "off" else Path(settings.cache).expanduser()
    kinds = ("model", "attack")
    versions = [components.names[kind] for kind in kinds] + [
        components.image_columns[f"{kind}_version"] for kind in kinds
    ]
    return AdversarialCache.of(folder, network, (components.model, components.attack), versions)


def image_record(item: WorkItem, made: Verified, row: int, sure: Probabilities) -> ImageRecord:
    """Row of one attack."""
    good, wanted = bool(made.success[row]), int(item.target[row])
    measured = moments(made.image[row] - item.batch.image[row]) if good else NAN_MOMENTS
    return ImageRecord(
        image_id=item.batch.ids[row],
        label=int(item.batch.label[row]),
        labelled=bool(item.labelled[row]),
        target=int(made.reached[row]) if good else wanted,
        targeted=wanted != UNTARGETED,
        success=good,
        reason=made.reason[row],
        c=float(made.c[row]),
        margin=float(made.margin[row]),
        evaluations=int(made.evaluations[row]),
        survives_8bit=bool(made.survives_8bit[row]),
        on_box=float(share_on_box(made.image[row : row + 1])) if good else float("nan"),
        **asdict(measured),
        depth=float(made.depth[row]),
        probability_original=float(sure.original[row]),
        probability_adversarial=float(sure.adversarial[row]),
        forwards=_number(made.forwards, row),
        padding=_number(made.padding, row),
        extra={name: float(values[row]) for name, values in made.extra.items()},
    )


def _number(values: torch.Tensor | None, row: int) -> float:
    return float("nan") if values is None else float(values[row])


def predict(task: AttackAndProbe, pending: Pending, trainer: dict[str, Any]) -> None:
    """Attack and probe every pending image, and write the tables into the run directory.

    With several devices Lightning starts the other processes here.  Each of them runs the whole program up to this
    point.  All processes leave together, when the last one is done.

    Args:
        task: The work on each batch.
        pending: The attacks still to do.
        trainer: Arguments of Lightning's Trainer; its precision is used for training only.

    Raises:
        AdvspaceError: an image is missing, the model's logits are not finite, memory is too small, the run directory
            cannot be written, or another process has failed.
        Stopped: a signal stopped the run; finished batches are in the run directory.
    """
    with quiet_lightning():
        engine = new_trainer(
            trainer | {"precision": "32-true"},
            callbacks=signal_callbacks(),
            logger=False,
            enable_progress_bar=False,
            enable_model_summary=False,
            enable_checkpointing=False,
            inference_mode=False,
        )
        refuse_sweeps(engine)
        batches = Batches.of(pending, task.settings.batch_size, engine.world_size)
        own = torch.Generator()  # else a loader takes a number from torch's global generator, which is the caller's
        loader = DataLoader(batches, batch_size=None, collate_fn=as_it_is, generator=own)
        with _bars(batches, engine.world_size), fail_together(engine):
            engine.predict(task, loader, return_predictions=False)


def _bars(batches: Batches, processes: int) -> AbstractContextManager[None]:
    """Progress bars of the first process, for its own share."""
    note = f"(first of {processes} processes)" if processes > 1 else ""
    return progress_bars(batches.of_first(processes), note) if first_process() else nullcontext()
