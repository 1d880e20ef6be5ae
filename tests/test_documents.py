"""Links in the README and its companions lead somewhere."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENTS = [
    *("README.md", "CONTRIBUTING.md", "data/README.md", "tests/README.md"),
    *(str(each) for each in ROOT.glob("notebooks/**/*.md")),
]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_relative_links_resolve(document):
    path = ROOT / document
    for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8")):
        if not target.startswith("https://"):
            assert (path.parent / target).exists(), f"{document} links to {target}"
