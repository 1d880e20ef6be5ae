import signal
import threading

import pytest

from nnlib.stop_button import IN_VAIN, StopButton


def press():
    signal.raise_signal(signal.SIGINT)


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """A clock that stands still; and interrupts are heard, whatever the tests run in."""
    now = [0.0]
    monkeypatch.setattr("nnlib.stop_button.monotonic", lambda: now[0])
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield now
    signal.signal(signal.SIGINT, before)


def test_a_press_waits_until_it_is_asked_for_and_is_heard_once():
    with StopButton() as stop_button:
        stop_button.raise_if_pressed()
        press()
        press()  # a double click is one press
        with pytest.raises(KeyboardInterrupt):
            stop_button.raise_if_pressed()
        stop_button.raise_if_pressed()


def test_pressed_again_after_waiting_in_vain_it_breaks_off_what_runs(clock):
    with StopButton():
        press()
        clock[0] += IN_VAIN + 1
        with pytest.raises(KeyboardInterrupt):
            press()


def test_a_press_nobody_asked_for_is_heard_on_the_way_out():
    done = []
    with pytest.raises(KeyboardInterrupt):
        with StopButton():
            press()
            done.append(True)
    assert done


def test_afterwards_interrupts_are_what_they_were():
    with pytest.raises(ZeroDivisionError):
        with StopButton():
            raise ZeroDivisionError
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    with pytest.raises(KeyboardInterrupt):
        press()


@pytest.mark.parametrize("handler", [signal.SIG_IGN, lambda *_: None])
def test_a_handler_of_somebody_elses_stays(handler):
    signal.signal(signal.SIGINT, handler)
    with StopButton() as stop_button:
        assert signal.getsignal(signal.SIGINT) is handler
        press()
        stop_button.raise_if_pressed()
    assert signal.getsignal(signal.SIGINT) is handler


def test_other_threads_are_never_interrupted():
    seen = []

    def work():
        with StopButton():
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [signal.default_int_handler]
