"""A logger whose errors stop nothing."""

from pytorch_lightning.loggers.logger import DummyLogger

from advspace.tracking.isolated import Isolated


class Breaking(DummyLogger):
    """Refuses everything from the second metric on."""

    def __init__(self):
        super().__init__()
        self.got = []

    def log_metrics(self, metrics, step=None):
        if self.got:
            raise OSError("disk\nfull")
        self.got.append((metrics, step))

    def finalize(self, status):
        raise AssertionError("the results come after the training")


def test_after_an_error_it_gets_nothing_more():
    inner, said = Breaking(), []
    logger = Isolated(inner, said.append)
    assert (logger.name, logger.version) == (None, None)
    logger.log_hyperparams({"a": 1})
    logger.log_metrics({"loss": 1.0}, 3)
    assert not logger.failed
    logger.log_metrics({"loss": 0.5}, 4)
    logger.log_metrics({"loss": 0.2}, 5)
    logger.save()
    assert inner.got == [({"loss": 1.0}, 3)]
    assert said == ["disk full"]
    assert logger.failed
