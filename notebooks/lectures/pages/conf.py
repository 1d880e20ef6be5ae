"""What Sphinx makes of the repository: which files become pages, and how a notebook's cells are shown."""

import json

from docutils import nodes
from vendor import npm_packages

project = "Neural Network from Scratch"
language = "en"
root_doc = "README"
include_patterns = ["README.md", "CONTRIBUTING.md", "data/README.md", "notebooks/**"]
exclude_patterns = [".venv", "build", "**/.ipynb_checkpoints"]
CONTENTS = """
```{toctree}
:hidden:
:glob:

notebooks/**
data/README
CONTRIBUTING
```
"""

extensions = ["myst_nb"]
myst_enable_extensions = ["dollarmath", "amsmath"]
myst_heading_anchors = 3
myst_mathjax_classes = "math|text_html"
nb_execution_mode = "off"
nb_code_prompt_show, nb_code_prompt_hide = "Show the code", "Hide the code"
nb_mime_priority_overrides = [("html", "application/vnd.jupyter.widget-view+json", None)]  # the picture instead

html_theme = "sphinx_book_theme"
html_title = project
html_theme_options = {
    "search_bar_text": "Search",
    "toc_title": "On this page",
    "show_toc_level": 2,
    "use_download_button": False,
    "use_fullscreen_button": False,
    "navbar_persistent": [],
    "footer_content_items": [],
}
html_context = {"default_mode": "auto"}
html_sidebars = {"**": ["navbar-logo", "search-field", "sbt-sidebar-nav"]}
html_css_files = ["site.css"]
html_favicon = "neuron.svg"
html_copy_source = html_show_sourcelink = html_use_index = False

# The whole of MathJax in one file; its menu would be one more stop for Tab at every formula.
html_static_path = ["site.css", str(npm_packages() / "mathjax" / "es5" / "tex-svg-full.js")]
mathjax_path = "tex-svg-full.js"
mathjax3_config = {"tex": {"inlineMath": [["\\(", "\\)"], ["$", "$"]]}, "options": {"enableMenu": False}}


def as_page(app, docname, source):
    """The text that Sphinx reads: the front page with the list of all pages, a notebook without its speaker's notes."""
    if docname == root_doc:
        source[0] += CONTENTS
    elif app.env.doc2path(docname).suffix == ".ipynb":
        notebook = json.loads(source[0])
        notebook["cells"] = [cell for cell in notebook["cells"] if not is_speaker_note(cell)]
        source[0] = json.dumps(notebook)


def is_speaker_note(cell):
    return cell["metadata"].get("slideshow", {}).get("slide_type") == "notes"


def describe_pictures(app, doctree):
    """Give each picture of an output its alt text, which is the output's plain text."""
    for output in doctree.findall(nodes.container):
        of_kind = {each.get("mime_type"): each for each in output}
        if "image/png" in of_kind:
            of_kind["image/png"].next_node(nodes.image)["alt"] = of_kind["text/plain"].astext()


def name_folds(app, pagename, templatename, context, doctree):
    """Let a fold be called what it reads: myst-nb gives all of them one other name, which no one can see."""
    context["body"] = context.get("body", "").replace(' aria-label="Toggle hidden content"', "")


def setup(app):
    app.connect("source-read", as_page)
    app.connect("doctree-read", describe_pictures)
    app.connect("html-page-context", name_folds)
