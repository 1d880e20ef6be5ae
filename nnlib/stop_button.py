"""The stop button, Jupyter's or Ctrl-C: heard where nothing is half done."""

import signal
import threading
from time import monotonic

IN_VAIN = 2.0  # seconds


class StopButton:
    """A context in which a press waits until the program asks for it, instead of breaking off whatever runs.

    Whoever has waited two seconds in vain, and presses again, breaks it off after all. A press that nobody asks for is
    heard on the way out. Outside the main thread, which alone is ever interrupted, and where the interrupt (SIGINT) has
    a handler of its own, all stays as it is.
    """

    def __init__(self):
        self.pressed_at = None

    def __enter__(self):
        in_main_thread = threading.current_thread() is threading.main_thread()
        self._listens = in_main_thread and signal.getsignal(signal.SIGINT) is signal.default_int_handler
        if self._listens:
            signal.signal(signal.SIGINT, self._press)
        return self

    def __exit__(self, *exception):
        if self._listens:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        self.raise_if_pressed()

    def raise_if_pressed(self):
        """Raise KeyboardInterrupt, once for a press."""
        if self.pressed_at is not None:
            self.pressed_at = None
            raise KeyboardInterrupt

    def _press(self, signal_number, frame):
        if self.pressed_at is None:
            self.pressed_at = monotonic()
        elif monotonic() - self.pressed_at > IN_VAIN:
            self.raise_if_pressed()
