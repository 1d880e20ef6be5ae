"""Builds the series as a static site from the notebooks' stored outputs, with navigation and search.

.venv/bin/python notebooks/lectures/site.py [FOLDER]

The site goes to build/site unless a folder is named; open its index.html. Nothing is run, and no network is needed once
npm's packages are there.
"""

import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from sphinx.cmd.build import build_main
from vendor import BUILD, HERE


def build(folder):
    """Build the site into `folder`. SystemExit if Sphinx warns, as it does of a link that leads nowhere."""
    BUILD.mkdir(exist_ok=True)
    with TemporaryDirectory(dir=BUILD) as workshop:  # Sphinx leaves caches beside what it builds
        pages = Path(workshop) / "site"
        options = ["--quiet", "--fail-on-warning", "--keep-going", "--conf-dir", str(HERE / "pages")]
        if build_main([*options, "--doctree-dir", f"{workshop}/doctrees", str(HERE.parents[1]), str(pages)]):
            raise SystemExit("The site was not built: Sphinx gives the reasons above.")
        shutil.copy(pages / "README.html", pages / "index.html")
        shutil.copytree(pages, folder, dirs_exist_ok=True)


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else BUILD / "site"
    build(folder)
    print(folder / "index.html")
