"""The first part of `--help`: what a program does and how it is called; it needs no import that takes time."""

import shlex
from collections.abc import Mapping

from advspace.installation import program

Forms = Mapping[str, str]
"""What can follow the name of a program, and what it does."""

PROBE: Forms = {
    "dataset=mnist model=convnet": "other plugins, by kind",
    "images=20 probe.draws=1000": "other settings, by their names below",
    "-m noise=gaussian,uniform seed=0,1": "a multirun: a run for each combination, compared",
    "-m seed=0,1,2 hydra/launcher=joblib": "the same in several processes; also slurm, ray",
    "plan=true": "try ten images: how many does a run need, and how long",
    "resume=DIR": "go on with a run or multirun that was stopped",
    "report=DIR": "analyse a run or multirun again and write its report",
    "--config-dir DIR experiment=NAME": "settings of yours, in DIR/experiment/NAME.yaml",
    "attack=foolbox --help": "this help with the settings of another plugin",
    "--cfg job": "print the settings as YAML, and run nothing",
}
TRAIN: Forms = {
    "dataset=mnist model=convnet": "other plugins, by kind",
    "model.epochs=5": "other settings, by their names below",
    "-m model.seed=0,1,2": "a multirun: one training for each value",
    "model.weights=FILE test=true": "only the test error of these weights",
    "resume=DIR": "go on with a training that was stopped",
    "--config-dir DIR": "with settings of yours, such as DIR/model/NAME.yaml",
    "model=timm --help": "this help with the settings of another plugin",
    "--cfg job": "print the settings as YAML, and run nothing",
}
DOES: Mapping[str, str] = {
    "probe": "Make adversarial images, probe the space around them with noise, and write a report.",
    "train": "Train a model, print its test error, and keep its weights for runs.",
}
MORE = "More: `advspace plugins KIND NAME` tells all about a plugin or preset; README.md and docs/ the rest."


def head(name: str) -> str:
    """What a program does and how it is called.

    Args:
        name: `probe` or `train`.
    """
    forms = TRAIN if name == "train" else PROBE
    width = max(map(len, forms))
    lines = [f"  {words:<{width}}  {meaning}" for words, meaning in forms.items()]
    usage = f"Usage: {shlex.join(program(name))} [NAME=VALUE ...] [OPTION ...]"
    return "\n".join([DOES[name], "", usage, "", *lines, "", MORE, ""])
