"""Damaged files of every kind that is read.

    python tests/faults/files.py --count 5000 --seed 0

Each try damages one file of a run, of the cache or of the user's, and reports, resumes, compares or runs.  The result
must be the old one, or the program must name the file in one sentence.
"""

import random
import shutil
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))

from faults.base import PROBED, ROOT, composed, make, quiet
from faults.command import run
from faults.mutations import MUTATIONS
from faults.results import compared, results
from faults.tally import Tally
from in_process import run_in_process
from safetensors.torch import load_file

from advspace.run.command_line import prepare
from advspace.run.conclude import conclude_again
from advspace.run.messages import sentence
from advspace.run.probe import run_probe
from advspace.run.resume import resumed_config
from advspace.run.train import run_train
from advspace_plugins.dataset.idx.mnist import FILES

Files = tuple[str, ...]
GONE = "report: "
"""Beginning of what is said of a directory that lacks the files of a run."""


def report(folder: Path, name: str = "run") -> None:
    """`report=`."""
    conclude_again(folder / name, composed(f"report={folder / name}"), [])


def resume(folder: Path, name: str = "run") -> None:
    """`resume=`."""
    directory = folder / name
    today = composed(f"resume={directory}", f"cache={folder}/cache")
    config = resumed_config(today, [f"resume={directory}", f"cache={folder}/cache"])
    run_probe(config, directory, f"python probe.py resume={directory}")


def resume_stopped(folder: Path) -> None:
    """`resume=` of a run that lacks its last batch."""
    resume(folder, "stopped")


def compare(folder: Path) -> None:
    """`report=` of a multirun."""
    report(folder, "multirun")


def train(folder: Path) -> None:
    """The command of a stopped training, again."""
    arguments = ("model.epochs=4", "tracking=off", f"cache={folder}/training-cache")
    run_train(composed(*arguments, program="train"), folder / "training", "")


def given(*overrides: str) -> Callable[[Path], None]:
    """A new run with a file of the user's."""

    def do(folder: Path) -> None:
        filled = [each.replace("GIVEN", f"{folder}/given") for each in overrides]
        config = composed(*filled, "images=4", f"cache={folder}/cache")
        run_probe(config, folder / "new", "python probe.py resume=new")

    return do


def settings(folder: Path) -> None:
    """A new run with settings of the user's."""
    arguments = [f"--config-dir={folder}/given/settings", "experiment=mine", f"hydra.run.dir={folder}/new"]
    more = [*PROBED[2:], f"cache={folder}/cache"]
    done = run_in_process(ROOT / "probe.py", [*arguments, *more], folder, {"WANDB_API_KEY": ""})
    if "Traceback" in done.stderr:
        raise RuntimeError(done.stderr)
    if done.returncode:
        raise SystemExit(done.stderr.strip().splitlines()[-1])


@dataclass(frozen=True)
class Kind:
    """Files of one kind, and what reads them.

    Args:
        files: Patterns of paths.
        does: What is done with them.
        directory: The directory whose results are compared.
        share: How often it is tried, relative to the others.
        user: Whether the files are the user's, of whose values nothing is known.
    """

    files: Files
    does: Sequence[Callable[[Path], None]]
    directory: str = "run"
    share: float = 1
    user: bool = False


RUN = (report, resume)
IDX = (
    "dataset=mnist",
    "dataset.root=GIVEN/idx",
    "dataset.download=false",
    "model.weights=GIVEN/idx-weights.safetensors",
)
KINDS = {
    "plan.json": Kind(("run/plan.json",), RUN),
    "identity.json": Kind(("run/identity.json",), RUN),
    "plugins.json": Kind(("run/plugins.json",), RUN),
    "checksums": Kind(("run/checksums/*", "run/.hydra/checksums.json"), RUN),
    "config.yaml": Kind(("run/.hydra/config.yaml",), RUN),
    "overrides.yaml": Kind(("run/.hydra/overrides.yaml",), RUN),
    "summary.json of a run": Kind(("run/summary.json",), RUN, share=0.5),
    "images.parquet": Kind(("run/images.parquet/*",), RUN, share=2),
    "probes.parquet": Kind(("run/probes.parquet/*",), RUN, share=2),
    "tensors": Kind(("run/tensors/*",), RUN, share=2),
    "adversarials in the cache": Kind(("cache/adversarials/*/*.safetensors",), (resume_stopped,), "stopped", share=2),
    "weights in the cache": Kind(("cache/weights/*.safetensors",), (resume_stopped,), "stopped"),
    "multirun.yaml": Kind(("multirun/multirun.yaml",), (compare,), "multirun"),
    "failure.json": Kind(("multirun/1/failure.json",), (compare,), "multirun", share=0.5),
    "summary.json of a multirun": Kind(("multirun/*/summary.json",), (compare,), "multirun"),
    "tables of a multirun": Kind(("multirun/*/*.parquet/*",), (compare,), "multirun"),
    "checkpoints": Kind(("training-cache/weights/*.unfinished/*.ckpt",), (train,), "training", share=0.5),
    "weights given": Kind(
        ("given/weights.safetensors", "given/weights.pth"),
        (given("model.weights=GIVEN/weights.safetensors"), given("model.weights=GIVEN/weights.pth")),
        share=1,
        user=True,
    ),
    "arrays given": Kind(
        ("given/image.npy", "given/adversarial.npy"),
        (given("attack=images", "attack.adversarials=GIVEN/adversarial.npy", "attack.originals=GIVEN/image.npy"),),
        user=True,
    ),
    "pictures given": Kind(
        ("given/pictures/*/*",),
        (
            given(
                "attack=images",
                "attack.adversarials=GIVEN/pictures/adversarial",
                "attack.originals=GIVEN/pictures/image",
            ),
        ),
        user=True,
    ),
    "idx files": Kind(
        tuple(f"given/idx/{name}*" for pair in FILES.values() for name in pair), (given(*IDX),), user=True
    ),
    "settings given": Kind(("given/settings/experiment/mine.yaml",), (settings,), share=0.3, user=True),
}


class Try:
    """One damaged file.

    Args:
        base: The folder of what is damaged.
        kind: Its kind.
        dice: Source of chance.
    """

    def __init__(self, base: Path, kind: Kind, dice: random.Random) -> None:
        self.base = base
        self.kind = kind
        self.dice = dice

    def play(self, folder: Path, wanted: object) -> tuple[set[str], str, str]:
        """Damage a file in `folder`, and see; returns outcomes, what was done, and what was said."""
        paths = [path for pattern in self.kind.files for path in sorted(folder.glob(pattern))]
        path, mutation, do = self.dice.choice(paths), self.dice.choice(MUTATIONS), self.dice.choice(self.kind.does)
        alike = [each for each in paths if each != path and each.suffix == path.suffix]
        mutation(path, alike, self.dice)
        outcomes, said = outcome(do, folder, path)
        if outcomes == {"done"}:
            outcomes = {"valid"} if self.kind.user else differences(folder, self.kind, wanted)
        label = getattr(do, "__name__", str(do))
        return outcomes, f"{mutation.__name__} {path.relative_to(folder)}, {label}", said


def outcome(do: Callable[[Path], None], folder: Path, path: Path) -> tuple[set[str], str]:
    """`done`, or what was said instead: of the file itself, of its part, or of its folder."""
    names = (
        path.name,
        path.stem,
        path.parent.name,
        str(folder / "run"),
        str(folder / "multirun"),
        str(folder / "given"),
    )
    with quiet() as said:
        try:
            do(folder)
        except SystemExit as end:
            return {"told"}, str(end.code)
        except Exception as error:
            text = sentence(error)
            if text is None or "\n" in text:
                return {"tracebacks"}, traceback.format_exc()
            return {"told" if any(name in text for name in names) else "untold"}, text
    return {"done"}, said.getvalue()


def held(folder: Path, kind: Kind) -> object:
    """What the directory of a kind holds as results."""
    if kind.directory == "multirun":
        rows = (folder / "multirun" / "comparison" / "runs.csv").read_text().replace(str(folder), "")
        failed = (folder / "multirun" / "comparison" / "failed.csv").read_text().replace(str(folder), "")
        return rows, failed
    if kind.directory == "training":
        (weights,) = (folder / "training-cache" / "weights").glob("*.safetensors")
        return {name: values.tolist() for name, values in load_file(weights).items()}
    return results(folder / kind.directory)


def differences(folder: Path, kind: Kind, wanted: object) -> set[str]:
    """What became of the results."""
    found = held(folder, kind)
    if kind.directory == "multirun" and found[1] != wanted[1]:
        return {"told"}
    if kind.directory in ("multirun", "training"):
        return {"same"} if found == wanted else {"different"}
    return compared(found, wanted)


def campaign(count: int, seed: int, show: bool = False, kinds: Mapping[str, Kind] = KINDS) -> Tally:
    """Damage `count` files.

    Args:
        count: Number of tries.
        seed: Seed of chance.
        show: Whether to print each try.
        kinds: The kinds of files, by name.
    """
    tally, dice = Tally("files", show), random.Random(seed)
    prepare()
    with TemporaryDirectory() as name:
        base = Path(name) / "base"
        whole = any(kind.directory != "run" for kind in kinds.values())
        make(base.with_name("try"), whole=whole)  # files have the paths of others in them
        base.with_name("try").rename(base)
        wanted = {name: unbroken(base, kind) for name, kind in kinds.items()}
        names, shares = list(kinds), [kind.share for kind in kinds.values()]
        for number in range(count):
            (chosen,) = dice.choices(names, shares)
            folder = fresh(base)
            tally.add(chosen, *Try(base, kinds[chosen], dice).play(folder, wanted[chosen]))
            shutil.rmtree(folder)
            if number % 200 == 199:
                print(f"{tally}\n", flush=True)
    return tally


def fresh(base: Path) -> Path:
    """A copy of everything, under a path that is always the same: configs name it."""
    folder = base.with_name("try")
    shutil.copytree(base, folder, ignore=shutil.ignore_patterns("figures", ".locks", "report.html"))
    return folder


def unbroken(base: Path, kind: Kind) -> object:
    """The results of a kind without damage; None where the files are the user's."""
    if kind.user:
        return None
    folder = fresh(base)
    with quiet():
        kind.does[0](folder)
    result = held(folder, kind)
    shutil.rmtree(folder)
    return result


if __name__ == "__main__":
    run(campaign, __doc__, 200)
