"""The decks in a browser, at 1280 by 720: every slide fits, can be read from the back row, and needs no network."""

import re
import subprocess
import sys
from urllib.parse import urlparse

import pytest
from matplotlib.figure import Figure
from nbformat import v4, write

from nnlib.notebook import picture, png_bytes
from tests.browser.lab import NOTEBOOKS, ROOT

LECTURES = ROOT / "notebooks" / "lectures"
sys.path.append(str(LECTURES))

from slides import build_deck, copy_assets  # noqa: E402 (they are scripts beside notebooks, not a package)

SLIDES = (8, 40)
SMALLEST = {"pre, code": 18, "th, td": 18, "p, li": 24}  # pixels


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with what decks load."""
    folder = tmp_path_factory.mktemp("slides")
    try:
        copy_assets(folder)
    except SystemExit as missing:
        pytest.skip(str(missing))
    return folder


class Deck:
    """A deck in the browser, and what was seen on a walk through its slides."""

    def __init__(self, context, path):
        self.page = context.new_page()
        self.problems = []
        self._listen(self.page)
        self.page.set_viewport_size({"width": 1280, "height": 720})
        self.page.goto(path.as_uri())
        self.page.evaluate("MathJax.startup.promise")
        self.slides = self.page.evaluate(WALK, SMALLEST)

    def _listen(self, page):
        page.on("console", lambda message: message.type in ("error", "warning") and self.problems.append(message.text))
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("request", self._note_outside)

    def _note_outside(self, request):
        if urlparse(request.url).scheme not in ("file", "data", "blob"):
            self.problems.append(f"request to {request.url}")

    def slides_with(self, key):
        """A line for each slide that has any of `key`: its number, its heading, and what it has."""
        lines = [f"{slide['number']}, {slide['heading']}: {slide[key]}" for slide in self.slides if slide[key]]
        return "\n".join(lines)

    def speaker_view(self):
        """The window that the key S opens, once it shows a slide."""
        with self.page.expect_popup() as popup:
            self.page.keyboard.press("s")
        self._listen(popup.value)
        popup.value.wait_for_function("document.querySelector('.speaker-controls-notes .value')?.textContent")
        return popup.value

    def close(self):
        self.page.close()


# Each slide is shown with all of its fragments. It has room down to its footer, that is to its padding; a pixel is
# rounding. MathML for screen readers is clipped to nothing, but has boxes of full size.
WALK = """async smallest => {
    await document.fonts.ready;
    document.querySelectorAll("mjx-assistive-mml:not(.notes *)").forEach(each => each.remove());
    return Reveal.getSlides().map((slide, index) => {
        const {h, v} = Reveal.getIndices(slide);
        Reveal.slide(h, v, 99);
        const all = selector => [...slide.querySelectorAll(selector)].filter(part => part.checkVisibility());
        const padding = side => parseFloat(getComputedStyle(slide)[`padding${side}`]);
        const beyond = all("*:not(svg *)").flatMap(part => {
            const {left, top, right, bottom, width} = part.getBoundingClientRect();
            const sides = [
                padding("Left") - left, padding("Top") - top,
                right - 1280 + padding("Right"), bottom - 720 + padding("Bottom"),
            ];
            return width ? [...sides, part.clientWidth && part.scrollWidth - part.clientWidth] : [];
        });
        const prose = slide.cloneNode(true);
        prose.querySelectorAll("pre, code, mjx-container").forEach(each => each.remove());
        return {
            number: index + 1,
            group: h,
            heading: all("h1, h2, h3, h4")[0]?.textContent ?? "",
            overflow: Math.round(Math.max(0, ...beyond.filter(pixels => pixels > 1))),
            small: Object.entries(smallest).flatMap(([parts, pixels]) => all(parts)
                .filter(part => parseFloat(getComputedStyle(part).fontSize) < pixels)
                .map(part => part.textContent)),
            lines: slide.innerText.split("\\n").filter(line => line.trim()),
            pictures: all("img").length,
            broken: all("img").filter(image => !image.naturalWidth).map(image => image.alt || "a picture"),
            notTypeset: [
                ...prose.textContent.match(/.*\\$.*/g) ?? [],
                ...all("[data-mml-node=merror]").map(error => error.textContent),
            ],
            links: all("a").map(link => link.getAttribute("href")),
            notes: [...slide.querySelectorAll(".notes")].map(each => each.textContent).join(" "),
        };
    });
}"""


@pytest.fixture(scope="module", params=NOTEBOOKS, ids=lambda path: path.stem)
def deck(request, folder, browser):
    deck = Deck(browser, build_deck(request.param, folder))
    yield deck
    deck.close()


# Every deck


def test_no_slide_overflows(deck):
    assert not deck.slides_with("overflow"), f"pixels that do not fit on slide\n{deck.slides_with('overflow')}"


def test_text_is_large_enough(deck):
    assert not deck.slides_with("small"), f"smaller than {SMALLEST} pixels on slide\n{deck.slides_with('small')}"


def test_pictures_show(deck):
    assert not deck.slides_with("broken"), f"does not show on slide\n{deck.slides_with('broken')}"
    assert any(slide["pictures"] for slide in deck.slides[:3]), "no picture on the first three slides"


def test_formulas_are_typeset(deck):
    assert not deck.slides_with("notTypeset"), f"not typeset on slide\n{deck.slides_with('notTypeset')}"


def test_links_lead_to_decks_or_into_the_web(deck):
    here = {link for slide in deck.slides for link in slide["links"] if not link.startswith(("https://", "#"))}
    assert here <= {f"{path.stem}.html" for path in NOTEBOOKS}


def test_no_problem_and_no_network(deck):
    assert deck.problems == []


def test_as_many_slides_as_a_lecture_has(deck):
    fewest, most = SLIDES
    assert fewest <= len(deck.slides) <= most, f"{len(deck.slides)} slides, not {fewest}-{most}"


def test_every_section_has_notes_with_its_minutes(deck):
    headings, notes = {}, {}
    for slide in deck.slides:
        headings.setdefault(slide["group"], slide["heading"])
        notes[slide["group"]] = notes.get(slide["group"], "") + slide["notes"]
    without = [headings[group] for group, text in notes.items() if not re.search(r"\d+ minute", text)]
    assert not without, f"no notes with minutes: {without}"


@pytest.mark.usefixtures("folder")  # it skips where npm's packages are missing
def test_the_command_builds_all_decks_and_their_list(tmp_path):
    subprocess.run([sys.executable, "-W", "error", LECTURES / "slides.py", tmp_path], check=True)
    links = re.findall(r'href="(\w+\.html)"', (tmp_path / "index.html").read_text(encoding="utf-8"))
    assert links == [f"{path.stem}.html" for path in NOTEBOOKS]
    assert all((tmp_path / link).exists() for link in links)


# What becomes of a cell


def markdown(text, slide_type=""):
    return v4.new_markdown_cell(text, metadata={"slideshow": {"slide_type": slide_type}})


def code(source, data, **metadata):
    return v4.new_code_cell(source, outputs=[v4.new_output("display_data", data)], metadata=metadata)


PICTURE = picture(png_bytes(Figure()), "an empty figure")


@pytest.fixture
def made_deck(folder, browser, tmp_path):
    """A function that opens the deck of a notebook with these cells under its title."""
    opened = []

    def make(*cells):
        path = tmp_path / "made.ipynb"
        write(v4.new_notebook(cells=[markdown("# 1. Title", "slide"), *cells]), path)
        opened.append(Deck(browser, build_deck(path, folder)))
        return opened[-1]

    yield make
    for deck in opened:
        deck.close()


@pytest.mark.parametrize(
    "cell",
    [
        markdown("word " * 500),
        markdown("a" * 300),
        markdown("| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * 15),
        markdown(f"$${' + '.join(f'x_{{{i}}}' for i in range(60))}$$"),
        markdown(f"$${'x^{' * 60}{'}' * 60}$$\n\n" * 6),
        code("x = 1\n" * 30, {"text/plain": "1"}),
        code("x", {"text/plain": "1\n" * 30}),
    ],
    ids=["text", "word", "table", "wide-formula", "formulas", "code", "output"],
)
def test_what_does_not_fit_is_counted(made_deck, cell):
    deck = made_deck(markdown("It fits.", "subslide"), markdown("## Much", "slide"), cell, markdown("## Fits", "slide"))
    assert re.fullmatch(r"3, Much: \d+", deck.slides_with("overflow"))


def test_pictures_share_what_room_there_is(made_deck):
    text, pictures = markdown("word " * 80, "subslide"), [code("draw()", PICTURE), code("draw()", PICTURE)]
    assert not made_deck(text, *pictures[:1]).slides_with("overflow")
    assert made_deck(text, *pictures).slides_with("overflow")


def test_what_is_not_typeset_is_counted(made_deck):
    deck = made_deck(*(markdown(text, "subslide") for text in ("It costs $5.", r"$\nosuchmacro$", "$x^2$")))
    assert [slide["number"] for slide in deck.slides if slide["notTypeset"]] == [2, 3]


def test_solutions_go_and_notes_unfold(made_deck):
    question = '<p>Which one?</p><ol><li>this</li></ol><details><summary>Answer</summary>None.</details>'
    deck = made_deck(
        markdown("## Try\n\nCompute.\n\n<details><summary>Solution</summary>\n\nIt is 7.\n\n</details>", "slide"),
        code("ask()", {"text/html": question, "text/plain": "Which one?"}),
        markdown("<details><summary>For lecturers</summary>\n\n**3 minutes.** Wait.\n\n</details>", "notes"),
    )
    assert deck.slides[1]["lines"] == ["Try", "Compute.", "Which one?", "this"]
    assert deck.slides[1]["notes"].split() == ["For", "lecturers", "3", "minutes.", "Wait."]


def test_a_tag_and_a_bare_call_hide_the_code(made_deck):
    deck = made_deck(
        markdown("Pictures", "subslide"),
        code("draw()", PICTURE),
        code("x = 1\ndraw(x)", {"text/plain": "drawn"}, tags=["hide-input"]),
        code("x = 2\ndraw(x)", PICTURE),
        code("x.shape", {"text/plain": "(3,)"}),
    )
    assert deck.slides[1]["lines"] == ["Pictures", "drawn", "x = 2", "draw(x)", "x.shape", "(3,)"]


def test_a_slide_without_a_heading_repeats_that_of_its_section(made_deck):
    picture = code("# drawn\ndraw()", PICTURE, slideshow={"slide_type": "subslide"})
    deck = made_deck(markdown("## One", "slide"), picture, markdown("text", "subslide"), markdown("## Two", "subslide"))
    assert [slide["heading"] for slide in deck.slides] == ["1. Title", "One", "One", "One", "Two"]


def test_links_to_notebooks_lead_to_decks(made_deck):
    way = "[← 1. Before](01_neuron.ipynb) · [contents](../README.md)"
    text = "[Notebook 1](01_neuron.ipynb#Start), the [words](glossary.md), [MNIST](https://example.org)"
    deck = made_deck(markdown(f"{way}\n\n{text}", "subslide"))
    assert deck.slides[1]["lines"] == ["Notebook 1, the words, MNIST"]
    assert deck.slides[1]["links"] == ["01_neuron.html", "https://example.org"]


def test_the_speaker_s_view_shows_the_notes(made_deck):
    deck = made_deck(markdown("**3 minutes.** Draw $x^2$.", "notes"))
    notes = deck.speaker_view().locator(".speaker-controls-notes .value")
    assert notes.inner_text().startswith("3 minutes.")
    assert [notes.locator(part).count() for part in ("svg", "mjx-assistive-mml")] == [1, 0]
    assert deck.problems == []
