"""BibTeX entries agree with `CITATION.cff`, which says what to cite."""

import re
from pathlib import Path

import yaml

from advspace.report.citation import bibtex

STATED = yaml.safe_load((Path(__file__).parents[3] / "CITATION.cff").read_text())


def entries():
    """The fields of both entries, without braces."""
    found = re.findall(r"@(\w+)\{(\w+),\n(.*?)\n\}", bibtex(STATED["version"]), re.DOTALL)
    return [
        (kind, dict(re.findall(r"^  (\w+) = \{(.*?)\},?$", body.replace("{{", "{").replace("}}", "}"), re.MULTILINE)))
        for kind, _, body in found
    ]


def test_the_paper_is_the_preferred_citation():
    kind, paper = entries()[0]
    stated = STATED["preferred-citation"]
    people = " and ".join(f"{each['family-names']}, {each['given-names']}" for each in stated["authors"])
    assert kind == "misc"
    assert (paper["title"], paper["author"]) == (stated["title"], people)
    assert (paper["year"], paper["url"]) == (str(stated["year"]), stated["url"])
    assert stated["url"].endswith(paper["eprint"])


def test_the_program_has_its_version_and_license():
    kind, program = entries()[1]
    assert kind == STATED["type"]
    assert program["title"].replace("}", "") == f"{STATED['title']}: {STATED['abstract'].rstrip('.')}"
    assert program["author"] == STATED["authors"][0]["name"]
    assert (program["version"], program["license"]) == (STATED["version"], STATED["license"])


def test_braces_are_balanced():
    assert bibtex("1").count("{") == bibtex("1").count("}")
