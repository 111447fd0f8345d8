"""What the paper's curves mix up, kept apart: the box, and how tight the adversarial is."""

import pytest

PAPERS = [
    "attack=tabacof2015",
    "attack.off_by_one=false",
    "noise.mean=zero",
    "images=25",
    "probe.draws=100",
    "probe.center=adversarial",
]


def share(result, box):
    """Mean share of the target by scale."""
    return result.probes[result.probes["box"] == box].groupby("scale")["share_target"].mean()


def test_unclipped_probes_of_a_tight_adversarial_see_a_half_space(run):
    """Two classes and a linear model: exactly one half at every scale, 3 % either way."""
    result = run(
        *("dataset.only=[3,8]", "attack.stop=tight", "attack.tolerance=1e-5", "images=30", "probe.draws=200"),
        *("probe.center=adversarial", "probe.box=none"),
    )
    assert result.images["success"].all()
    assert share(result, "none").between(0.47, 0.53).all()


def test_of_ten_classes_the_half_space_is_seen_while_the_noise_is_small(run):
    """With the paper's formula; sharper logits end nearer to corners, where the half space is seen up to 1/8."""
    plain = ("attack.logit_scale=1", "attack.stop=tight", "attack.tolerance=1e-4")
    result = run(*plain, "images=25", "probe.draws=200", "probe.box=none")
    small = share(result._replace(probes=result.probes[result.probes["center"] == "adversarial"]), "none").loc[:0.25]
    assert small.between(0.47, 0.53).all()


def test_clipping_brings_a_tight_adversarial_back(run):
    """The clip pushes pixels that rest on the box inwards, which is homewards."""
    result = run("attack.stop=tight", "images=25", "probe.draws=100", "probe.center=adversarial")
    clipped, free = share(result, "clip"), share(result, "none")
    assert (clipped.loc[:0.5] < free.loc[:0.5] - 0.08).all()


def test_without_the_clip_half_of_the_probes_are_lost_twentyfold_later(run):
    """With the authors' search and weight decay, digits as black around as MNIST's: 16 here, 27 on MNIST itself."""
    result = run("dataset.padding=8", "model.weight_decay=0.001", *PAPERS)
    clip, free = (result.findings.headline[f"half_scale/adversarial/{box}"] for box in ("clip", "none"))
    assert not clip.censored
    assert not free.censored
    assert 10 < free.value / clip.value < 40


@pytest.mark.parametrize("box", ["clip", "none"])
def test_how_tight_decides_the_curve(shared_run, box):
    """Same net, images and noise: the deeper the adversarial, the more of its probes stay at the lowest noise."""
    stops = (["attack.stop=tight"], ["attack.stop=overshoot", "attack.overshoot=0.02"], ["attack.stop=overshoot"])
    result = [shared_run(*stop, "probe.scales=[0.125]", "images=15", "probe.center=adversarial") for stop in stops]
    shares = [share(each, box).iloc[0] for each in result]
    assert shares[0] < shares[1] - 0.1
    assert shares[1] < shares[2] - 0.02
