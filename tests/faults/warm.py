"""All that a run imports: a process that is forked after this begins with its work."""

import logging

import hydra
import matplotlib.backends.backend_agg
import matplotlib.backends.backend_pdf
import matplotlib.backends.backend_svg
import matplotlib.figure
import pandas
import plotly.graph_objects
import pyarrow.parquet
import pytorch_lightning
import sklearn.datasets
import torch

import advspace.figures
import advspace.report
import advspace.run.predict
import advspace.run.probe
import advspace.run.resume_multirun
import advspace.training.train
import advspace_plugins.attack.lbfgsb.attack
import advspace_plugins.dataset.digits

IMPORTED = (hydra, matplotlib, pandas, plotly, pyarrow, pytorch_lightning, sklearn, torch, advspace, advspace_plugins)
logging.getLogger("pytorch_lightning").setLevel(logging.WARNING)
