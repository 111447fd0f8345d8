"""What to cite, as BibTeX: the paper whose experiment this is, and this program."""

PAPER = """@misc{tabacof2015exploring,
  title = {Exploring the Space of Adversarial Images},
  author = {Tabacof, Pedro and Valle, Eduardo},
  year = {2015},
  eprint = {1510.05328},
  archivePrefix = {arXiv},
  url = {https://arxiv.org/abs/1510.05328}
}"""
PROGRAM = """@software{advspace,
  title = {{advspace}: Explore the space around adversarial images},
  author = {{The advspace developers}},
  version = {%s},
  license = {MIT}
}"""


def bibtex(version: str) -> str:
    """Both entries, as `CITATION.cff` has them.

    Args:
        version: Version of the program that made the results.
    """
    return f"{PAPER}\n\n{PROGRAM % version}"
