"""Every notebook and every explorer in a real JupyterLab: nothing fails, and what is seen is what the twin has."""

import re

import pytest

from nnlib.explorers import EXPLORERS
from nnlib.explorers.stepper import INTERVAL
from tests.browser.lab import NOTEBOOKS, ShownQuestions, eventually, explorer_cells, free_way, question_cells

CELLS = [cell for path in NOTEBOOKS for cell in explorer_cells(path)]
ZOOM = 1.5
LEGIBLE = 0.55  # a picture scaled down further has texts too small to read
READABLE = 4.5  # the contrast that WCAG 2 asks of text
DRAWINGS = {  # x,y of the points of each stroke, in hundredths of the sheet
    3: ["30,22 48,14 64,22 64,36 46,48 66,58 70,74 54,88 30,80"],
    7: ["28,20 70,20", "70,20 58,46 46,84"],
}

each_notebook = pytest.mark.parametrize("notebook", NOTEBOOKS, indirect=True, ids=lambda path: path.stem)


def each_explorer(*names):
    """Runs a test on every explorer of these names (without any: on all), wherever it stands in a notebook."""
    return pytest.mark.parametrize(
        ("notebook", "cell"),
        [
            pytest.param(cell.notebook, cell, id=f"{cell.notebook.stem}-{cell.name}")
            for cell in CELLS
            if cell.name in (names or EXPLORERS)
        ],
        indirect=["notebook"],
        scope="module",  # all tests of a notebook in a row, so that it runs once
    )


def test_every_explorer_stands_in_a_notebook():
    assert {cell.name for cell in CELLS} == set(EXPLORERS)


@each_notebook
def test_the_notebook_runs_from_top_to_bottom(notebook):
    assert notebook.cells_not_run() == []
    assert notebook.problems() == []


@each_notebook
def test_before_it_runs_each_explorer_is_a_picture(notebook):
    assert all(source.startswith("data:image/png;base64,") for source in notebook.stored_pictures)


@each_notebook
def test_before_it_runs_each_question_is_a_list_with_the_answers_folded(notebook):
    assert len(notebook.stored_questions) >= 5
    for words in notebook.stored_questions:
        assert "What each choice means" in words
        assert "✓" not in words and "✗" not in words


@pytest.mark.parametrize(
    ("notebook", "path"),
    [pytest.param(path, path, id=path.stem) for path in NOTEBOOKS],
    indirect=["notebook"],
    scope="module",
)
def test_every_question_is_answered_by_keys(notebook, path, screenshot):
    for index in question_cells(path):
        shown = ShownQuestions(notebook.page, index)
        assert shown.each
        for question in shown.each:
            if question.locator("input").count():
                assert shown.answered_by_keys(question, 1)[0] in "✓✗"
            else:
                said = [shown.answered_by_keys(question, i) for i in range(question.locator("button").count())]
                assert [each[0] for each in said].count("✓") == 1 and all(each[0] in "✓✗" for each in said)
        assert shown.parts_cut_off() == []
    screenshot("questions")
    assert notebook.problems() == []


@each_explorer()
def test_keys_move_every_control(notebook, pair, screenshot):
    screenshot("start")
    height = pair.shown.height
    assert pair.shown.parts_cut_off() == []
    for name, control in pair.twin.controls.items():
        pair.enable(name)
        before = pair.seen()
        way = free_way(control)
        pair.move(name, way)
        eventually(notebook.page, lambda: pair.seen() != before, lambda: f"{name} changes nothing")  # noqa: B023
        pair.move(name, -way)
        pair.move(name, way)
        assert pair.shown.height == pytest.approx(height, abs=1), f"{name} moves the page below"
    screenshot("moved")
    assert notebook.problems() == []


@each_explorer("draw_digit", "playground_explorer")
def test_what_the_browser_draws_has_a_description(pair):
    names = pair.shown.output.locator("canvas[role=img]").evaluate_all("all => all.map(each => each.ariaLabel)")
    assert names and all(names)


@each_explorer()
def test_tab_reaches_every_control(pair):
    controls = [control for control in pair.twin.controls.values() if not control.disabled]
    elements = [pair.shown.control(control).element_handle() for control in controls]
    elements[0].focus()
    reached = {0}
    for _ in range(3 * len(elements)):  # a slider's number takes the focus too
        pair.shown.page.keyboard.press("Tab")
        reached.add(pair.shown.page.evaluate("all => all.indexOf(document.activeElement)", elements))
    assert reached - {-1} == set(range(len(elements)))


@each_explorer()
def test_a_fast_drag_ends_where_the_hand_stops(notebook, pair):
    sliders = [name for name, control in pair.twin.controls.items() if hasattr(control, "readout")]
    for name in sliders:
        pair.enable(name)
        pair.drag(name)
        notebook.page.wait_for_timeout(200)  # whatever was still under way has arrived
        pair.agree("some time after the drag")
    assert notebook.problems() == []


@each_explorer()
def test_it_fits_when_the_page_is_zoomed(notebook, pair, screenshot):
    with notebook.zoomed(ZOOM):
        pair.shown.scroll_to()
        screenshot("zoomed")
        assert pair.shown.parts_cut_off() == []
        assert all(scale >= LEGIBLE for scale in pair.shown.scales())


@each_explorer()
def test_its_words_are_readable_in_the_dark_theme(notebook, pair, screenshot):
    with notebook.in_theme("JupyterLab Dark"):
        pair.shown.scroll_to()
        screenshot("dark")
        contrasts = pair.shown.contrasts()
    assert contrasts
    assert {words: contrast for words, contrast in contrasts.items() if contrast < READABLE} == {}


@each_explorer("forward_stepper", "backprop_stepper")
def test_a_stepper_plays_pauses_and_starts_over(notebook, pair):
    play, step = pair.shown.output.locator(".widget-play button").first, pair.twin.controls["step"]
    play.click()
    step.value += 1
    pair.agree("one step after Play")
    play.click()
    notebook.page.wait_for_timeout(1.5 * INTERVAL)
    pair.agree("long after Pause")
    play.click()
    step.value += 1
    pair.agree("one step after Play")
    pair.reset()
    notebook.page.wait_for_timeout(1.5 * INTERVAL)
    pair.agree("long after Reset")


@each_explorer("playground_explorer")
def test_the_playground_plays_pauses_steps_and_starts_over(notebook, pair):
    def epoch():
        return int(re.search(r"epoch ([\d,]+)", pair.shown.readout).group(1).replace(",", ""))

    def rests(when):
        eventually(notebook.page, lambda: notebook.widget_messages(0.5) == 0, lambda: f"it goes on {when}")

    pair.shown.button("Play").click()
    eventually(notebook.page, lambda: epoch() >= 10, lambda: f"Play has come to epoch {epoch()}")
    pair.shown.button("Pause").click()
    rests("after Pause")
    for _ in range(epoch()):
        pair.twin.step()
    pair.agree("after Pause")
    pair.shown.button("Step").click()
    pair.twin.step()
    pair.agree("after Step")
    pair.shown.button("Play").click()
    pair.reset()
    rests("after Reset")
    pair.agree("long after Reset")


@each_explorer("forward_stepper", "backprop_stepper", "playground_explorer")
def test_a_cell_that_runs_again_while_it_plays_leaves_nothing_running(notebook, cell, pair):
    pair.shown.output.get_by_role("button").filter(has=notebook.page.locator(".fa-play")).first.click()
    notebook.page.wait_for_timeout(200)
    notebook.run_again(cell.index)
    pair.agree("after the cell ran again")
    assert notebook.widget_messages(2) == 0
    assert notebook.problems() == []


@pytest.mark.parametrize(("digit", "pointer"), [(3, "mouse"), (7, "mouse"), (3, "touch"), (7, "pen")])
@each_explorer("draw_digit")
def test_a_drawn_digit_is_read(notebook, pair, digit, pointer, screenshot):
    page, sheet = notebook.page, pair.shown.output.locator("canvas").first
    pair.shown.button("Clear").click()
    eventually(page, lambda: "draw a digit" in pair.shown.readout, lambda: f"after Clear: {pair.shown.readout}")
    box = sheet.bounding_box()
    strokes = [
        [[int(number) / 100 for number in point.split(",")] for point in stroke.split()] for stroke in DRAWINGS[digit]
    ]
    width, height = box["width"], box["height"]
    notebook.draw(pointer, [[(box["x"] + x * width, box["y"] + y * height) for x, y in stroke] for stroke in strokes])
    screenshot("drawn")
    eventually(page, lambda: f"read as {digit}" in pair.shown.readout, lambda: f"{digit}: {pair.shown.readout}")
    assert f"read as {digit}" in sheet.get_attribute("aria-label")
