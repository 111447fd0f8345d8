"""From rows of probes to curves."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from advspace.analysis.curves import curves


def table(shares, targets=1):
    """One row per attack and scale; the shares of the target; `targets` rows in turn belong to one image."""
    rows = [
        {
            "image_id": f"image-{attack // targets}",
            "target": attack % targets,
            "center": "adversarial",
            "box": "clip",
            "scale": scale,
            "draws": 100,
            "share_target": share,
            "share_original": 1 - share,
            "share_other": 0.0,
            "clipped": 0.25,
        }
        for attack, row in enumerate(shares)
        for scale, share in zip((4.0, 1.0, 2.0), row, strict=True)
    ]
    return pd.DataFrame(rows)


def test_mean_is_over_images_and_scales_are_sorted():
    (result,) = curves(table([[0.0, 1.0, 0.8], [0.2, 0.9, 0.4]]))
    assert result.scales.tolist() == [1.0, 2.0, 4.0]
    assert result.bands["target"].mean == pytest.approx([0.95, 0.6, 0.1])
    assert result.bands["original"].mean == pytest.approx([0.05, 0.4, 0.9])
    high, low = norm.ppf(0.6), norm.ppf(0.1)
    assert result.half.scale == pytest.approx(2 * 2 ** (high / (high - low)), rel=0.03)  # a line in probits
    assert [half.censored for half in result.halves] == ["", ""]
    assert result.clipped == pytest.approx([0.25] * 3)


def test_half_scale_interval_holds_the_mean_curves_own():
    rng = np.random.default_rng(0)
    (result,) = curves(table(np.clip(rng.normal([0.2, 0.9, 0.6], 0.15, (40, 3)), 0, 1)))
    assert result.half_low.scale < result.half.scale < result.half_high.scale
    assert result.half_high.scale / result.half_low.scale < 1.5


def test_several_attacks_on_an_image_count_as_one():
    """Attacks that repeat what the image's first one found make no interval narrower, and pairs are averaged."""
    shares = np.random.default_rng(0).random((20, 3))
    (alone,), (repeated,) = curves(table(shares)), curves(table(np.repeat(shares, 5, axis=0), targets=5))
    for name in ("mean", "low", "high"):
        assert getattr(repeated.bands["target"], name) == pytest.approx(getattr(alone.bands["target"], name))
    assert (repeated.half, repeated.half_low, repeated.half_high) == (alone.half, alone.half_low, alone.half_high)
    assert (repeated.images, len(repeated.halves)) == (20, 100)
    (paired,) = curves(table(shares, targets=2))
    (means,) = curves(table(shares.reshape(10, 2, 3).mean(1)))
    assert paired.bands["target"].low == pytest.approx(means.bands["target"].low)


def test_an_image_counts_once_however_many_of_its_attacks_failed():
    (result,) = curves(table([[0.0, 0.2, 0.1], [0.0, 0.4, 0.1], [0.0, 0.9, 0.1]], targets=2))
    assert result.bands["target"].mean[0] == pytest.approx((0.3 + 0.9) / 2)


def test_centers_and_boxes_are_kept_apart():
    adversarial = table([[0.0, 1.0, 0.5]])
    result = curves(pd.concat([adversarial, adversarial.assign(center="original", box="none")]))
    assert [(curve.center, curve.box, curve.kept) for curve in result] == [
        ("adversarial", "clip", "target"),
        ("original", "none", "original"),
    ]


def test_each_attack_is_read_with_its_own_draws():
    """With more draws that all keep their class, half are lost closer to the scale at which they are gone."""
    probes = table([[0.3, 1.0, 1.0], [0.3, 1.0, 1.0]])
    probes.loc[probes["image_id"] == "image-1", "draws"] = 10_000
    few, many = next(iter(curves(probes))).halves
    assert 2 < few.scale < many.scale < 4


def test_places_with_different_images_have_their_own_bands():
    """Three images around the adversarial, two around the original: each place is resampled with its own number."""
    adversarial, original = table(np.random.default_rng(0).random((3, 3))), table(np.full((2, 3), 0.5))
    both = curves(pd.concat([adversarial, original.assign(center="original")]))
    alone = [*curves(adversarial), *curves(original.assign(center="original"))]
    for one, other in zip(both, alone, strict=True):
        for outcome, band in one.bands.items():
            for name, values in vars(band).items():
                assert values == pytest.approx(getattr(other.bands[outcome], name))


def test_one_image_and_one_scale():
    probes = table([[0.1, 0.9, 0.6]])
    (result,) = curves(probes[probes["scale"] == 2.0])
    assert (str(result.half), str(result.half_low), str(result.half_high)) == ("> 2", "< 2", "> 2")
    band = result.bands["target"]
    assert band.low[0] < 0.6 < band.high[0]


def refined(scales, kept):
    """The table `refined` of the attacks of `table`, ten draws per scale."""
    rows = [
        {"image_id": f"image-{attack}", "target": 0, "center": "adversarial", "box": "clip"}
        | {"scales": own, "draws": [10] * len(own), "kept": counts}
        for attack, (own, counts) in enumerate(zip(scales, kept, strict=True))
    ]
    return pd.DataFrame(rows)


def test_scales_of_single_attacks_sharpen_half_scales_and_nothing_else():
    """The first attack loses half between 2 and 2.8, the second between 1 and 2; neither says so at 1, 2 and 4."""
    probes = table([[0.0, 1.0, 1.0], [0.0, 1.0, 0.2]])
    (plain,) = curves(probes)
    (sharper,) = curves(probes, None, refined([[2**1.5], [2**0.5]], [[0], [10]]))
    assert plain.halves[0].scale == pytest.approx(2**1.5)
    assert 2 < sharper.halves[0].scale < 2**1.5
    assert 2**0.5 < sharper.halves[1].scale < 2
    assert sharper.half.scale != plain.half.scale
    assert sharper.scales.tolist() == plain.scales.tolist() == [1.0, 2.0, 4.0]
    for outcome, shares in plain.shares.items():
        assert sharper.shares[outcome].tolist() == shares.tolist()
        assert sharper.bands[outcome].mean.tolist() == plain.bands[outcome].mean.tolist()


def test_scales_beyond_those_of_all_attacks_are_left_out():
    """In pooled runs one ladder may be longer than another; nothing is known of the others there."""
    probes = table([[0.2, 1.0, 0.8], [0.2, 1.0, 0.8]])
    (plain,), (same,) = curves(probes), curves(probes, None, refined([[5.6], [2.0]], [[1], [0]]))
    assert same.halves == plain.halves


def test_without_a_scale_between_nothing_changes():
    probes = table([[0.2, 1.0, 0.8], [0.9, 1.0, 0.9]])
    (plain,), (same,) = curves(probes), curves(probes, None, refined([[], []], [[], []]))
    assert (same.halves, same.half, same.half_low) == (plain.halves, plain.half, plain.half_low)
