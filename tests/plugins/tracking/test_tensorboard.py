"""TensorBoard's files, read back with its own reader of events."""

import numpy as np
import pandas as pd
import pytest
from made_results import PIXELS, made_results

from advspace.tracking.contract import TrackedRun
from advspace_plugins.tracking.tensorboard import MOST_ROWS, TensorBoard, _html

pytest.importorskip("tensorboard")


def read(folder):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(folder), size_guidance={"images": 0, "tensors": 0})
    return events.Reload()


def text(events, name):
    (event,) = events.Tensors(f"{name}/text_summary")
    return event.tensor_proto.string_val[0].decode()


def test_scalars_images_texts_and_settings_are_read_back(tmp_path):
    run = TrackedRun(tmp_path / "a b", {"seed": 7, "noise": {"plugin": "<b>"}})
    results = made_results(run.directory)
    with TensorBoard().opened(run) as logger:
        logger.log_metrics({"train_loss": 2.0}, 5)
        TensorBoard().log(logger, results)
        assert TensorBoard().place(logger, run) == f"TensorBoard: tensorboard --logdir '{tmp_path}/a b'"
        assert TensorBoard().place(logger, TrackedRun(tmp_path, group="g", name="n")) == ""
    events = read(run.directory / "tensorboard")
    assert [(each.step, each.value) for each in events.Scalars("train_loss")] == [(5, 2.0)]
    assert [each.value for each in events.Scalars("half/adversarial")] == [0.5]
    assert text(events, "half/adversarial_censored") == "above"
    assert "plugin: &lt;b&gt;" in text(events, "settings")
    table = text(events, "tables/shares")
    assert "<td>[1, 2]</td>" in table
    assert "<td>&lt;b&gt;</td>" in table
    assert text(events, "report") == str(results.report)
    (image,) = events.Images("shares_chart")
    assert (image.height, image.width) == PIXELS.shape[:2]
    tags = events.summary_metadata
    assert any(data.plugin_data.plugin_name == "hparams" for data in tags.values())


def test_a_long_table_says_how_many_rows_it_has():
    html = _html(pd.DataFrame({"row": np.arange(MOST_ROWS + 1)}))
    assert html.startswith(f"<p>{MOST_ROWS} of {MOST_ROWS + 1} rows</p>")
    assert html.count("<tr") == MOST_ROWS + 1
    assert "\n" not in html
