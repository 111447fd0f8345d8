"""The report page, read as text: what it says is what the tables hold, and names cannot break it."""

import shutil
from importlib.metadata import version
from urllib.parse import unquote

import numpy as np
import pytest
from kept_tensors import CountedRun
from made_run import made_run, reported, summed_up
from page_text import Page

from advspace import AdvspaceError
from advspace.analysis.findings import Findings
from advspace.analysis.finished_run import read_run
from advspace.analysis.summary import summarise, write_summary
from advspace.comparison.comparison import read_comparison
from advspace.report import write_comparison_report, write_report
from advspace.report.single import run_page
from advspace.run_directory import RunDirectory
from advspace.statistics.interval import wilson
from advspace.statistics.rounding import rounded_down, rounded_up

DASH = "\N{EN DASH}"
NASTY = "<script>alert('\"&</script>"


def page_of(directory):
    return Page(reported(directory).read_text())


def test_the_page_says_what_the_tables_hold(tmp_path):
    page = page_of(made_run(tmp_path / "run", 5, failed=[3]))
    assert "5 images of made, 5 targeted attacks by none on hand, then probed with coin noise." in page.text
    assert "python probe.py seed=7 'dataset.only=[a, b]'" in page.text
    assert "4 of 5 attacks on 5 images reached their goal. Passed over: 1 which the model misclassifies." in page.text
    low, high = map(float, wilson(4, 5))
    assert f"attacks that succeeded 0.8 [{rounded_down(low)}, {rounded_up(high)}] of the attacks" in page.text
    assert "The median distortion has an L2 norm of 2.5 (from 1 to 5)" in page.text  # of 1, 2, 3 and 5
    assert f"an rms of {2.5 / np.sqrt(64) * 255:.3g} grey levels" in page.text
    assert "mean L2 of the distortion 2.75 [" in page.text
    half = "half scale around the adversarial, clipped to the box 1.41 [1, 2] x the distortion's sd"
    assert half in page.text
    place = "Around the adversarial, clipped to the box, half of the probes are lost at 1.41 x the distortion's sd"
    assert f"{place}; all 4 attacks lose half (median 1.41)." in page.text
    assert ["made-1", "zero", "one", "reached", "2.00", "0.250", "0.500", "99", "1.41", "1.41"] in [
        row[:10] for row in page.rows
    ]
    lost = ["made-3", *3 * [DASH], "zero", "one", "no luck & <b>3</b>", *3 * [DASH], "9", *2 * [DASH]]
    assert lost in [row[: len(lost)] for row in page.rows]
    assert ["no luck & <b>3</b>", "1", "made-3"] in page.rows
    assert ["adversarial", "clip", "1.00", "target", "1.00", "1.00", "0.00", "4", "4"] in [
        [*row[:5], *row[6:7], *row[-3:]] for row in page.rows
    ]
    assert ["noise coin", "coins 2.0"] in page.rows
    assert ["seed", "7"] in page.rows


def test_names_cannot_break_the_page(tmp_path):
    plain = page_of(made_run(tmp_path / "plain"))
    nasty = page_of(made_run(tmp_path / "nasty", classes=[NASTY, NASTY, NASTY]))
    assert nasty.tags == plain.tags
    named = 4 * 4  # rows of the table of flow: center, box policy and scale
    assert sum(row.count(NASTY) for row in nasty.rows) == 2 * 4 + named
    flow = named + 1 + 2 * 2 + 2 * 4  # table, legend, twice in both sentences, beside each attack for both box policies
    assert nasty.text.count(NASTY) == 2 * 4 + 2 * 4 + flow  # in the table and above the pictures of the gallery


def test_the_page_asks_for_nothing_but_what_lies_beside_it(tmp_path):
    directory = made_run(tmp_path / "run")
    outside = [source for source in page_of(directory).sources if not source.startswith("data:image/")]
    assert sorted(outside) == ["images.parquet", "plan.json", "probes.parquet", "summary.json", "tensors"]
    assert all((directory / source).exists() for source in outside)


def test_censored_half_scales_are_said_plainly(tmp_path):
    page = page_of(made_run(tmp_path / "above", kept=[10, 10, 10, 9]))
    assert "half scale around the original, not clipped > 4 [> 4, > 4] x the distortion's sd" in page.text
    assert "more than half of the probes are kept at every scale, up to 4 x the distortion's sd" in page.text
    assert "4 of 4 attacks never lose half (median > 4)" in page.text
    page = page_of(made_run(tmp_path / "below", kept=[1, 0, 0, 0]))
    assert "half scale around the original, not clipped < 0.5 [< 0.5, < 0.5] x the distortion's sd" in page.text
    assert "half of the probes are lost already at the lowest scale, 0.5 x the distortion's sd" in page.text
    assert "all 4 attacks lose half (median < 0.5)" in page.text


def test_a_run_without_success_says_so(tmp_path):
    page = page_of(made_run(tmp_path / "run", 2, failed=[0, 1]))
    assert "0 of 2 attacks on 2 images reached their goal." in page.text
    assert ["half_scale", "the run has no probes"] in page.rows
    assert "img" not in page.tags
    assert "figure" not in page.tags
    assert (tmp_path / "run" / "report.html").stat().st_size < 50_000


def test_a_run_that_was_stopped_shows_what_there_is(tmp_path):
    """Its last batch left tensors and probes, and not yet the table of images."""
    directory = made_run(tmp_path / "run", planned=6, finished=False)
    for table, kind in (("tensors", "safetensors"), ("probes.parquet", "parquet")):
        part = directory / table / f"part-0000000.{kind}"
        part.with_stem("part-0000004").write_bytes(part.read_bytes())
    page = page_of(directory)
    assert "Not finished: 4 of 6 attacks are done" in page.text
    assert "4 of 4 attacks on 4 images reached their goal." in page.text
    assert ["noise.plugin", "coin"] in page.rows


def test_without_tensors_there_are_no_pictures(tmp_path):
    directory = made_run(tmp_path / "run")
    shutil.rmtree(directory / "tensors")
    page = page_of(directory)
    assert "The tensors are not in the directory any more, so there are no pictures." in page.text
    assert "img" not in page.tags


def test_an_older_run_has_numbers_for_names(tmp_path):
    page = page_of(made_run(tmp_path / "run", classes=[]))
    assert ["made-0", "0", "1", "reached", "1.00", "0.250", "0.500", "100", "1.41", "1.41"] in [
        row[:10] for row in page.rows
    ]


def test_nothing_there(tmp_path):
    with pytest.raises(AdvspaceError, match=f"there are no finished images in {tmp_path}"):
        reported(tmp_path)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (".hydra/config.yaml", r"config.yaml cannot be read \(.*; restore it, or start the run anew"),
        ("plan.json", r"plan.json cannot be read \(.*; make it again: python probe.py resume="),
        ("images.parquet/part-0000000.parquet", r"part-0000000: it cannot be read from images.parquet.*; make these"),
    ],
)
def test_damaged_files(tmp_path, name, said):
    directory = made_run(tmp_path / "run")
    (directory / name).write_text("half a fi: [")
    with pytest.raises(AdvspaceError, match=said):
        reported(directory)


def test_writing_again_gives_the_same_file(tmp_path):
    directory = made_run(tmp_path / "run")
    first = reported(directory).read_bytes()
    assert reported(directory).read_bytes() == first


@pytest.mark.slow
def test_a_large_run_keeps_to_its_size(tmp_path):
    """Two hundred pictures of white noise, which compress worst of all."""
    directory = made_run(tmp_path / "run", 210, shape=(3, 128, 128), boxes=["clip"])
    page = page_of(directory)
    assert page.tags.count("img") == 3 * 200 + 3 * 5  # in the table and in the gallery
    assert "Pictures of the first 200" in page.text
    assert (directory / "report.html").stat().st_size < 6e6


def test_one_image_is_in_memory_at_a_time(tmp_path):
    conclusion = summed_up(made_run(tmp_path / "run", 9))
    run = CountedRun.of(conclusion.run)
    assert run_page(run, conclusion.findings, conclusion.summary)["pictured"] == 9
    assert len(run.alive) == 9
    assert max(run.alive) == 1


@pytest.mark.parametrize("folders", [("0",), ("noise=a b", "seed=1")])
def test_a_run_leads_to_its_comparison_also_after_a_move(tmp_path, folders):
    """The link is there before the comparison is; a comparison links back to the run."""
    multirun = tmp_path / "multi"
    directory = multirun.joinpath(*folders)
    directory.parent.mkdir(parents=True)
    (multirun / "multirun.yaml").write_text("{}")
    run = read_run(made_run(directory, finished=False))
    write_summary(RunDirectory(directory), summary := summarise(run, Findings()))
    write_report(run, Findings(), summary)
    write_comparison_report(read_comparison(multirun), Findings())
    multirun.rename(tmp_path / "moved")
    page = (tmp_path / "moved").joinpath(*folders) / "report.html"
    there = linked(page)
    assert there == tmp_path / "moved" / "report.html"
    assert linked(there) == page


def linked(page):
    """The report that a report links to."""
    (link,) = [source for source in Page(page.read_text()).sources if source.endswith("report.html")]
    return (page.parent / unquote(link)).resolve()


def test_a_run_alone_leads_to_no_comparison_and_says_what_to_cite(tmp_path):
    page = page_of(made_run(tmp_path / "run"))
    assert "report.html" not in " ".join(page.sources)
    assert "@misc{tabacof2015exploring," in page.text
    assert f"version = {{{version('advspace')}}}" in page.text
