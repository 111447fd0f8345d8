"""Count the images of a run that are in memory at the same time, while an analysis reads them one by one."""

import weakref
from dataclasses import dataclass, field

from advspace.analysis.finished_run import FinishedRun


@dataclass(frozen=True)
class CountedRun(FinishedRun):
    """A run that notes, at each attack read, how many of the attacks before it are still in memory."""

    alive: list = field(default_factory=list)

    @classmethod
    def of(cls, run):
        """The same run, counted."""
        return cls(run.directory, run.name, run.settings, run.plan, run.images, run.probes)

    def tensors(self, wanted=None):
        """The attacks; each is a copy, so that nothing but its user keeps it."""
        given = []
        for case, pair in super().tensors(wanted):
            copy = {name: tensor.clone() for name, tensor in pair.items()}
            given.append(weakref.ref(copy["image"]))
            yield case, copy
            del pair, copy
            self.alive.append(sum(each() is not None for each in given))
