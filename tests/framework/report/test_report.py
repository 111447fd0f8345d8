"""The report page, read as text: what it says is what the tables hold, and names cannot break it."""

import re
from base64 import b64decode
from html.parser import HTMLParser
from io import BytesIO

import numpy as np
import pytest
import torch
from made_run import compared, made_multirun, made_run, reported
from PIL import Image

from advspace import AdvspaceError, Estimate
from advspace.comparison.failed_run import write_failure
from advspace.records.tables import read_tensors
from advspace.report.pictures import pictures
from advspace.report.table import cell
from advspace.statistics.interval import wilson

DASH = "\N{EN DASH}"
NASTY = "<script>alert('\"&</script>"


class Page(HTMLParser):
    """What a browser would make of a page: its tags, its table's rows, its visible text."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.rows, self.sources, self._text = [], [], [], []
        self._hidden = self._in_row = False
        self.feed(text)
        self.text = " ".join(" ".join(self._text).split())

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self._hidden = tag in ("script", "style")
        self.sources += [value for name, value in attrs if name in ("src", "href")]
        if tag == "tr":
            self._in_row = True
            self.rows.append([])

    def handle_endtag(self, tag):
        self._hidden = False
        if tag == "tr":
            self._in_row = False

    def handle_data(self, data):
        if not self._hidden:
            self._text.append(data)
            if self._in_row and data.strip():
                self.rows[-1].append(data.strip())


def page_of(directory):
    return Page(reported(directory).read_text())


def test_the_page_says_what_the_tables_hold(tmp_path):
    page = page_of(made_run(tmp_path / "run", 5, failed=[3]))
    assert "5 images of made, 5 targeted attacks by none on hand, then probed with coin noise." in page.text
    assert "python probe.py seed=7 'dataset.only=[a, b]'" in page.text
    assert "4 of 5 attacks on 5 images reached their goal. Passed over: 1 which the model misclassifies." in page.text
    low, high = wilson(4, 5)
    assert f"attacks that succeeded 0.8 [{low:.3g}, {high:.3g}] of the attacks" in page.text
    assert "The median distortion has an L2 norm of 2.5 (from 1 to 5)" in page.text  # of 1, 2, 3 and 5
    assert f"an rms of {2.5 / np.sqrt(64) * 255:.3g} grey levels" in page.text
    assert "mean L2 of the distortion 2.75 [" in page.text
    half = "half scale around the adversarial, clipped to the box 1.41 [1.41, 1.41] x the distortion's sd"
    assert half in page.text
    place = "Around the adversarial, clipped to the box, half of the probes are lost at 1.41 x the distortion's sd"
    assert f"{place}; all 4 attacks lose half (median 1.41)." in page.text
    assert ["made-1", "zero", "one", "reached", "2.00", "0.250", "0.500", "99", "1.41", "1.41"] in page.rows
    assert ["made-3", *3 * [DASH], "zero", "one", "no luck & <b>3</b>", *3 * [DASH], "9", *2 * [DASH]] in page.rows
    assert ["no luck & <b>3</b>", "1", "made-3"] in page.rows
    assert ["adversarial", "clip", "1.00", "target", "1.00", "1.00", "0.00", "4", "4"] in [
        [*row[:5], *row[6:]] for row in page.rows
    ]
    assert ["noise coin", "coins 2.0"] in page.rows
    assert ["seed", "7"] in page.rows


def test_names_cannot_break_the_page(tmp_path):
    plain = page_of(made_run(tmp_path / "plain"))
    nasty = page_of(made_run(tmp_path / "nasty", classes=[NASTY, NASTY, NASTY]))
    assert nasty.tags == plain.tags
    assert sum(row.count(NASTY) for row in nasty.rows) == 2 * 4
    assert nasty.text.count(NASTY) == 2 * 4 + 2 * 4  # in the table and above the pictures of the gallery


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
    (directory / "tensors" / "part-0000000.safetensors").unlink()
    page = page_of(directory)
    assert "The tensors are not in the directory any more, so there are no pictures." in page.text
    assert "img" not in page.tags


def test_an_older_run_has_numbers_for_names(tmp_path):
    page = page_of(made_run(tmp_path / "run", classes=[]))
    assert ["made-0", "0", "1", "reached", "1.00", "0.250", "0.500", "100", "1.41", "1.41"] in page.rows


def test_nothing_there(tmp_path):
    with pytest.raises(AdvspaceError, match=f"there are no finished images in {tmp_path}"):
        reported(tmp_path)


@pytest.mark.parametrize("name", [".hydra/config.yaml", "plan.json", "images.parquet/part-0000000.parquet"])
def test_damaged_files(tmp_path, name):
    directory = made_run(tmp_path / "run")
    (directory / name).write_text("half a fi: [")
    with pytest.raises(AdvspaceError, match=r"the files of .* cannot be read .*; restore them, or run it again"):
        reported(directory)


def test_writing_again_gives_the_same_file(tmp_path):
    directory = made_run(tmp_path / "run")
    first = reported(directory).read_bytes()
    assert reported(directory).read_bytes() == first


def decoded(uri):
    kind, content = re.fullmatch(r"data:image/(\w+);base64,(.*)", uri).groups()
    return kind, Image.open(BytesIO(b64decode(content)))


def test_pictures_of_digits_are_exact(tmp_path):
    (_, pair), *_ = read_tensors(made_run(tmp_path / "run", shape=(1, 8, 8)))
    result = pictures(pair)
    for uri, image in ((result.original, pair["image"]), (result.adversarial, pair["adversarial"])):
        kind, picture = decoded(uri)
        assert kind == "png"
        assert np.abs(np.asarray(picture) / 255 - image[0].clamp(0, 1).numpy()).max() <= 0.5 / 255 + 1e-6
    assert result.pixelated
    assert (result.width, result.height) == (80, 80)
    distortion = np.asarray(decoded(result.distortion)[1]) / 255
    difference = (pair["adversarial"] - pair["image"])[0].numpy()
    assert np.abs(distortion - 0.5 - result.gain * difference).max() <= 0.5 / 255 + 1e-6
    assert np.abs(distortion - 0.5).max() == pytest.approx(0.5, abs=0.01)


def test_pictures_of_photographs_are_reduced():
    colour = torch.tensor([0.8, 0.4, 0.1]).reshape(3, 1, 1).expand(3, 120, 240)
    result = pictures({"image": colour, "adversarial": colour + 0.01})
    kind, picture = decoded(result.original)
    assert (kind, picture.size, picture.mode) == ("webp", (112, 56), "RGB")
    assert np.abs(np.asarray(picture) / 255 - colour[:, 0, 0].numpy()).max() < 0.03
    assert not result.pixelated
    assert (result.width, result.height) == (84, 42)


def test_the_runs_of_a_multirun_side_by_side(tmp_path):
    page = Page(compared(made_multirun(tmp_path / "multi")).read_text())
    assert "4 runs finished, 1 failed or not finished. They differ in model, noise." in page.text
    assert "python probe.py -m noise=gaussian,empirical,broken seed=7" in page.text
    rows = {row[0]: row for row in reversed(page.rows) if row and row[0].isdigit()}  # the table of runs is the first
    assert rows["0"][:5] == ["0", "hand", "gaussian", "4", "1 [0.51, 1]"]
    assert rows["0"][6:11] == [*4 * ["1.41 [1.41, 1.41]"], "2.5 [1.5, 3.5]"]
    assert rows["3"][:5] == ["3", "foot", "empirical", "4", "1 [0.51, 1]"]
    assert rows["3"][6:11] == [*4 * ["< 0.5 [< 0.5, < 0.5]"], "2.5 [1.5, 3.5]"]
    assert ["4", "seed=7 dataset.only=[a, b]", "no <noise> & no luck"] in page.rows
    assert page.tags.count("option") == 5  # noises, models, clip, and two noises on both models
    assert ["seed", "7"] in page.rows
    assert not any(row[:1] == ["noise.plugin"] for row in page.rows)
    assert page.sources == ["2/report.html", "comparison"]


def test_a_multirun_in_which_every_run_failed(tmp_path):
    made_run(tmp_path / "0", finished=False)
    write_failure(tmp_path / "0", "no luck", "trace")
    page = Page(compared(tmp_path).read_text())
    assert "No run is finished: there is nothing to compare." in page.text
    assert ["0", "seed=7 dataset.only=[a, b]", "no luck"] in page.rows


@pytest.mark.slow
def test_a_large_run_keeps_to_its_size(tmp_path):
    """Two hundred pictures of white noise, which compress worst of all."""
    directory = made_run(tmp_path / "run", 210, shape=(3, 128, 128), boxes=["clip"])
    page = page_of(directory)
    assert page.tags.count("img") == 3 * 200 + 3 * 5  # in the table and in the gallery
    assert "Pictures of the first 200" in page.text
    assert (directory / "report.html").stat().st_size < 6e6


@pytest.mark.parametrize(
    ("value", "text", "key"),
    [
        (Estimate(1.5), "1.5", 1.5),
        (Estimate(4.0, censored="above"), "> 4", float("inf")),
        (Estimate(0.5, censored="below"), "< 0.5", float("-inf")),
        (None, "", None),
        (float("nan"), "", None),
        (12, "12", 12),
        (1.0, "1.00", 1.0),
        (123.4, "123", 123.4),
        (0.00123, "0.00123", 0.00123),
        ("reached", "reached", "reached"),
    ],
)
def test_cells_say_and_are_sorted_by(value, text, key):
    """Numbers have three digits; an estimate that is censored is sorted beyond all others."""
    assert (cell(value).text, cell(value).key) == (text, key)
