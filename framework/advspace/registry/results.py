"""What each kind of plugin returns in a run, checked where it enters the framework."""

from collections.abc import Mapping
from functools import partial
from typing import Any, TypeVar

from advspace.attack.contract import Attack, Problem
from advspace.attack.form import adversarial_form, score_form
from advspace.clauses import Owner, has_form, tensor_form
from advspace.dataset.contract import Dataset
from advspace.dataset.form import batch_form, classes_form, shape_form, split_form
from advspace.model.form import has_logits_form, logits_form, network_form
from advspace.probe.contract import Measure
from advspace.probe.form import result_form
from advspace.registry.guard import Result, guarded, guarded_network, note

T = TypeVar("T")


def guarded_plugin(plugin: T, owner: Owner) -> T:
    """A copy of a plugin whose errors and wrong results name it.

    An analysis stays as it is: `analysis.findings` reports its errors.

    Args:
        plugin: The plugin; it is not changed.
        owner: Its name and package.

    Raises:
        PluginError: a constant of the plugin is wrong.
    """
    if owner.kind not in METHODS:
        return plugin
    for name, check in CONSTANTS.get(owner.kind, {}).items():
        check(owner, plugin, getattr(plugin, name))
    return guarded(plugin, owner, METHODS[owner.kind], VALUES.get(owner.kind, {}))


def _as_it_is(owner: Owner, plugin: Any, value: Any, *arguments: Any, **named: Any) -> Any:
    del owner, plugin, arguments, named
    return value


def _block(owner: Owner, noise: Any, made: Any, distortion: Any, scale: float, draws: int, *others: Any) -> Any:
    """NaN is not looked for here: `ProbeCounter` does so without waiting for a GPU."""
    del noise, scale, others
    shape = (draws, *distortion.shape)
    if not has_form(made, distortion, shape):
        owner.must(tensor_form("noise", made, distortion, shape))
    return made


def _attacked(owner: Owner, attack: Any, made: Any, model: Any, image: Any, *others: Any, **named: Any) -> Any:
    del attack, model, others, named
    owner.must(adversarial_form(made, image))
    return made


def _after_stop(owner: Owner, attack: Any, made: Any, problem: Problem, *others: Any, **named: Any) -> Any:
    del attack, others, named
    owner.must(adversarial_form(made, problem.image))
    return made


def _about(owner: Owner, attack: Any, other: Any, *arguments: Any, **named: Any) -> Any:
    del attack, arguments, named
    owner.must([("return an advspace.Attack from `about`", isinstance(other, Attack), type(other).__name__)])
    return guarded_plugin(other, owner)


def _scored(owner: Owner, attack: Any, score: Any, problem: Problem) -> Any:
    """The function that the attack returned, which is called by the stop rule."""
    del attack

    def noted(point: Any) -> Any:
        try:
            value = score(point)
        except Exception as error:
            note(error, owner)
            raise
        owner.must(score_form(value, problem.image))
        return value

    return noted


def _probed(owner: Owner, probe: Any, given: Any, *arguments: Any, **named: Any) -> Any:
    del probe, arguments, named
    owner.must(result_form(given))
    return given


def _measure(owner: Owner, probe: Any, measure: Any) -> Any:
    del probe
    owner.must([("give its measure as an advspace.Measure", isinstance(measure, Measure), type(measure).__name__)])
    return measure


def _network(owner: Owner, model: Any, network: Any, shape: Any, classes: int) -> Any:
    del model, shape
    owner.must(network_form(network))
    return guarded_network(network, owner, partial(_logits, classes))


def _logits(classes: int, owner: Owner, network: Any, logits: Any, image: Any, *others: Any, **named: Any) -> Any:
    del network, others, named
    rows = image.shape[0]
    if image.dim() == 4 and not has_logits_form(logits, rows, classes):  # a plugin may give one image without a batch
        owner.must(logits_form(logits, rows, classes))
    return logits


def _shape(owner: Owner, dataset: Any, shape: Any) -> Any:
    del dataset
    owner.must(shape_form(shape))
    return shape


def _classes(owner: Owner, dataset: Any, classes: Any) -> Any:
    del dataset
    owner.must(classes_form(classes))
    return classes


def _prepared(owner: Owner, dataset: Any, other: Any, preparation: Any) -> Any:
    del dataset, preparation
    owner.must([("stay a dataset when prepared", isinstance(other, Dataset), type(other).__name__)])
    return guarded_plugin(other, owner)


def _split(owner: Owner, dataset: Any, split: Any, name: str) -> Any:
    owner.must(split_form(split, name))
    read = partial(_batch, dataset, pixels=name == "test")  # looking at every pixel would slow down a training
    return guarded(split, owner, {"__getitems__": read, "__len__": _as_it_is}, {"ids": _as_it_is})


def _batch(dataset: Any, owner: Owner, split: Any, batch: Any, indices: list[int], *, pixels: bool) -> Any:
    ids = split.ids
    asked = [ids[index] for index in indices]
    owner.must(batch_form(batch, asked, dataset.shape, len(dataset.classes), pixels=pixels))
    return batch


METHODS: Mapping[str, Mapping[str, Result]] = {
    "dataset": {"split": _split, "prepared": _prepared},
    "model": {"network": _network},
    "attack": {"about": _about, "__call__": _attacked, "score_at": _scored, "after_stop": _after_stop},
    "noise": {"sample": _block},
    "probe": {"__call__": _probed},
}
"""Methods of the contract, by kind."""
VALUES: Mapping[str, Mapping[str, Result]] = {
    "dataset": {"shape": _shape, "classes": _classes},
    "model": {"preparation": _as_it_is, "trained": _as_it_is, "settings": _as_it_is},
    "attack": {"depends_on": _as_it_is},
}
"""Attributes and properties of the contract, by kind; each read of them is guarded."""
CONSTANTS: Mapping[str, Mapping[str, Result]] = {"probe": {"measure": _measure}}
"""Attributes that are read once, as guarding each read of a probe's attributes would take time."""
