"""What the tables, findings and reports of large runs cost, on runs that are made up.

    python benchmarks/large_runs.py rows                       # the rows of the tables, and those of wandb
    python benchmarks/large_runs.py make DIR 10000 1 28 28     # a finished run of 10,000 attacks on digits
    python benchmarks/large_runs.py report DIR                 # the stages of `python probe.py report=DIR`

A made-up run has both centers and box policies, 11 scales and 100 draws, and every twentieth attack failed.  `report`
prints CPU seconds and the peak of the process's own memory (anonymous pages, which no file can give back).  Run it with
OMP_NUM_THREADS=1, in one checkout after the other for a before and after.
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import Any

import numpy as np
import pandas as pd
import torch
import yaml

from advspace import ProbeRecord
from advspace.analysis.findings import Findings, write_findings
from advspace.analysis.finished_run import read_run
from advspace.analysis.summary import summarise
from advspace.clauses import Owner
from advspace.distortion import moments
from advspace.figures import draw_charts
from advspace.probe.contract import Case
from advspace.records.check import checked_result
from advspace.records.integrity import faults
from advspace.records.rows import ImageRecord, image_row, probe_rows
from advspace.records.tables import Part, done_cases, read_tables, write_part
from advspace.registry.components import all_analyses
from advspace.report import write_report
from advspace.run_directory import RunDirectory
from advspace.selection.plan import Plan, stored_plan, write_plan
from advspace.selection.selection import Selection

PLUGINS = {"dataset": "digits", "model": "logistic", "attack": "lbfgsb", "noise": "gaussian", "probe": "ladder"}
COLUMNS = PLUGINS | {f"{kind}_version": "advspace 0.1.0" for kind in PLUGINS}
SCALES = [2.0 ** (step / 2 - 2.5) for step in range(11)]
CELLS = [(center, box, scale) for center in ("adversarial", "original") for box in ("clip", "none") for scale in SCALES]
BATCH, CLASSES, DRAWS = 64, 10, 100
MB = 1024
Shape = tuple[int, ...]


def records(image_id: str, random: np.random.Generator) -> list[ProbeRecord]:
    """The records of one attack from class 0 to class 1, whose half scale is random."""
    half, made = random.uniform(0.3, 4), []
    for center, box, scale in CELLS:
        kept = int(random.binomial(DRAWS, 1 / (1 + (scale / half) ** 2)))
        other = int(random.binomial(DRAWS - kept, 0.5))
        pair = (kept, DRAWS - kept - other)
        target, original = pair if center == "adversarial" else pair[::-1]
        counts = [original, target, other, *(CLASSES - 3) * [0]]
        cell = (image_id, 1, center, box, scale, DRAWS, target, original, other, counts)
        made.append(ProbeRecord(*cell, 0.0, 0.1 * scale, scale, 0.1))
    return made


def image_record(image_id: str, distortion: torch.Tensor | None) -> ImageRecord:
    """The record of one attack; without a distortion it failed."""
    if distortion is None:
        nan = float("nan")
        return ImageRecord(image_id, 0, True, 1, True, False, "no luck", nan, nan, 9, False, nan, *6 * [nan])
    return ImageRecord(
        image_id, 0, True, 1, True, True, "", 0.5, 0.25, 50, True, 0.1, *vars(moments(distortion)).values()
    )


def make(directory: Path, attacks: int, shape: Shape) -> None:
    """Write a finished run."""
    random, generator = np.random.default_rng(0), torch.Generator().manual_seed(0)
    ids = [f"test-{number:06d}" for number in range(attacks)]
    image, noise = torch.rand((BATCH, *shape), generator=generator), torch.randn((BATCH, *shape), generator=generator)
    for first in range(0, attacks, BATCH):
        part = ids[first : first + BATCH]
        size = 0.02 + 0.2 * torch.rand((len(part), 1, 1, 1), generator=generator)
        adversarial = (image[: len(part)] + size * noise[: len(part)]).clamp(0, 1)
        good = [row for row in range(len(part)) if (first + row) % 20 != 19]
        rows = [image_record(id_, adversarial[i] - image[i] if i in good else None) for i, id_ in enumerate(part)]
        probes = probe_rows([each for row in good for each in records(part[row], random)], COLUMNS)
        tensors = {"image": image[good], "adversarial": adversarial[good]}
        write_part(directory, first, Part([image_row(row, COLUMNS) for row in rows], probes, tensors))
    selection = Selection([*range(attacks)], ids, [0] * attacks, [1] * attacks, [], [], [])
    write_plan(directory, Plan(selection, "", [str(number) for number in range(CLASSES)]))
    config = RunDirectory(directory).config
    config.parent.mkdir(exist_ok=True)
    settings = {"seed": 0} | {kind: {"plugin": name} for kind, name in PLUGINS.items()}
    config.write_text(yaml.safe_dump(settings))


@contextmanager
def measured(name: str) -> Iterator[None]:
    """Print CPU seconds of the block, and the peak of the process's own memory in it."""
    peak, over = [0], Event()

    def watch() -> None:
        while not over.wait(0.01):
            lines = Path("/proc/self/status").read_text().splitlines()
            peak[0] = max(peak[0], *(int(line.split()[1]) for line in lines if line.startswith("RssAnon:")))

    thread = Thread(target=watch)
    thread.start()
    began = time.process_time()
    yield
    seconds = time.process_time() - began
    over.set()
    thread.join()
    print(f"| {name} | {seconds:.2f} | {peak[0] / MB:.0f} |", flush=True)


def report(directory: Path) -> None:
    """Print a row of a table for each stage."""
    print("| stage | CPU, s | peak memory, MB |\n|---|---|---|")
    run_directory, selection = RunDirectory(directory), stored_plan(directory).selection
    with measured("nothing"):
        time.sleep(0.1)
    with measured("which attacks are done"):
        done_cases(directory)
    with measured("whether the tables agree"):
        faults(directory, set(zip(selection.ids, selection.targets, strict=True)))
    with measured("reading the tables"):
        read_tables(directory)
    run = read_run(directory)
    with measured("curves"):
        _ = run.curves
    made, titles = {}, {}
    for name, analysis in sorted(all_analyses().items(), key=lambda item: item[1].order):
        with measured(f"analysis {name}"):
            made[name], titles[name] = analysis(run), analysis.title or name
    findings = Findings(made, titles)
    with measured("summary"):
        summary = summarise(run, findings)
    with measured("tables of the findings"):
        write_findings(run_directory, findings)
    with measured("figures"):
        draw_charts(findings.charts, run_directory.figures)
    with measured("report"):
        write_report(run, findings, summary)


def rows() -> None:
    """Print microseconds per row: of the table of probes at 64 attacks a batch, and of wandb's table."""
    random = np.random.default_rng(0)
    many = {f"test-{number}": records(f"test-{number}", random) for number in range(BATCH)}
    image = torch.zeros(1, 1, 1)
    cases = {id_: Case(id_, image, image, 0, 1) for id_ in many}
    owner = Owner("probe", "ladder")
    joined = [record for each in many.values() for record in each]
    table = probe_rows(joined, COLUMNS)
    print("| per row of probes | us |\n|---|---|")
    stages: dict[str, Callable[[], Any]] = {
        "contract checked": lambda: [checked_result(many[id_], owner, case, CLASSES) for id_, case in cases.items()],
        "rows": lambda: probe_rows(joined, COLUMNS),
        "part written": lambda: written(table),
    }
    for name, stage in stages.items():
        print(f"| {name} | {1e6 * typical(stage) / len(joined):.1f} |", flush=True)
    wandb_rows(table, len(joined))


def written(table: Any) -> None:
    """Write a part of probes alone."""
    with TemporaryDirectory() as folder:
        write_part(Path(folder), 0, Part([], table, {}))


def wandb_rows(table: Any, count: int) -> None:
    """Print the time of wandb's table of these rows: made as wandb does, and as our tracker does."""
    import wandb

    from advspace_plugins.tracking.wandb.table import wandb_table

    with TemporaryDirectory() as folder:
        write_part(Path(folder), 0, Part([{"image_id": "test-0", "target": 1}], table, {}))
        frame = pd.read_parquet(RunDirectory(Path(folder)).probes)
        ways: dict[str, Callable[[Any], Any]] = {"own": lambda each: wandb.Table(dataframe=each), "ours": wandb_table}
        with wandb.init(mode="offline", dir=folder, settings=wandb.Settings(silent=True, console="off")) as run:
            run.log({"first": wandb_table(frame.head(20))})
            for name, made in ways.items():
                seconds = typical(lambda name=name, made=made: run.log({name: made(frame)}), 3)
                print(f"| wandb's table, {name} | {1e6 * seconds / count:.0f} |", flush=True)


def typical(stage: Callable[[], Any], rounds: int = 9) -> float:
    """Median CPU seconds of a stage."""
    times = []
    for _ in range(rounds):
        began = time.process_time()
        stage()
        times.append(time.process_time() - began)
    return median(times)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["rows"]:
            rows()
        case ["make", directory, attacks, *shape]:
            make(Path(directory), int(attacks), tuple(map(int, shape)))
        case ["report", directory]:
            report(Path(directory))
        case _:
            sys.exit(__doc__)
