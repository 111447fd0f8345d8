"""A run read back: what it is called, what it was given, and what of it is there."""

import pytest
import torch
from made_run import made_run

from advspace import UNTARGETED
from advspace.analysis.finished_run import read_run
from advspace.files.untrusted import json_text, read_json
from advspace.run_directory import RunDirectory


@pytest.fixture
def directory(tmp_path):
    return made_run(tmp_path / "run", 4, failed=[1], planned=6, finished=False)


def test_tables_and_what_is_left_to_do(directory):
    run = read_run(directory)
    assert (len(run.images), len(run.succeeded), run.planned, run.finished) == (4, 3, 6, False)
    assert len(run.probes) == 3 * 2 * 2 * 4
    assert [(curve.center, curve.box) for curve in run.curves] == [
        (center, box) for center in ("adversarial", "original") for box in ("clip", "none")
    ]
    assert run.own_tables == []


def test_pairs_are_those_of_the_successful_attacks(directory):
    run = read_run(directory)
    pairs = dict(run.tensors())
    assert list(pairs) == [("made-0", 1), ("made-2", 1), ("made-3", 1)]
    norms = [torch.linalg.vector_norm(pair["adversarial"] - pair["image"]).item() for pair in pairs.values()]
    assert norms == pytest.approx([1.0, 3.0, 4.0], rel=1e-5)
    assert list(dict(run.tensors({("made-2", 1)}))) == [("made-2", 1)]
    assert run.has_tensors


def test_classes_have_their_names_or_their_numbers(directory, tmp_path):
    run = read_run(directory)
    assert [run.class_name(label) for label in (0, 2, 3, UNTARGETED)] == ["zero", "two", "3", "any other"]
    assert read_run(made_run(tmp_path / "old", classes=[])).class_name(1) == "1"


@pytest.mark.parametrize(
    ("settings", "title"),
    [
        ({}, "made, hand, none, coin noise"),
        ({"attack": {"plugin": "foolbox", "name": "DDNAttack"}}, "made, hand, foolbox DDNAttack, coin noise"),
        ({"attack": {"plugin": "lbfgsb", "stop": "tight"}}, "made, hand, lbfgsb (tight), coin noise"),
        ({"model": {"plugin": "timm", "architecture": "vgg11"}}, "made, vgg11, none, coin noise"),
    ],
)
def test_plugins_are_called_as_people_call_them(directory, settings, title):
    run = read_run(directory, RunDirectory(directory).read_settings() | settings)
    assert run.title == title
    assert run.title.startswith(run.subject)


def test_a_probe_that_adds_no_noise_names_none(directory):
    plan = RunDirectory(directory).plan
    stored = read_json(plan)
    stored["measure"] = {"axis": "distance", "unit": "L2", "noise": False, "centers": ["adversarial"]}
    plan.write_text(json_text(stored))
    run = read_run(directory)
    assert run.measure.centers == ("adversarial",)
    assert run.title == "made, hand, none"


def test_the_command_is_what_was_typed(directory):
    assert read_run(directory).command == "python probe.py seed=7 'dataset.only=[a, b]'"
    RunDirectory(directory).overrides.unlink()
    assert read_run(directory).command == ""
