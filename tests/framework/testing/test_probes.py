"""Each clause of the probe contract fails on a probe that breaks it."""

import random

import pytest
import torch

from advspace import Probe, ProbeRecord, ProbeResult
from advspace.testing import check_probe

DRAWS = 60


class Sound(Probe):
    """One cell around the adversarial; keeps every clause, and each broken probe differs from it in one."""

    def __call__(self, model, case, noise, blocks):
        counts = torch.zeros(4, dtype=torch.int64)
        norms = 0.0
        generator = blocks.generator("sound", device=case.image.device)
        for chunk in noise.sample(case.distortion, 1.0, DRAWS, generator).split(blocks.per_forward):
            counts += self.counted(model, case, chunk)
            norms += chunk.flatten(1).norm(dim=1).sum().item()
        rest = DRAWS - int(counts[case.target]) - int(counts[case.label])
        return [
            ProbeRecord(
                image_id=case.image_id,
                target=case.target,
                center="adversarial",
                box="none",
                scale=1.0,
                draws=DRAWS,
                n_target=int(counts[case.target]),
                n_original=int(counts[case.label]),
                n_other=rest,
                class_counts=counts.tolist(),
                noise_mean=0.0,
                noise_sd=1.0,
                noise_l2=norms / DRAWS,
                clipped=0.0,
                extra={"ring": 1, "shape": "round"},
            )
        ]

    def counted(self, model, case, chunk):
        return torch.bincount(model(case.adversarial + chunk).argmax(1), minlength=4).cpu()


def probe(call):
    """A probe of another call: (model, case, noise, blocks) -> records."""
    return type("Broken", (Sound,), {"__call__": lambda self, *given: call(*given)})()


@pytest.fixture
def writing(tampered):
    """Make a probe whose record is changed: record -> changed fields."""

    def made(change):
        def call(model, case, noise, blocks):
            (row,) = Sound()(model, case, noise, blocks)
            return [tampered(row, **change(row))]

        return probe(call)

    return made


RECORDS = {
    "image": (lambda row: {"image_id": "x"}, r"write the case's image_id and target into each record, got x"),
    "target": (lambda row: {"target": -1}, r"write the case's image_id and target into each record, got image, -1"),
    "tensor": (lambda row: {"noise_l2": torch.tensor(1.0)}, r"write plain numbers .*, noise_l2 too, got Tensor"),
    "not a number": (
        lambda row: {"noise_sd": float("nan")},
        r"write finite numbers into scale, .* got {'noise_sd': nan}",
    ),
    "scale": (lambda row: {"scale": -1.0}, r"write a scale >= 0, got -1"),
    "clipped": (lambda row: {"clipped": 12.0}, r"write a share of pixels into clipped, got 12"),
    "classes": (
        lambda row: {"class_counts": row.class_counts[:3]},
        r"count the probes of every class, got 3 counts of 4",
    ),
    "no draw": (lambda row: {"draws": 0}, r"make at least one probe per record, got 0"),
    "counts": (lambda row: {"n_other": row.n_other + 1}, r"count each probe once: target, original or other, got"),
    "extra name": (
        lambda row: {"extra": {"scale": 1}},
        r"give extra columns names of their own, got .* column 'scale'",
    ),
    "share": (
        lambda row: {"extra": {"share_target": 1.0}},
        r"give extra columns names of their own, got .* 'share_target'",
    ),
    "noise": (lambda row: {"extra": {"noise": "x"}}, r"give extra columns names of their own, got .* 'noise'"),
    "extra list": (lambda row: {"extra": {"ring": [1]}}, r"hold text and plain numbers in extra columns"),
}


@pytest.mark.parametrize("name", RECORDS)
def test_false_records(breaks, writing, name):
    change, said = RECORDS[name]
    breaks(check_probe, writing(change), said)


def raising(model, case, noise, blocks):
    raise RuntimeError("no luck")


def two_kinds(tampered):
    def call(*given):
        (row,) = Sound()(*given)
        return [row, tampered(row, extra={"ring": 2.5})]

    return call


def moody(model, case, noise, blocks):
    case.adversarial.mul_(1 - 1e-9)
    (row,) = Sound()(model, case, noise, blocks)
    object.__setattr__(row, "noise_mean", random.random())
    return [row]


def spoiling(model, case, noise, blocks):
    case.image.mul_(0.5)
    return Sound()(model, case, noise, blocks)


def global_numbers(model, case, noise, blocks):
    torch.rand(1)
    return Sound()(model, case, noise, blocks)


def deaf(model, case, noise, blocks):
    generator = torch.Generator(case.image.device).manual_seed(0)
    noise.sample(case.distortion, 1.0, 1, generator)
    return Sound()(model, case, noise, type(blocks)(("mine",), blocks.per_forward))


def greedy(model, case, noise, blocks):
    model(case.adversarial.expand(100, *case.adversarial.shape))
    return Sound()(model, case, noise, blocks)


def cut(model, case, noise, blocks):
    (row,) = Sound()(model, case, noise, blocks)
    object.__setattr__(row, "noise_l2", float(len(range(0, DRAWS, blocks.per_forward))))
    return [row]


CALLS = {
    "nothing": (
        lambda *given: [],
        r"return a list of advspace.ProbeRecord, or an advspace.ProbeResult, with one row at least, got list",
    ),
    "a tuple": (
        lambda *given: tuple(Sound()(*given)),
        r"return a list of advspace.ProbeRecord, or an advspace.ProbeResult, with one row at least, got tuple",
    ),
    "raises": (raising, r"probe on cpu, got RuntimeError: no luck"),
    "moody": (moody, r"give the same result for the same blocks"),
    "spoils": (spoiling, r"leave image and adversarial as they are"),
    "global numbers": (global_numbers, r"leave the global random numbers of torch alone \(draw from `blocks`\)"),
    "deaf": (deaf, r"use the noise that it draws: give another result for other blocks"),
    "greedy": (greedy, r"classify no more at once than `blocks.per_forward` \(16\), got 100"),
    "cut": (cut, r"give the same result for any number of points in a forward pass"),
}


@pytest.mark.parametrize("name", CALLS)
def test_broken(breaks, name):
    call, said = CALLS[name]
    breaks(check_probe, probe(call), said)


def test_records_of_two_kinds(breaks, tampered):
    breaks(check_probe, probe(two_kinds(tampered)), r"give every record the same extra columns, of the same types")


def still(model, case, noise, blocks):
    """Looks at the adversarial alone, without noise."""
    counts = torch.bincount(model(case.adversarial[None]).argmax(1), minlength=4).tolist()
    return [ProbeRecord(case.image_id, case.target, "tip", "none", 0.0, 1, 1, 0, 0, counts, *4 * (0.0,))]


def test_the_sound_one_passes():
    """So does one that needs no noise."""
    check_probe(Sound(), installed=False)
    check_probe(probe(still), installed=False)


def margins(model, case, noise, blocks):
    """Margins along the way from the image, in a table of its own; no records at all."""
    points = [case.image + part * (case.adversarial - case.image) for part in (0.25, 0.5, 1.0)]
    logits = torch.cat([model(point[None]) for point in points])
    rows = [
        {"part": part, "logit": float(row[case.target])} for part, row in zip((0.25, 0.5, 1.0), logits, strict=True)
    ]
    return ProbeResult(tables={"margins": rows})


def test_tables_alone_are_a_result():
    check_probe(probe(margins), installed=False)


def moody_table(model, case, noise, blocks):
    return ProbeResult(tables={"margins": [{"logit": random.random()}]})


def cut_table(model, case, noise, blocks):
    return ProbeResult(tables={"margins": [{"most": min(blocks.per_forward, 100)}]})


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (moody_table, r"give the same result for the same blocks"),
        (cut_table, r"give the same result for any number of points in a forward pass"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_tables_are_held_to_the_same_clauses(breaks, call, said):
    breaks(check_probe, probe(call), said)
