"""Builds a deck of slides from each notebook's stored outputs, with all that a browser needs beside it.

.venv/bin/python notebooks/lectures/slides.py [FOLDER]

The decks go to build/slides, or to the folder named; open its index.html. No notebook is run.
"""

import re
import shutil
import sys
from pathlib import Path

from nbconvert import SlidesExporter
from nbconvert.preprocessors import Preprocessor
from nbformat import read
from nbformat.v4 import new_markdown_cell
from traitlets.config import Config
from vendor import BUILD, HERE, npm_packages

NOTEBOOKS = sorted(HERE.parent.glob("*.ipynb"))
DECKS = [path.stem for path in NOTEBOOKS]
ASSETS = (
    "@fontsource-variable/source-code-pro",
    "@fontsource-variable/source-sans-3",
    "mathjax/LICENSE",
    "mathjax/es5/tex-svg.js",
    "reveal.js/LICENSE",
    "reveal.js/dist/reveal.css",
    "reveal.js/dist/reveal.js",
    "reveal.js/plugin/notes/notes.js",
)
FOLDED = re.compile(r"<details.*?</details>", re.DOTALL)
FOLD = re.compile(r"</?(?:details|summary)\b[^>]*>")
WAY_THROUGH_THE_SERIES = re.compile(r"^.*\]\(\.\./README\.md\).*$", re.MULTILINE)
LINK_TO_FILE = re.compile(r"\[([^\]]+)\]\(([^):]+)\.(?:ipynb|md)[^)]*\)")
RICH = ["text/html", "text/markdown", "image/png"]


class ForTheHall(Preprocessor):
    """Makes slides of cells: solutions go, notes unfold, and a slide without a heading repeats that of its section."""

    def preprocess(self, nb, resources):
        nb.metadata.title = title_of(nb)
        section, cells = None, []
        for cell in nb.cells:
            slideshow = cell.metadata.setdefault("slideshow", {})
            begins = slideshow.get("slide_type") in ("slide", "subslide")
            headed = cell.cell_type == "markdown" and cell.source.startswith("#")
            if begins and section and not headed:
                cells.append(new_markdown_cell(f"#### {section}", metadata={"slideshow": dict(slideshow)}))
                slideshow["slide_type"] = "-"
            if cell.cell_type == "markdown":
                section = (re.findall(r"^## (.+)", cell.source, re.MULTILINE) or [section])[-1]
                cell.source = _for_a_slide(cell.source, notes=slideshow.get("slide_type") == "notes")
            elif cell.cell_type == "code":
                _prepare_code(cell)
            cells.append(cell)
        nb.cells = cells
        return nb, resources


def _for_a_slide(text, notes):
    text = FOLD.sub("", text) if notes else FOLDED.sub("", text)
    return LINK_TO_FILE.sub(_to_its_deck, WAY_THROUGH_THE_SERIES.sub("", text))


def _to_its_deck(link):
    words, name = link.groups()
    return f"[{words}]({name}.html)" if name in DECKS else words


def _prepare_code(cell):
    data = [output.data for output in cell.outputs if "data" in output]
    for each in data:
        if "text/html" in each:
            each["text/html"] = FOLDED.sub("", each["text/html"])
    only_a_call = "\n" not in cell.source.strip() and any(each.keys() & RICH for each in data)
    if only_a_call or "hide-input" in cell.metadata.get("tags", []):
        cell.metadata.transient = {"remove_source": True}


def title_of(notebook):
    """A notebook's title, with its number."""
    return notebook.cells[0].source.splitlines()[0].removeprefix("# ")


def build_deck(path, folder):
    """Write the deck of the notebook at `path` to `folder`, as HTML of the same name; return where it is."""
    exporter = SlidesExporter(
        template_name="deck",
        extra_template_basedirs=[str(HERE)],
        preprocessors=[ForTheHall],
        embed_images=True,
        exclude_anchor_links=True,
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        config=Config(NbConvertBase={"display_data_priority": RICH + ["text/plain"]}),
    )
    html, _ = exporter.from_filename(str(path))
    deck = folder / f"{path.stem}.html"
    deck.write_text(html, encoding="utf-8")
    return deck


def copy_assets(folder):
    """Put what decks load into `folder`, under assets."""
    packages, assets = npm_packages(), folder / "assets"
    for name in ASSETS:
        source, target = packages / name, assets / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
        else:
            shutil.copy(source, target)
    shutil.copy(HERE / "deck" / "deck.css", assets)


def list_decks(notebooks, folder):
    """Write index.html, which links to the decks of `notebooks`, to `folder`; return where it is."""
    lines = [f'<li><a href="{path.stem}.html">{title_of(read(path, as_version=4))}</a></li>' for path in notebooks]
    page = (HERE / "deck" / "list.html").read_text(encoding="utf-8").replace("DECKS", "\n".join(lines))
    index = folder / "index.html"
    index.write_text(page, encoding="utf-8")
    return index


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else BUILD / "slides"
    copy_assets(folder)
    for path in NOTEBOOKS:
        build_deck(path, folder)
    print(list_decks(NOTEBOOKS, folder))
