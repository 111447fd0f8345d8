"""The ladder of scales against known probabilities, and independent of how it is cut up."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.stats import multivariate_normal, norm

from advspace import AdvspaceError, Case, NoiseBlocks
from advspace.testing import check_probe
from advspace_plugins.noise.empirical import Empirical
from advspace_plugins.noise.gaussian import Gaussian
from advspace_plugins.probe.ladder import Ladder

BLOCKS = NoiseBlocks((0, "a", "gaussian"))


def ladder(**settings):
    """The records of a ladder, without its tables."""
    return lambda *given: Ladder(**settings)(*given).records


def test_one_record_per_center_scale_and_box(model, case):
    result = ladder(scales=(2.0, 0.5), draws=7)(model, case, Gaussian(), BLOCKS)
    cells = [(row.center, row.scale, row.box) for row in result]
    assert cells == [(c, s, b) for c in ("adversarial", "original") for s in (0.5, 2.0) for b in ("clip", "none")]
    assert all(row.draws == sum(row.class_counts) == row.n_target + row.n_original + row.n_other == 7 for row in result)


def test_unclipped_shares_of_a_linear_model_are_orthant_probabilities(model, case):
    """P(class) = P(all logit differences > 0): a normal orthant, from scipy; 4.9 standard errors each way."""
    scale, draws = 2.0, 20_000
    weight, bias = model[1].weight.double(), model[1].bias.double()
    logits = weight @ case.image.double().flatten() + bias
    sd = scale * case.distortion.double().std(correction=0).item()
    (result,) = ladder(scales=(scale,), draws=draws, center="original", box="none")(model, case, Gaussian(), BLOCKS)
    for cls in range(3):
        others = [other for other in range(3) if other != cls]
        rows = (weight[cls] - weight[others]).numpy()
        law = multivariate_normal(np.zeros(2), sd**2 * rows @ rows.T)
        probability = law.cdf((logits[cls] - logits[others]).numpy())
        error = np.sqrt(probability * (1 - probability) / draws)
        assert abs(result.class_counts[cls] / draws - probability) < 4.9 * error + 1e-3


def test_clipped_shares_of_one_pixel(linear):
    """One pixel at the box: half of the clipped probes stay exactly on the center."""
    model = linear(torch.tensor([[0.0], [1.0]]), torch.tensor([0.0, -0.95]))
    case = Case("a", torch.tensor([[[0.5]]]), torch.tensor([[[1.0]]]), label=0, target=1)
    noise = OneSigma()
    (clipped,) = ladder(scales=(0.1,), draws=20_000, center="adversarial", box="clip")(model, case, noise, BLOCKS)
    assert clipped.n_target / clipped.draws == pytest.approx(norm.cdf(0.5), abs=0.015)
    assert clipped.clipped == pytest.approx(0.5, abs=0.015)
    assert clipped.noise_mean == pytest.approx(-0.1 * norm.pdf(0), abs=0.003)


class OneSigma(Gaussian):
    """Noise of standard deviation `scale`, as a single pixel has none of its own."""

    def sample(self, distortion, scale, draws, generator):
        return scale * torch.randn(draws, *distortion.shape, generator=generator)


@pytest.mark.parametrize("per_forward", [1, 16, 33, 10_000])
@pytest.mark.parametrize("noise", [Gaussian(), Empirical(pool="channel")])
def test_chunks_change_nothing(model, case, noise, per_forward):
    probe = ladder(draws=120)
    whole = probe(model, case, noise, BLOCKS)
    cut = probe(model, case, noise, replace(BLOCKS, per_forward=per_forward))
    assert [row.class_counts for row in cut] == [row.class_counts for row in whole]
    assert [row.noise_l2 for row in cut] == pytest.approx([row.noise_l2 for row in whole])


def test_order_and_company_of_scales_change_nothing(model, case):
    whole = {(row.center, row.scale, row.box): row for row in ladder()(model, case, Gaussian(), BLOCKS)}
    for row in ladder(scales=(4.0,), center="original", box="none")(model, case, Gaussian(), BLOCKS):
        assert whole[row.center, row.scale, row.box] == row


def test_both_boxes_see_the_same_noise(model, linear, case):
    """Where the box is far away, clipping changes nothing at all."""
    inner = Case("a", torch.full((1, 4, 4), 0.5), 0.5 + 0.01 * case.distortion, label=0, target=1)
    rows = ladder(scales=(1.0,), draws=200)(model, inner, Gaussian(), BLOCKS)
    assert rows[0].class_counts == rows[1].class_counts
    assert rows[0].clipped == 0


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"draws": 0}, "draws must be >= 1, got 0"),
        ({"scales": (1.0, -2.0)}, "scales must be finite and > 0, got -2.0"),
        ({"scales": (float("inf"),)}, "scales must be finite and > 0, got inf"),
        ({"scales": ()}, "scales must be one or more different numbers"),
        ({"scales": (1.0, 1.0)}, "scales must be one or more different numbers"),
        ({"center": "middle"}, "center must be one of both, all, adversarial, original, tight, got 'middle'"),
        ({"line": (0.5, 1.5)}, "line must be different numbers between 0 and 1"),
        ({"line": (0.5, 0.5)}, "line must be different numbers between 0 and 1"),
        ({"linearised": -1}, "linearised must be >= 0, got -1"),
        ({"keep_labels": -1}, "keep_labels must be >= 0, got -1"),
        ({"box": "reflect"}, "box must be one of clip, none, both, got 'reflect'"),
    ],
)
def test_refused(settings, said):
    with pytest.raises(AdvspaceError, match=said):
        Ladder(**settings)


def test_cells_without_shared_draws_have_noise_of_their_own(model, case):
    """As the paper: each center and scale has random numbers of its own, which both boxes see."""
    result = ladder(scales=(0.5, 2.0), draws=70, shared_draws=False)(model, case, Gaussian(), BLOCKS)
    noises = {}
    for row in result:
        parts = BLOCKS.offsets(Gaussian(), case.distortion, (row.scale,), 70, (row.center, row.scale))
        noise = row.scale * torch.cat([offsets.unit for _, offsets, _ in parts])
        points = case.center(row.center) + noise
        points = points.clamp(0, 1) if row.box == "clip" else points
        assert row.class_counts == model(points).argmax(1).bincount(minlength=3).tolist()
        assert row.noise_mean == pytest.approx((points - case.center(row.center)).mean().item(), abs=1e-7)
        noises[row.center, row.scale] = noise / row.scale
    assert len({noise.sum().item() for noise in noises.values()}) == 4


@pytest.mark.parametrize("draws", [50, 51])
def test_one_of_each_pair_is_kept_on_a_flat_boundary(linear, draws):
    """At a point on the boundary a draw and its mirror image are on different sides; an odd draw is alone."""
    case = Case("a", torch.full((1, 4, 4), 0.5), torch.linspace(0.4, 0.6, 16).reshape(1, 4, 4), label=0, target=1)
    weight = torch.randn(16, generator=torch.Generator().manual_seed(1))
    model = linear(torch.stack([torch.zeros(16), weight]), torch.tensor([0.0, -float(0.5 * weight.sum())]))
    probe = ladder(scales=(0.5, 2.0), draws=draws, center="original", box="none", pairs=True)
    for row in probe(model, case, Gaussian(), BLOCKS):
        assert row.draws == draws
        assert abs(row.n_target - draws / 2) <= 0.5


def test_in_a_ball_around_the_center_the_second_of_a_pair_says_nothing_new():
    """Why pairs are no default: the region is the same on both sides, so a pair is worth one draw."""
    case = Case("a", torch.full((1, 4, 4), 0.5), torch.linspace(0.4, 0.6, 16).reshape(1, 4, 4), label=0, target=1)
    probe = Ladder(scales=(2.0,), draws=400, center="original", box="none", pairs=True)
    (row,) = probe(Ball(), case, Gaussian(), BLOCKS).tables["labels"]
    classes = np.frombuffer(row["labels"], np.uint8)
    assert set(classes) == {0, 1}
    assert classes[::2].tolist() == classes[1::2].tolist()


class Ball(torch.nn.Module):
    """Class 0 within half a unit of the grey image, class 1 outside."""

    def forward(self, image):
        distance = torch.linalg.vector_norm(image - 0.5, dim=(1, 2, 3))
        return torch.stack([0.5 - distance, distance - 0.5], 1)


def test_pairs_need_a_symmetric_noise(model, case):
    with pytest.raises(AdvspaceError, match=r"got Empirical; set probe.pairs=false"):
        ladder(pairs=True)(model, case, Empirical(), BLOCKS)


def refined(case, model, noise=None, blocks=BLOCKS, **settings):
    """The result of a ladder of three scales that refines."""
    return Ladder(scales=SPARSE, refine=True, **settings)(model, case, noise or Gaussian(), blocks)


SPARSE = (0.25, 2.0, 16.0)


@pytest.mark.parametrize(
    "settings", [{}, {"shared_draws": False}, {"pairs": True}, {"until": "width:0.1", "draws": 300}], ids=str
)
def test_refining_counts_what_a_ladder_with_these_scales_would(model, case, settings):
    """The records of the ladder stay as they are, and the random numbers depend on no company of scales."""
    result = refined(case, model, **settings)
    assert result.records == ladder(scales=SPARSE, **settings)(model, case, Gaussian(), BLOCKS)
    rows = result.tables["refined"]
    assert [(row["center"], row["box"]) for row in rows] == [
        (center, box) for center in ("adversarial", "original") for box in ("clip", "none")
    ]
    assert any(row["scales"] for row in rows)
    for row in rows:
        for scale, draws, kept in zip(row["scales"], row["draws"], row["kept"], strict=True):
            around = {"center": row["center"], "box": row["box"]}
            (same,) = ladder(scales=(scale,), **around, **settings)(model, case, Gaussian(), BLOCKS)
            count = same.n_original if row["center"] == "original" else same.n_target
            assert (same.draws, count) == (draws, kept)


def test_refining_leaves_an_eighth_of_the_step_where_half_is_lost(model, case):
    result = refined(case, model, draws=200)
    for row in result.tables["refined"]:
        curve = {each.scale: each for each in result.records if (each.center, each.box) == (row["center"], row["box"])}
        share = {
            scale: (each.n_original if row["center"] == "original" else each.n_target) / 200
            for scale, each in curve.items()
        }
        share |= {scale: kept / 200 for scale, kept in zip(row["scales"], row["kept"], strict=True)}
        above = [scale for scale in sorted(share) if share[scale] > 0.5]
        if row["scales"]:
            beyond = min(scale for scale in share if scale > above[-1])
            assert beyond / above[-1] == pytest.approx(8 ** (1 / 8))


def test_single_draws_have_the_added_scales_too(model, case):
    """C and the labels are those of a ladder that has all these scales."""
    result = refined(case, model, draws=60)
    for place, row in enumerate(result.tables["refined"]):
        around = {"center": row["center"], "box": row["box"]}
        every = tuple(sorted({*SPARSE, *row["scales"]}))
        whole = Ladder(scales=every, draws=60, **around)(model, case, Gaussian(), BLOCKS).tables
        for name in ("joint", "labels"):
            assert result.tables[name][place] == whole[name][0]


@pytest.mark.parametrize("per_forward", [7, 10_000])
def test_refining_does_not_depend_on_the_forward_pass(model, case, per_forward):
    cut = refined(case, model, blocks=replace(BLOCKS, per_forward=per_forward))
    assert cut.tables == refined(case, model).tables


def test_refining_one_scale_adds_none(model, case):
    rows = Ladder(scales=(1.0,), refine=True)(model, case, Gaussian(), BLOCKS).tables["refined"]
    assert [row["scales"] for row in rows] == [[], [], [], []]


def test_refining_keeps_the_contract_of_a_probe():
    check_probe(Ladder(scales=SPARSE, refine=True), installed=False)


def test_a_run_reads_half_scales_at_the_added_scales(run):
    """Only they change: the table of probes and the mean shares are those of the ladder."""
    common = ("images=4", "probe.scales=[0.1,30]", "probe.box=none", "analysis=[shares,half_scale]")
    plain, finer = run(*common), run(*common, "probe.refine=true")
    assert finer.probes.equals(plain.probes)
    shares, halves = ([each.findings.made[name].table for each in (plain, finer)] for name in ("shares", "half_scale"))
    assert shares[1].equals(shares[0])
    assert (halves[1]["half_scale"] != halves[0]["half_scale"]).any()
    assert halves[1]["censored"].equals(halves[0]["censored"])
