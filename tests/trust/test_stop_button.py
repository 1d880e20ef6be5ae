"""The stop button, pressed at random lines of the package while it trains: whole epochs are kept, and nothing else.

Whoever goes on afterwards gets, bit for bit, what an undisturbed training gets.
"""

import json
import re
import signal
import sys
from pathlib import Path

import numpy as np
import pytest
from jupyter_client.manager import start_new_kernel

import nnlib
from tests.trust.trainings import SEED, assert_is_as_an_epoch_left_it, drawn_training, one_of, record

PARTS = 8  # of the trials, to run side by side
PACKAGE = str(Path(nnlib.__file__).parent)


@pytest.fixture(autouse=True)
def interrupts_are_heard():
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def fit(training, presses=()):
    """Train, and press before the lines of these numbers; return the lines of the package that ran, in their order."""
    lines = []

    def trace(frame, event, argument):
        if event == "line":
            lines.append((frame.f_code.co_filename, frame.f_lineno))
            if len(lines) in presses:
                signal.raise_signal(signal.SIGINT)
        return trace if frame.f_code.co_filename.startswith(PACKAGE) else None

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        training.fit()
    except KeyboardInterrupt:
        assert presses
    finally:
        sys.settrace(before)
    return lines


def drawn_moment(rng, lines):
    """The number of a line: any line of the code is as likely as any other, however often it ran."""
    line = one_of(rng, sorted(set(lines)))
    return 1 + one_of(rng, [i for i, other in enumerate(lines) if other == line])


def press(i, times):
    """Make training number i without a press and with presses; return how many epochs either keeps."""
    whole, stopped = drawn_training(i), drawn_training(i)
    learning_rate, copies = whole.optimizer.learning_rate, record(whole)
    whole.fit()
    lines = fit(drawn_training(i))
    rng = np.random.default_rng([SEED, i, times])
    fit(stopped, [drawn_moment(rng, lines) for _ in range(times)])
    assert_is_as_an_epoch_left_it(stopped, copies, learning_rate)
    kept, epochs = (len(training.network.history["loss"]) for training in (stopped, whole))
    if kept < epochs == whole.settings["epochs"] and not spans_a_fit(whole.settings):
        stopped.fit(epochs=epochs - kept)
        assert stopped.network.history == whole.network.history
        assert_is_as_an_epoch_left_it(stopped, copies, learning_rate)
    return kept, epochs


def spans_a_fit(settings):
    return settings["schedule"] is not None or settings["patience"] is not None


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.filterwarnings("ignore::nnlib.training.DivergenceWarning")
def test_the_stop_button_keeps_whole_epochs_wherever_it_is_pressed(part, times, trials):
    kept = []
    for i in range(part, trials(80), PARTS):
        try:
            kept.append(press(i, times))
        except BaseException as fault:
            fault.add_note(f"in training number {i}")
            raise
    print(f"{len(kept)} stopped: {sum(0 < some < all_ for some, all_ in kept)} between the first and the last epoch")
    assert any(some < all_ for some, all_ in kept)


ENDLESS = """
import nnlib
network, adam = nnlib.NeuralNetwork([2, 3, 1], ["tanh", "sigmoid"], rng=0), nnlib.Adam()
network.fit([[0, 0, 1, 1], [0, 1, 0, 1]], [[0, 1, 1, 0]], 10**9, print_every=1000, optimizer=adam)
print("the cell goes on")
"""


def test_the_stop_button_of_a_kernel():
    manager, client = start_new_kernel(kernel_name="python3", startup_timeout=300)
    printed = []

    def press_stop_once(message):
        if message["msg_type"] == "stream" and message["content"]["name"] == "stdout":
            if not printed:
                manager.interrupt_kernel()
            printed.append(message["content"]["text"])

    try:
        reply = client.execute_interactive(ENDLESS, output_hook=press_stop_once, timeout=300)
        assert reply["content"]["status"] == "ok"
        finished = re.search(r"interrupted; (\d+) of 1000000000 .* kept\.\nthe cell goes on\n$", "".join(printed))
        state = {"state": "[len(network.history['loss']), adam.steps]"}
        reply = client.execute_interactive("", user_expressions=state, timeout=300)
        counts = json.loads(reply["content"]["user_expressions"]["state"]["data"]["text/plain"])
        assert counts == [int(finished[1])] * 2
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
