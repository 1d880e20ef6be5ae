"""What holds for every explorer."""

import base64
import io
import re
import threading
import time
from itertools import combinations
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pytest
from ipywidgets import Button
from ipywidgets.widgets.widget import _instances
from matplotlib import get_backend
from PIL import Image

from nnlib.explorers import EXPLORERS, base
from nnlib.explorers.base import Explorer, FigureExplorer
from nnlib.notebook import ALT_WORDS


@pytest.fixture(params=EXPLORERS)
def make(request):
    """The function that makes the explorer."""
    return EXPLORERS[request.param]


@pytest.fixture
def explorer(make):
    explorer = make()
    yield explorer
    explorer.close()


def texts_outside(figure):
    """The visible texts of a figure that its edge cuts off."""
    figure.canvas.draw()
    width, height = figure.canvas.get_width_height()
    texts = list(figure.texts)
    for ax in filter(lambda ax: ax.get_visible(), figure.axes):
        texts += [*ax.texts, ax.title]
        for axis in (ax.xaxis, ax.yaxis) if ax.axison else ():
            low, high = sorted(axis.get_view_interval())
            ticks = zip(axis.get_ticklocs(), axis.get_ticklabels())
            texts += [axis.label, *(label for place, label in ticks if low <= place <= high)]
    shown = [text for text in texts if text.get_visible() and text.get_text()]
    boxes = [(text.get_text(), text.get_window_extent()) for text in shown]
    return [words for words, b in boxes if min(b.x0, b.y0) < -1 or b.x1 > width + 1 or b.y1 > height + 1]


def texts_overlapping(figure, tolerance=2):
    """Pairs of visible texts that lie over each other by more than `tolerance` pixels both ways."""
    texts = [*figure.texts, *(text for ax in figure.axes if ax.get_visible() for text in [*ax.texts, ax.title])]
    shown = [text for text in texts if text.get_visible() and text.get_text().strip()]
    boxes = [(text.get_text(), text.get_window_extent()) for text in shown]
    return [
        (a_words, b_words)
        for (a_words, a), (b_words, b) in combinations(boxes, 2)
        if min(a.x1, b.x1) - max(a.x0, b.x0) > tolerance and min(a.y1, b.y1) - max(a.y0, b.y0) > tolerance
    ]


def shown(explorer):
    """What the reader sees: the picture or the view's state, and the read-out."""
    if isinstance(explorer, FigureExplorer):
        return explorer.image.value, explorer.readout.value
    state = {name: value for name, value in explorer.view.get_state().items() if not name.startswith("_")}
    if "state" in state:  # how often it was started anew is not to be seen
        state["state"] = state["state"] | {"run": None}
    plain = {name: bytes(value) if isinstance(value, memoryview) else value for name, value in state.items()}
    return str(plain), explorer.readout.value


def test_it_is_a_box_of_controls_with_full_words_beside_a_view(explorer):
    assert isinstance(explorer, Explorer)
    assert explorer.view in explorer.children[0].children
    for name, control in explorer.controls.items():
        assert control.description or control.tooltip, f"{name} has no label"


def test_the_static_picture_and_its_alt_text_stand_beside_the_widget(explorer, pixels):
    data, metadata = explorer._repr_mimebundle_()
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == explorer.model_id
    still = pixels(base64.b64decode(data["image/png"]))
    if isinstance(explorer, FigureExplorer):
        np.testing.assert_array_equal(still, pixels(explorer.image.value))
        assert still.shape[1::-1] == (int(explorer.image.width), int(explorer.image.height))
    assert still.std() > 10, "a picture of one colour"
    assert metadata["image/png"]["alt"] == data["text/plain"]
    assert ALT_WORDS[0] <= len(data["text/plain"].split()) <= ALT_WORDS[1]


def test_the_stored_picture_is_the_same_every_time_and_in_every_style(make, explorer):
    first = explorer.still_picture()
    with plt.style.context(["classic", "nnlib.series"]):
        again = make()
        assert again.still_picture() == first
    again.close()


def test_every_control_changes_what_is_shown_and_reset_brings_it_back(explorer, choices):
    def is_disabled():
        return {name: control.disabled for name, control in explorer.controls.items()}

    start, disabled = shown(explorer), is_disabled()
    for name, control in explorer.controls.items():
        if getattr(control, "disabled", False):
            continue
        for value in (each for each in choices(control) if each != control.value):
            control.value = value
            assert shown(explorer)[0] != start[0], f"{name} = {value} changes nothing"
            explorer.reset()
            assert explorer.values == explorer.defaults and is_disabled() == disabled
            assert shown(explorer) == start, f"Reset does not take back {name} = {value}"
    buttons = [part for part in base._parts(explorer) if isinstance(part, Button)]
    (reset,) = [button for button in buttons if button.description == "Reset"]
    first = next(iter(explorer.controls.values()))
    first.value = next(value for value in choices(first) if value != first.value)
    assert shown(explorer) != start
    reset.click()
    assert shown(explorer) == start


def test_every_setting_draws_without_a_warning_and_every_text_can_be_read(explorer, choices):
    size = Image.open(io.BytesIO(explorer.still_picture())).size
    for name, control in explorer.controls.items():
        for value in choices(control):
            control.value = value
            assert explorer.values[name] == value, f"{name} = {value} does not stay"
            if isinstance(explorer, FigureExplorer):
                assert Image.open(io.BytesIO(explorer.image.value)).size == size
                assert texts_outside(explorer.figure) == [], f"cut off at {name} = {value}"
                assert texts_overlapping(explorer.figure) == [], f"on each other at {name} = {value}"
        # The next control is tried at this one's last choice.


@pytest.mark.parametrize("seed", range(3))
def test_any_combination_of_settings_draws(explorer, choices, seed):
    rng = np.random.default_rng(seed)
    for _ in range(5):
        for name in rng.permutation(list(explorer.controls)):
            control = explorer.controls[name]
            value = rng.choice(len(choices(control)))
            control.value = choices(control)[value]
        words = re.sub("<[^>]*>", " ", explorer.readout.value)
        assert not re.search(r"\b(nan|inf|None)\b", words), f"{explorer.values}: {words}"
        if isinstance(explorer, FigureExplorer):
            explorer.figure.canvas.draw()
            assert texts_outside(explorer.figure) == [] == texts_overlapping(explorer.figure), explorer.values
            assert Image.open(io.BytesIO(explorer.image.value)).size == explorer.figure.canvas.get_width_height()


def test_what_is_redrawn_in_part_is_what_a_whole_redraw_draws(explorer, choices, pixels):
    if not isinstance(explorer, FigureExplorer):
        pytest.skip("it draws in the browser")
    for name, control in explorer.controls.items():
        for value in choices(control):
            control.value = value
            live = pixels(explorer.image.value)
            explorer.redraw_frame()
            explorer.refresh()
            np.testing.assert_array_equal(live, pixels(explorer.image.value), f"{name} = {value} leaves traces")


def test_the_static_picture_is_that_of_the_start_wherever_the_controls_are(explorer, choices):
    first = explorer.still_picture()
    for control in explorer.controls.values():
        control.value = choices(control)[-1]
    moved = shown(explorer)
    assert explorer.still_picture() == first
    assert shown(explorer) == moved


def test_two_threads_never_draw_at_once(explorer, choices):
    refresh, at_work, most = explorer.refresh, [], []

    def slow_refresh():
        at_work.append(1)
        most.append(len(at_work))
        time.sleep(0.05)
        refresh()
        at_work.pop()

    explorer.refresh = slow_refresh
    control = next(iter(explorer.controls.values()))
    value = next(value for value in choices(control) if value != control.value)
    calls = (setattr, (control, "value", value)), (explorer.reset, ())
    threads = [threading.Thread(target=function, args=arguments) for function, arguments in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(most) >= 1 and max(most) == 1


def test_a_change_that_comes_while_others_are_set_quietly_waits_and_is_not_lost(explorer, choices):
    start, control = shown(explorer), next(iter(explorer.controls.values()))
    value = next(value for value in choices(control) if value != control.value)
    change = threading.Thread(target=setattr, args=(control, "value", value))
    with explorer.quiet():
        change.start()
        change.join(0.1)
        assert change.is_alive() and shown(explorer) == start
    change.join()
    assert shown(explorer)[0] != start[0]


def test_no_figure_is_left_open(make):
    before = plt.get_fignums(), get_backend()
    make().close()
    assert (plt.get_fignums(), get_backend()) == before


def test_closing_leaves_nothing_in_memory(make):
    before = len(_instances)
    explorer = make()
    assert len(_instances) > before
    explorer.close()
    assert len(_instances) == before


def test_a_cell_that_runs_again_closes_what_it_made_before(make, monkeypatch):
    def run(cell, number):
        request = {"metadata": {"cellId": cell}, "header": {"msg_id": number}}
        kernel = SimpleNamespace(get_parent=lambda channel: request)
        monkeypatch.setattr(base, "get_ipython", lambda: SimpleNamespace(kernel=kernel))
        return make()

    monkeypatch.setattr(base, "_explorers_of_cell", {})
    first, second = run("a", 1), run("a", 1)
    other = run("b", 2)
    again = run("a", 3)
    is_open = [each.comm is not None for each in (first, second, other, again)]
    assert is_open == [False, False, True, True]
    other.close(), again.close()
