"""The site in a browser: whole, without network, and fit to be read aloud, by key, at 200 % and in the dark."""

import functools
import re
import shutil
import subprocess
import sys
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlparse

import nbformat
import pytest
from matplotlib.figure import Figure
from nbformat import v4

from nnlib.notebook import ALT_WORDS, picture, png_bytes
from tests.browser.lab import HOST, NOTEBOOKS, ROOT

LECTURES = ROOT / "notebooks" / "lectures"
sys.path.append(str(LECTURES))

from vendor import npm_packages  # noqa: E402 (it is a script beside notebooks, not a package)

DOCUMENTS = [ROOT / "CONTRIBUTING.md", ROOT / "data" / "README.md", *sorted((ROOT / "notebooks").rglob("*.md"))]
PAGES = ["index", "search", *(path.relative_to(ROOT).with_suffix("").as_posix() for path in NOTEBOOKS + DOCUMENTS)]
WINDOW, WINDOW_AT_200_PERCENT = {"width": 1280, "height": 720}, {"width": 640, "height": 360}


def build(folder, lectures=LECTURES):
    return subprocess.run([sys.executable, lectures / "site.py", folder], capture_output=True, text=True)


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The folder of the site, as the command builds it."""
    if shutil.which("npm") is None:
        pytest.skip("needs npm: sudo apt-get install npm")
    folder = tmp_path_factory.mktemp("site")
    run = build(folder)
    assert run.returncode == 0, run.stderr
    return folder


class Handler(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        """Nothing: a test that fails says more than the list of all requests."""


@pytest.fixture(scope="module")
def address(site):
    with ThreadingHTTPServer((HOST, 0), functools.partial(Handler, directory=site)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://{HOST}:{server.server_port}"
        server.shutdown()


class Page:
    """A page of the site in the browser, and what went wrong in it so far."""

    def __init__(self, context, folder, name):
        self.name = name
        self.tab = context.new_page()
        self.problems = []
        self.tab.on("console", lambda message: message.type == "error" and self.problems.append(message.text))
        self.tab.on("pageerror", lambda error: self.problems.append(str(error)))
        self.tab.on("request", self._note_outside)
        self.tab.set_viewport_size(WINDOW)
        self.tab.goto(f"{folder}/{name}.html")
        self.tab.evaluate("window.MathJax?.startup?.promise")

    def _note_outside(self, request):
        url = urlparse(request.url)
        if url.scheme not in ("data", "blob") and url.hostname != HOST:
            self.problems.append(f"request to {request.url}")

    def violations(self, **options):
        """What axe-core finds serious or critical, with the parts of the page that it means."""
        self.tab.add_script_tag(path=npm_packages() / "axe-core" / "axe.min.js")
        found = self.tab.evaluate("axe.run", {"resultTypes": ["violations"]} | options)["violations"]
        return {
            each["id"]: [node["html"] for node in each["nodes"]]
            for each in found
            if each["impact"] in ("serious", "critical")
        }

    def tab_to(self, selector, presses=400):
        """Press Tab until the focus is on a part of that kind; return the number of presses, at most 400."""
        for press in range(1, presses + 1):
            self.tab.keyboard.press("Tab")
            if self.tab.evaluate("selector => document.activeElement.matches(selector)", selector):
                return press
        raise AssertionError(f"Tab does not reach {selector}")


@pytest.fixture
def opened(browser, address):
    """A function that opens a page."""
    pages = []

    def open_page(name):
        pages.append(Page(browser, address, name))
        return pages[-1]

    yield open_page
    for page in pages:
        page.tab.close()


@pytest.fixture(scope="module", params=PAGES)
def page(request, browser, address):
    page = Page(browser, address, request.param)
    yield page
    page.tab.close()


# The site


def test_every_page_is_there(site):
    built = {path.relative_to(site).with_suffix("").as_posix() for path in site.rglob("*.html")}
    assert {name for name in built if not name.startswith("_static/")} == {"README", *PAGES}


def test_the_contents_name_every_notebook_in_order(opened):
    links = opened("index").tab.locator(".bd-sidebar-primary nav a[href^='notebooks/']").all_inner_texts()
    titles = [nbformat.read(path, as_version=4).cells[0].source.splitlines()[0] for path in NOTEBOOKS]
    assert [f"# {link}" for link in links][: len(titles)] == titles


def test_search_finds_a_page(opened):
    page = opened("index")
    page.tab.locator(".bd-sidebar-primary input[type=search]").fill("backpropagation")
    page.tab.keyboard.press("Enter")
    page.tab.locator("#search-results a", has_text="6. Send the error back").first.wait_for(timeout=10_000)
    assert page.problems == []


# Every page


def test_links_lead_somewhere(page, site):
    for url in page.tab.evaluate(ADDRESSES):
        address = urlparse(url)
        if address.hostname != HOST:
            assert address.scheme == "https", url
            continue
        target = site / unquote(address.path).lstrip("/")
        assert target.is_file(), f"{url} leads nowhere"
        if address.fragment:
            assert f'id="{unquote(address.fragment)}"' in target.read_text(encoding="utf-8"), f"{url}: no such part"


def test_every_picture_is_there_and_described(page):
    for image in page.tab.locator("img").all():
        assert image.get_attribute("alt").strip(), image.get_attribute("src")
        assert image.evaluate("image => image.naturalWidth"), image.get_attribute("src")


def test_pictures_of_outputs_have_the_notebook_s_words(page):
    fewest, most = ALT_WORDS
    shown = [image.get_attribute("alt") for image in page.tab.locator(".cell_output img").all()]
    assert shown == pictures_of(ROOT / f"{page.name}.ipynb")
    assert all(fewest <= len(alt.split()) <= most for alt in shown)


def pictures_of(path):
    """The alt texts of a notebook's pictures, none for a page that is no notebook."""
    cells = nbformat.read(path, as_version=4).cells if path.exists() else []
    outputs = [output for cell in cells for output in cell.get("outputs", []) if "image/png" in output.get("data", {})]
    return [output.metadata["image/png"]["alt"] for output in outputs]


def test_formulas_are_typeset(page):
    text, formulas, typeset, errors = page.tab.evaluate(FORMULAS)
    assert (typeset, errors) == (formulas, [])
    assert "$" not in text and "\\(" not in text and "\\[" not in text


def test_no_problem_and_no_network(page):
    assert page.problems == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(page, scheme):
    page.tab.emulate_media(color_scheme=scheme)
    page.tab.wait_for_selector(f"html[data-theme={scheme}]")
    assert page.violations() == {}


def test_at_200_percent_nothing_is_out_of_reach(page):
    page.tab.set_viewport_size(WINDOW_AT_200_PERCENT)
    page.tab.wait_for_timeout(500)  # the theme looks for what must scroll a little later
    assert page.tab.evaluate(OUT_OF_REACH) == []
    assert page.violations(runOnly=["scrollable-region-focusable"]) == {}
    page.tab.set_viewport_size(WINDOW)


ADDRESSES = """() => [...document.querySelectorAll("a[href], link[href], img[src], script[src]")]
    .map(each => each.href || each.src)"""

FORMULAS = """() => {
    const page = document.body.cloneNode(true);
    page.querySelectorAll("pre, code, script, style, mjx-container").forEach(each => each.remove());
    const count = selector => document.querySelectorAll(selector).length;
    const errors = [...document.querySelectorAll("[data-mml-node=merror]")].map(error => error.textContent);
    return [page.textContent, count(".math"), count(".math mjx-container"), errors];
}"""

# What a window cannot show must be in a box of its own that scrolls. MathML for screen readers is clipped to nothing,
# but has boxes of full size.
OUT_OF_REACH = """() => {
    document.querySelectorAll("mjx-assistive-mml").forEach(each => each.remove());
    const scrolls = part => ["auto", "scroll"].includes(getComputedStyle(part).overflowX);
    const inBox = part => part !== document.body && (scrolls(part) || inBox(part.parentElement));
    return [document.documentElement, ...document.querySelectorAll("main *")]
        .filter(part => part.checkVisibility() && !part.closest("svg, .visually-hidden"))
        .filter(part => {
            const beyond = part.getBoundingClientRect().right > innerWidth + 1;
            const cut = part.scrollWidth > part.clientWidth + 1 && getComputedStyle(part).overflowX !== "visible";
            return part === document.documentElement ? part.scrollWidth > innerWidth : (beyond || cut) && !inBox(part);
        })
        .map(part => part.outerHTML.slice(0, 200));
}"""


# Without a mouse


def test_tab_reaches_search_and_contents(opened):
    page = opened("notebooks/06_backpropagation")
    assert page.tab_to("a[href='#main-content']") == 1, "the first stop leads past the contents"
    assert page.tab_to("input[type=search]") <= 10
    assert page.tab_to("nav a[href='07_gradient_descent.html']") <= 20
    page.tab.keyboard.press("Enter")
    page.tab.wait_for_url("**/07_gradient_descent.html")


def test_at_200_percent_a_key_opens_the_contents(opened):
    page = opened("notebooks/06_backpropagation")
    page.tab.set_viewport_size(WINDOW_AT_200_PERCENT)
    page.tab_to(".primary-toggle")
    page.tab.keyboard.press("Enter")
    assert page.tab_to("nav a[href='07_gradient_descent.html']") <= 20


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_a_key_opens_and_closes_a_fold(opened, key):
    page = opened("notebooks/06_backpropagation")
    page.tab_to("main details > summary")
    for opened_now in (True, False):
        page.tab.keyboard.press(key)
        assert page.tab.evaluate("document.activeElement.parentElement.open") is opened_now


def test_keys_turn_the_light_off(opened):
    page = opened("index")
    page.tab_to(".theme-switch-button")
    page.tab.keyboard.press("Enter")
    page.tab_to("[data-mode=dark]")
    page.tab.keyboard.press("Enter")
    page.tab.wait_for_selector("html[data-theme=dark]", timeout=5000)


# What becomes of a cell


def markdown(text, **metadata):
    return v4.new_markdown_cell(text, metadata=metadata)


def code(source, *outputs, **metadata):
    outputs = [v4.new_output("display_data", each) for each in outputs]
    return v4.new_code_cell(source, outputs=outputs, metadata=metadata)


WIDGET = {"application/vnd.jupyter.widget-view+json": {"model_id": "0", "version_major": 2, "version_minor": 0}}
QUESTION = "<p>What is $x^2$?</p><details><summary>Answer</summary><p>A square.</p></details>"
SOLUTION = "<details><summary>Solution</summary>\n\nIt is $x^2$:\n\n```python\nx**2\n```\n\n</details>"


def drawn(alt):
    return picture(png_bytes(Figure()), alt)


@pytest.fixture
def made_site(site, tmp_path):
    """A function that runs the command in a repository with one notebook of these cells."""
    lectures = tmp_path / "notebooks" / "lectures"
    shutil.copytree(LECTURES, lectures, ignore=shutil.ignore_patterns("*.md"))
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "npm").symlink_to(npm_packages().parent, target_is_directory=True)
    for name in ("README.md", "CONTRIBUTING.md", "data/README.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("# Title\n", encoding="utf-8")

    def make(*cells):
        notebook = v4.new_notebook(cells=[markdown("# 1. Title"), *cells])
        notebook.metadata["language_info"] = {"name": "python"}
        nbformat.write(notebook, tmp_path / "notebooks" / "01_made.ipynb")
        return build(tmp_path / "site", lectures)

    return make


def test_cells_become_what_a_page_can_show(made_site, browser, tmp_path):
    run = made_site(
        markdown("Say this aloud.", slideshow={"slide_type": "notes"}),
        code("draw()", drawn("the first"), drawn("the second")),
        code("explorer()", WIDGET | drawn("the explorer")),
        code("ask()", WIDGET | {"text/html": QUESTION, "text/plain": "What is x?"}, tags=["hide-input"]),
        markdown(SOLUTION),
    )
    assert run.returncode == 0, run.stderr
    page = Page(browser, (tmp_path / "site").as_uri(), "notebooks/01_made")
    text = page.tab.locator("article").text_content()
    assert "Say this aloud." not in text and "application/vnd.jupyter" not in text
    alts = [image.get_attribute("alt") for image in page.tab.locator("article img").all()]
    assert alts == ["the first", "the second", "the explorer"]
    assert "What is x?" not in text and "$" not in text
    assert page.tab.locator(".text_html mjx-container").count() == 1
    folds = page.tab.locator("article details")
    assert [name.split() for name in folds.locator("summary").all_inner_texts()] == [
        ["Show", "the", "code"], ["Answer"], ["Solution"],
    ]
    assert folds.last.locator("mjx-container").count() == folds.last.locator("pre").count() == 1
    assert page.violations() == {}
    page.tab.close()


def test_links_to_nowhere_stop_the_build(made_site, tmp_path):
    run = made_site(markdown("[a](02_none.ipynb) [b](../nnlib/none.py) ![c](none.png)"))
    assert run.returncode != 0 and not (tmp_path / "site").exists()
    for name in ("01_made.ipynb", "02_none.ipynb", "none.py", "none.png", "The site was not built"):
        assert name in run.stderr


def test_the_formula_sheet_prints_on_one_page_whole(browser, address):
    page = browser.new_page()
    page.goto(f"{address}/notebooks/formula_sheet.html")
    page.evaluate("MathJax.startup.promise")
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4"))) == 1
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 718, "height": 1000})  # A4 within Chromium's margins
    beyond = "all => all.map(table => table.scrollWidth - table.parentElement.clientWidth)"
    cut = page.locator(".bd-article table").evaluate_all(beyond)
    page.close()
    assert cut and max(cut) <= 0, f"tables stand out by {cut} pixels"
