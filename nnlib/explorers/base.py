"""What every explorer shares: controls, one persistent picture, a read-out, a Reset, and a static picture to store."""

import io
from contextlib import contextmanager

import ipywidgets as widgets
from matplotlib import style
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from nnlib.notebook import DPI, check_alt, picture


class Explorer(widgets.VBox):
    """Controls beside a picture that follows them.

    A subclass passes its controls as {name: widget} and gives two methods: `draw_frame(figure)`, called once, makes
    the Axes and the artists; `update(**values)`, called with the controls' values at every change, moves them and
    returns the read-out. Axes keep their place and range, so that only what the control changes is seen to move.
    `alt` describes the picture of the default state, which is what a static page shows in place of the explorer.
    """

    def __init__(self, controls, figsize, alt):
        self.controls = controls
        self.defaults = self.values
        self.alt = check_alt(alt)
        self._quiet = False
        with _series_style():
            self.figure = Figure(figsize=figsize, dpi=DPI, layout="none")
            FigureCanvasAgg(self.figure)
            self.draw_frame(self.figure)
        width, height = (round(inches * DPI) for inches in figsize)
        self.image = widgets.Image(format="png", width=width, height=height)
        self.image.layout = {"flex": "0 1 auto", "min_width": "0", "height": "auto"}  # a narrow page scales it down
        self.readout = widgets.HTML(layout={"min_height": "6em"})
        reset = widgets.Button(description="Reset", tooltip="Back to the settings at the start", icon="undo")
        reset.on_click(lambda _: self.reset())
        for control in controls.values():
            control.style.description_width = "105px"
            control.layout.width = "290px"
            control.observe(self._on_change, "value")
        panel = widgets.VBox([*controls.values(), reset, self.readout], layout={"flex": "0 0 300px"})
        row = widgets.HBox([panel, self.image], layout={"align_items": "flex-start"})
        self._refresh()
        super().__init__([row])

    @property
    def values(self):
        """The controls' present values, by name."""
        return {name: control.value for name, control in self.controls.items()}

    def draw_frame(self, figure):
        """Make the Axes and the artists, once."""
        raise NotImplementedError

    def update(self, **values):
        """Move the artists to these values and return the read-out, as HTML."""
        raise NotImplementedError

    def reset(self):
        """Set every control to what it was at the start."""
        with self.quiet():
            for name, control in self.controls.items():
                control.value = self.defaults[name]
        self._refresh()

    @contextmanager
    def quiet(self):
        """Let controls change without a redraw for each."""
        before, self._quiet = self._quiet, True
        try:
            yield
        finally:
            self._quiet = before

    def _on_change(self, change):
        if not self._quiet:
            self._refresh()

    def _refresh(self):
        with _series_style():
            self.readout.value = self.update(**self.values)
            self.image.value = self._png(compress_level=1)  # a live picture has to be quick, not small

    def _png(self, compress_level):
        """The picture's bytes, straight from the canvas: savefig lays out first, and here everything is in place."""
        stream = io.BytesIO()
        look = {"compress_level": compress_level}
        self.figure.canvas.print_png(stream, metadata={"Software": None}, pil_kwargs=look)
        return stream.getvalue()

    def _repr_mimebundle_(self, **kwargs):
        """The widget, and beside it the picture for every page that cannot run it."""
        with _series_style():
            data = super()._repr_mimebundle_(**kwargs) | picture(self._png(compress_level=6), self.alt)
        return data, {"image/png": {"alt": self.alt}}


def _series_style():
    """The look of the series, whatever style the notebook has set."""
    return style.context("nnlib.series", after_reset=True)
