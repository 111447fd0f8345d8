"""Find idx files under the names that other tools give them."""

from collections.abc import Sequence
from pathlib import Path

OTHER_FORMS = frozenset((".arff", ".csv", ".mat", ".npy", ".npz", ".parquet", ".pkl", ".pt", ".tar", ".tgz", ".zip"))
"""Forms in which other tools keep MNIST.  They are not read, but an error says that they are there."""
LISTED = 3


def find_idx(folders: Sequence[Path], file: str) -> Path | None:
    """The first file of a name, or else of a name that other tools give it.

    Kaggle writes a dot before `idx`, and each file into a folder of its own name.

    Args:
        folders: Where to look.
        file: The published name, such as `train-images-idx3-ubyte`.
    """
    dotted = file.replace("-idx", ".idx")
    kinds = [(file, f"{file}.gz"), (dotted, f"{dotted}.gz"), (f"{file}/{file}", f"{dotted}/{dotted}")]
    candidates = [folder / name for names in kinds for folder in folders for name in names]
    return next((path for path in candidates if path.is_file()), None)


def other_forms(folders: Sequence[Path]) -> str:
    """Says which files of another form are there; empty if there are none."""
    result = [
        str(path)
        for folder in folders
        if folder.is_dir()
        for path in sorted(folder.iterdir())
        if path.suffix.lower() in OTHER_FORMS
    ]
    return f" ({', '.join(result[:LISTED])} cannot be read: only idx files can)" if result else ""
