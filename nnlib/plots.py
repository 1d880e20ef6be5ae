"""Pictures of the series: data in, Axes out. Every function draws on the Axes it is given, never calls show.

Blue is positive, orange is negative, grey is scaffolding; a line style, a marker, a hatch or a printed number
always says the same thing as the hue. `draw_…` are diagrams, `plot_…` are pictures of data.
"""

from functools import lru_cache

import numpy as np
import seaborn as sns
from matplotlib.collections import LineCollection
from matplotlib.colors import LinearSegmentedColormap, ListedColormap, to_rgb
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch, Rectangle
from matplotlib.textpath import TextToPath
from matplotlib.ticker import MaxNLocator

from nnlib.activations import get_activation
from nnlib.plot_inputs import (
    check_axes,
    check_classes,
    check_count,
    check_curves,
    check_flat,
    check_grid,
    check_network,
    check_notes,
    check_range,
    check_stages,
    check_texts,
)
from nnlib.validation import (
    as_array,
    as_float,
    check_finite,
    check_function,
    check_layer_sizes,
    check_number,
    check_numbers,
)

POSITIVE = "#1764ab"
NEGATIVE = "#d96c00"
NEUTRAL = "#7f7f7f"
INK = "#222222"
PALE = "#e6e6e6"
DIVERGING = LinearSegmentedColormap.from_list("nnlib_diverging", [NEGATIVE, "white", POSITIVE])
PALE_DIVERGING = LinearSegmentedColormap.from_list("nnlib_pale_diverging", ["#f0c193", "white", "#9dbfe3"])
MISTAKES = LinearSegmentedColormap.from_list("nnlib_mistakes", ["white", NEGATIVE])

# Class 0 is the negative one, class 1 the positive; each class has a marker of its own too.
CLASS_COLORS = (
    NEGATIVE,
    POSITIVE,
    "#4d4d4d",
    "#5ab4ac",
    "#9970ab",
    "#a6761d",
    "#e7298a",
    "#a6a6a6",
    "#66a61e",
    "#000000",
)
CLASS_MARKERS = ("s", "o", "^", "D", "v", "P", "X", "<", ">", "*")


# Diagrams


def draw_neural_network(
    layer_sizes, ax, title="Neural Network", *, parameters=None, values=None, labels=None, captions=None
):
    """Draw a fully connected network, input on the left, neuron 1 of each layer on top.

    `parameters` ({"W1": (n[1], n[0]), …}) colours each edge by the sign of its weight (blue solid positive,
    orange dashed negative) and widens it with |weight|. `values`, one array per layer with the input first, fills
    each neuron and prints its number. `labels`, one list of strings per layer, replaces x₁ … and ŷ₁ …;
    `captions`, one string per layer, replaces "input", "hidden 1" … "output". Layers of more than 10 neurons are
    shown abridged, with a ⋮.
    """
    check_axes(ax)
    layer_sizes = check_layer_sizes(layer_sizes)
    parameters, values = check_network(layer_sizes, parameters, values)
    if labels is not None:
        check_count(labels, len(layer_sizes), "labels")
        for l, (texts, n) in enumerate(zip(labels, layer_sizes)):
            check_count(texts, n, f"labels[{l}]")
    if captions is not None:
        check_count(captions, len(layer_sizes), "captions")
    last = len(layer_sizes) - 1
    shown = [_shown_indices(n) for n in layer_sizes]
    names = captions or ["input", *(f"hidden {l}" for l in range(1, last)), "output"]
    counts = [_count(n, "neuron" if l else "value") for l, n in enumerate(layer_sizes)]
    captions = [f"{name}\n{count}" for name, count in zip(names, counts)]

    ax.set_axis_off()
    ax.set_title(title)
    width, height = _size_in_points(ax)
    column, rows = width / len(layer_sizes), max(map(len, shown))
    caption_font = _font_that_fits(captions, 0.86 * column, largest=11)
    caption_height = 3 * caption_font
    unit = min((height - caption_height) / rows, column / 1.4, 54)
    widest_caption = max(_width_in_points(caption, caption_font) for caption in captions)
    spacing = min(column / unit, max(5, 1.15 * widest_caption / unit))
    places = [
        [(l * spacing, (rows + len(slots)) / 2 - 1 - i) for i in range(len(slots))] for l, slots in enumerate(shown)
    ]

    radius = 0.36
    texts = [_neuron_texts(l, slots, l == last, values, labels) for l, slots in enumerate(shown)]
    widest = [text for layer in texts for text in layer.values()]
    font = _font_that_fits(widest, 1.6 * radius * unit, largest=min(12, 0.8 * radius * unit), smallest=1)
    largest = 1 if values is None else max(np.max(np.abs(a)) for a in values) or 1
    for l, slots in enumerate(shown):
        if l > 0:
            W = None if parameters is None else parameters[f"W{l}"]
            _draw_edges(ax, shown[l - 1], places[l - 1], slots, places[l], W, thickest=max(1.2, unit / 10))
        for j, place in zip(slots, places[l]):
            if j is None:
                ax.text(*place, "⋮", ha="center", va="center", fontsize=16, color=NEUTRAL)
                continue
            face = "white" if l == 0 else "#c8c8c8" if l == last else PALE
            if values is not None:
                face = DIVERGING(0.5 + np.ravel(values[l])[j] / largest / 2)
            ax.add_artist(Circle(place, radius, facecolor=face, edgecolor=INK, lw=2.4 if l == last else 1.2, zorder=3))
            if texts[l][j] and font >= 7:
                ax.text(
                    *place,
                    texts[l][j],
                    ha="center",
                    va="center",
                    fontsize=font,
                    color=_ink_on(face),
                    zorder=4,
                )
        ax.text(l * spacing, -0.6, captions[l], ha="center", va="top", fontsize=caption_font)

    x_range, y_range = (-spacing / 2, (last + 0.5) * spacing), (-0.6 - caption_height / unit, rows - 0.5)
    return _frame(ax, x_range, y_range, (width, height), unit)


def draw_neuron(weights, bias, ax, title="", *, inputs=None, activation="sigmoid"):
    """Draw one artificial neuron: inputs times weights, summed with the bias, through the activation.

    With `inputs` (n,) every number is shown, z and the output a among them; without, the letters stand alone.
    """
    check_axes(ax)
    weights, bias = check_flat(weights, "weights"), check_number(bias, "bias")
    if inputs is not None:
        inputs = check_numbers(np.ravel(as_float(inputs, "inputs")), "inputs", len(weights))
    f = get_activation(activation).function
    slots = _shown_indices(len(weights), most=6)
    rows = max(len(slots), 3)
    ax.set_axis_off()
    ax.set_title(title)
    width, height = _size_in_points(ax)
    unit = min(width / 11.4, height / (1.25 * rows + 0.9))
    font = float(np.clip(0.3 * unit, 6, 13))
    largest = np.max(np.abs(weights)) or 1
    centre, radius = (5.4, 0.0), 0.62

    for i, j in enumerate(slots):
        place = (0.9, 1.25 * ((len(slots) - 1) / 2 - i))
        if j is None:
            ax.text(*place, "⋮", ha="center", va="center", fontsize=1.4 * font, color=NEUTRAL)
            continue
        color, style = _sign_look(weights[j])
        thickness = 0.8 + 2.4 * abs(weights[j]) / largest
        _arrow(ax, place, centre, color, style, lw=thickness, gap=(0.5, radius), unit=unit)
        ax.add_patch(Circle(place, 0.5, facecolor="white", edgecolor=INK, lw=1.2, zorder=3))
        text = rf"$x_{{{j + 1}}}$" if inputs is None else _short(float(np.ravel(inputs)[j]))
        ax.text(*place, text, ha="center", va="center", fontsize=font, zorder=4)
        if inputs is not None:
            ax.text(place[0] - 0.6, place[1], rf"$x_{{{j + 1}}}$", ha="right", va="center", fontsize=font)
        label = rf"$w_{{{j + 1}}}$ = {_short(weights[j])}"
        _boxed(ax, 0.62 * place[0] + 0.38 * centre[0], 0.62 * place[1], label, font, color)

    color, style = _sign_look(bias)
    top = (centre[0], 1.25 * (rows - 1) / 2 + 0.2)
    _arrow(ax, top, centre, color, style, lw=1.6, gap=(0.25, radius), unit=unit)
    ax.text(*top, f"bias $b$ = {_short(bias)}", ha="center", va="center", fontsize=font, color=color)
    ax.add_patch(Circle(centre, radius, facecolor=PALE, edgecolor=INK, lw=1.2, zorder=3))
    ax.text(*centre, "Σ", ha="center", va="center", fontsize=1.4 * font, zorder=4)

    box, out = (8.0, 0.0), (10.2, 0.0)
    _arrow(ax, centre, box, INK, "-", lw=1.4, gap=(radius, 0.95), unit=unit)
    _arrow(ax, box, out, INK, "-", lw=1.4, gap=(0.95, 0.1), unit=unit)
    look = {"boxstyle": "round,pad=0.05", "facecolor": PALE, "edgecolor": INK, "zorder": 3}
    ax.add_patch(FancyBboxPatch((box[0] - 0.9, -0.5), 1.8, 1.0, **look))
    ax.text(*box, activation.replace("_", " "), ha="center", va="center", fontsize=font, zorder=4)
    z_text, a_text = "$z$ = w·x + $b$", "$a$ = $f(z)$"
    if inputs is not None:
        z = float(weights @ np.ravel(inputs) + bias)
        z_text, a_text = f"{z_text}\n= {_short(z)}", f"{a_text}\n= {_short(float(f(np.array(z))))}"
    ax.text(centre[0] + 0.35, -0.8, z_text, ha="center", va="top", fontsize=font)
    ax.text(out[0] - 0.1, -0.8, a_text, ha="center", va="top", fontsize=font)

    return _frame(ax, (-0.1, 11.3), (-0.625 * rows - 0.1, 0.625 * rows + 0.15), (width, height), unit)


def draw_flow(nodes, ax, title="", *, inputs=None, backward=None, outputs=None):
    """Draw boxes joined by arrows, left to right.

    `inputs` {node: text} sets texts above the boxes they feed (weights into Z). `backward`, one string per node
    ("" for none), is a second row below with dashed arrows from right to left; `outputs` {backward node: text}
    sets texts under the boxes that give them (gradients).
    """
    check_axes(ax)
    nodes, backward = check_texts(nodes, "nodes"), [] if backward is None else check_texts(backward, "backward")
    inputs, outputs = check_notes(inputs, "inputs"), check_notes(outputs, "outputs")
    strangers = [*(set(inputs) - set(nodes)), *(set(outputs) - set(backward))]
    if strangers or len(backward) not in (0, len(nodes)):
        count = f"backward has {len(backward)} nodes, not {len(nodes)}"
        wrong = f"{strangers[0]!r} is no node" if strangers else count
        raise ValueError(f"{wrong}; nodes are {nodes}, backward is {backward}. Give inputs and outputs to these.")
    ax.set_axis_off()
    ax.set_title(title)
    width, height = _size_in_points(ax)
    column = width / len(nodes)
    notes_font = _font_that_fits([*inputs.values(), *outputs.values()], 0.95 * column, largest=13)
    font = _font_that_fits([*nodes, *backward], 0.62 * column, largest=notes_font)
    lines = 1 + max(text.count("\n") for text in [*nodes, *backward])
    half_width, half_height = 0.34 * column, 0.75 * font * (lines + 0.5)
    top, bottom = (0, 0) if not backward else (1.9 * half_height, -1.9 * half_height)
    reach = half_height + 2.6 * font

    for y, row, notes, side, style in ((top, nodes, inputs, 1, "-"), (bottom, backward, outputs, -1, "--")):
        for i, text in enumerate(row):
            x = (i + 0.5) * column
            if not text:
                continue
            _flow_box(ax, x, y, half_width, half_height, text, font)
            if i and row[i - 1]:
                ends = ((x - column + half_width, y), (x - half_width, y))
                _plain_arrow(ax, *ends[::side], style)
            if text in notes:
                near, far = y + side * half_height, y + side * (half_height + 1.3 * font)
                ends = ((x, far), (x, near))
                _plain_arrow(ax, *ends[::side], style)
                ax.text(x, far, notes[text], ha="center", va="bottom" if side == 1 else "top", fontsize=font)
    ax.set_xlim(0, width)
    half = max(top + (reach if inputs else half_height), (reach if outputs else half_height) - bottom) + 4
    ax.set_ylim(-max(half, height / 2), max(half, height / 2))
    return ax


def draw_cnn(stages, ax, title=""):
    """Draw the shapes a convolutional network passes through, left to right.

    `stages` is a list of (name, shape): (h, w, channels) is drawn as a stack of squares, (n,) as a bar. Sides grow
    with the square root of their size, stacks and bars with the logarithm, so that large and small are both seen.
    """
    check_axes(ax)
    stages = check_stages(stages)
    ax.set_axis_off()
    ax.set_title(title)
    width, height = _size_in_points(ax)
    column = width / len(stages)
    captions = [f"{name}\n{'×'.join(f'{n}' for n in shape)}" for name, shape in stages]
    font = _font_that_fits(captions, 0.94 * column, largest=11)
    lines = 1 + max(text.count("\n") for text in captions)
    room = min(0.62 * column, height - (1.3 * lines + 1.5) * font)
    tallest = max((shape[0] for _, shape in stages if len(shape) == 3), default=1)
    reach = 0
    for i, (_, shape) in enumerate(stages):
        x, previous_reach = (i + 0.5) * column, reach
        if len(shape) == 3:
            sheets = 1 + int(np.ceil(np.log2(shape[2])))
            side = room * np.sqrt(shape[0] / tallest) * 0.75
            shift = 0.25 * room / 7
            for s in reversed(range(sheets)):
                corner = x - side / 2 + (s - sheets / 2) * shift, -side / 2 + (s - sheets / 2) * shift
                ax.add_patch(Rectangle(corner, side, side, facecolor=PALE if s else "white", edgecolor=INK, lw=0.9))
            reach = side / 2 + sheets * shift / 2
        else:
            tall = room * min(1, 0.3 + np.log10(shape[0]) / 4)
            ax.add_patch(Rectangle((x - 5, -tall / 2), 10, tall, facecolor=PALE, edgecolor=INK, lw=0.9))
            reach = 5
        if i:
            _plain_arrow(ax, (x - column + previous_reach + 2, 0), (x - reach - 2, 0), "-")
        ax.text(x, -room / 2 - 0.8 * font, captions[i], ha="center", va="top", fontsize=font)
    ax.set_xlim(0, width)
    bottom = room / 2 + (1.3 * lines + 1.2) * font
    spare = max(height - bottom - room / 2, 0) / 2
    ax.set_ylim(-bottom - spare, room / 2 + spare)
    return ax


# Curves


def plot_curves(curves, ax, title="", *, x=None, xlabel="", ylabel="", log=False):
    """Draw several curves, each labelled at its right end: `curves` is {label: values}, `x` their positions.

    `x` counts from 1 where it is not given (layers, epochs). `log` sets a logarithmic y axis.
    """
    check_axes(ax)
    curves = check_curves(curves, "curves")
    longest = max(len(values) for values in curves.values())
    x = np.arange(1, longest + 1) if x is None else check_numbers(x, "x", "n")
    if len(x) < longest:
        raise ValueError(f"x has {len(x)} positions; expected {longest}, as many as the longest curve has values.")
    if longest > 1 and x[0] == x[longest - 1]:
        raise ValueError(f"x begins and ends at {x[0]}; expected positions that rise.")
    ends = []
    for label, values in curves.items():
        marker = "o" if len(values) <= 12 else None
        (line,) = ax.plot(x[: len(values)], values, marker=marker, ms=5)
        ends.append((_last_finite(values), label, line.get_color()))
    if log:
        ax.set_yscale("log")
    if longest > 1:
        ax.set_xlim(x[0], x[longest - 1])
    if longest <= 12 and np.array_equal(x, np.arange(1, longest + 1)):
        ax.set_xticks(x)
    ax.set(title=title, xlabel=xlabel, ylabel=ylabel)
    return _label_ends(ax, ends)


def plot_activation(name, ax, *, z_range=(-5, 5), **slope):
    """Draw f (solid) and f′ (dashed) of the named activation over z, labelled; `alpha=` where it has one."""
    function, derivative = get_activation(name)
    if derivative is None:
        raise ValueError(f"{name!r} turns a whole column into probabilities and has no curve; use plot_bars.")
    check_axes(ax)
    z = np.linspace(*check_range(z_range, "z_range"), 401)
    f, slope_of_f = function(z, **slope), derivative(z, **slope)
    slope_of_f[1:][np.abs(np.diff(slope_of_f)) > 0.05] = np.nan  # a jump is no line
    ax.axhline(0, color=NEUTRAL, lw=0.8)
    ax.axvline(0, color=NEUTRAL, lw=0.8)
    ax.plot(z, f, color=POSITIVE, ls="-")
    ax.plot(z, slope_of_f, color=NEGATIVE, ls="--")
    ax.set_xlim(*z_range)
    ax.set(title=name.replace("_", " "), xlabel="$z$", ylabel="$f(z)$ and $f\\,′(z)$")
    return _label_ends(ax, [(f[-1], "$f$", POSITIVE), (_last_finite(slope_of_f), "$f\\,′$", NEGATIVE)])


def plot_history(history, axes):
    """Draw the loss on the first of `axes` and the accuracy on the second, training solid, validation dashed.

    `history` is `NeuralNetwork.history`; a single Axes takes the loss alone. Returns `axes`.
    """
    if not isinstance(history, dict) or "loss" not in history:
        raise ValueError(f"history is {history!r}; expected that of a network, with its loss.")
    for ax, quantity in zip(check_grid(axes), ("loss", "accuracy")):
        curves = {"training": history.get(quantity, []), "validation": history.get(f"validation_{quantity}", [])}
        curves = {label: values for label, values in curves.items() if np.size(values)}
        if not curves:
            ax.set_axis_off()
            continue
        curves = check_curves(curves, f"history, its {quantity},")
        plot_curves(curves, ax, xlabel="epoch", ylabel="loss $J$" if quantity == "loss" else quantity)
        ax.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    return axes


def plot_layer_spread(spreads, ax, title="", *, ylabel="standard deviation of the activations"):
    """Draw one number per layer on a logarithmic axis, for several methods: {method: [layer 1, 2, …]}."""
    return plot_curves(check_curves(spreads, "spreads"), ax, title, xlabel="layer $l$", ylabel=ylabel, log=True)


def plot_distributions(samples, ax, title="", *, xlabel="layer $l$", ylabel="activation"):
    """Draw how values are spread, one violin each, with its quartiles: {label: values of any shape}."""
    check_axes(ax)
    if not isinstance(samples, dict) or not samples:
        raise ValueError(f"samples is {samples!r}; expected a dictionary of numbers by label.")
    data = [check_flat(values, f"samples[{label!r}]") for label, values in samples.items()]
    look = {"color": PALE, "linecolor": INK, "linewidth": 1, "density_norm": "width"}
    sns.violinplot(data=data, ax=ax, inner="quart", cut=0, **look)
    ax.set_xticks(range(len(data)), [str(label) for label in samples])
    ax.set(title=title, xlabel=xlabel, ylabel=ylabel)
    return ax


def plot_bars(values, labels, ax, title="", *, ylabel="probability", fmt=".2f"):
    """Draw one bar per value with its number: positive ones blue, negative ones orange and hatched."""
    check_axes(ax)
    values = check_flat(values, "values")
    check_count(labels, len(values), "labels")
    bars = ax.bar(range(len(values)), values, width=0.75)
    for bar, value in zip(bars, values):
        bar.set(facecolor=_sign_look(value)[0], edgecolor="white", hatch="//" if value < 0 else None)
    width, _ = _size_in_points(ax)
    texts = [f"{value:{fmt}}".replace("-", "−") for value in values]
    ax.bar_label(bars, texts, padding=2, fontsize=_font_that_fits(texts, 0.8 * width / len(values), largest=11))
    ax.set_xticks(range(len(values)), [str(label) for label in labels])
    ax.grid(visible=False, axis="x")
    ax.axhline(0, color=INK, lw=0.8)
    ax.margins(y=0.12)
    ax.set(title=title, ylabel=ylabel)
    return ax


# Planes


def plot_points(X, y, ax, title="", *, legend=True, xlabel="$x_1$", ylabel="$x_2$"):
    """Draw samples X (2, m) in the plane, marked by their class y (m,): 0 orange squares, 1 blue circles."""
    check_axes(ax)
    X = as_float(X, "X")
    if X.ndim != 2 or X.shape[0] != 2:
        hint = " Did you mean X.T?" if X.ndim == 2 and X.shape[1] == 2 else ""
        raise ValueError(f"X has shape {X.shape}; expected (2, m), one column per point.{hint}")
    check_finite(X, "X")
    y = check_classes(y, X.shape[1], len(CLASS_COLORS))
    size = float(np.clip(4000 / max(X.shape[1], 1), 12, 90))
    for label in np.unique(y):
        look = {
            "color": CLASS_COLORS[label],
            "marker": CLASS_MARKERS[label],
            "edgecolor": "white",
            "linewidth": 0.7,
        }
        ax.scatter(*X[:, y == label], s=size, label=f"class {label}", zorder=3, **look)
    ax.set_aspect("equal")
    ax.margins(0.12)
    ax.set(title=title, xlabel=xlabel, ylabel=ylabel)
    if legend:
        ax.legend(loc="upper left", bbox_to_anchor=(1, 1), handletextpad=0.2, borderpad=0)
    return ax


def plot_decision_boundary(predict, X, y, ax, title="", *, legend=True):
    """Fill the plane with what `predict` answers, with a line where the answer changes and the points on top.

    `predict` takes columns (2, k) and returns labels (k,), one probability each ((k,) or (1, k); shaded by it,
    the line at 0.5), or one row of probabilities per class.
    """
    check_function(predict, "predict", "a function of columns (2, k)")
    plot_points(X, y, ax, title, legend=legend)
    x1, x2 = (np.linspace(*limits, 201) for limits in (ax.get_xlim(), ax.get_ylim()))
    grid = np.stack(np.meshgrid(x1, x2)).reshape(2, -1)
    answer = as_array(predict(grid), "predict's answer")
    if answer.dtype.kind not in "biuf" or answer.ndim not in (1, 2) or answer.shape[-1] != grid.shape[1]:
        came = f"shape {answer.shape} of {answer.dtype}"
        raise ValueError(f"predict returned {came}; expected a number, or one a class, for {grid.shape[1]} columns.")
    if answer.ndim == 2 and answer.shape[0] > 1:
        answer = answer.argmax(axis=0)
    answer = answer.reshape(201, 201)
    if np.issubdtype(answer.dtype, np.floating):
        ax.contourf(x1, x2, answer, levels=np.linspace(0, 1, 11), cmap=PALE_DIVERGING, zorder=0)
        edges = [0.5]
    else:
        classes = ListedColormap([_tint(color, 0.72) for color in CLASS_COLORS])
        ax.pcolormesh(x1, x2, answer, cmap=classes, vmin=-0.5, vmax=len(CLASS_COLORS) - 0.5, zorder=0, rasterized=True)
        edges = np.arange(answer.max()) + 0.5
    if len(edges) and answer.min() < edges[-1] and answer.max() > edges[0]:
        ax.contour(x1, x2, answer, levels=edges, colors=INK, linewidths=1.6, zorder=2)
    ax.grid(visible=False)
    ax.set(xlim=(x1[0], x1[-1]), ylim=(x2[0], x2[-1]))
    return ax


def plot_descent(loss, path, ax, title="", *, minimum=None, w1_range=(-3.5, 3.5), w2_range=(-3.5, 3.5)):
    """Draw the contours of loss(w1, w2) and the steps of `path` (k, 2) on them, with arrows; None draws no path.

    Where the path leaves the picture it is followed to the edge. `minimum` (w1, w2) is marked with a star.
    """
    check_axes(ax)
    check_function(loss, "loss", "a function of w1 and w2")
    w1_range, w2_range = check_range(w1_range, "w1_range"), check_range(w2_range, "w2_range")
    w1, w2 = np.meshgrid(np.linspace(*w1_range, 121), np.linspace(*w2_range, 121))
    heights = check_numbers(loss(w1, w2), "loss(w1, w2)", *w1.shape)
    low, high = heights.min(), heights.max()
    # Levels dense near the bottom, where a path ends; the first lies above `low`, a point, not a line.
    levels = low + (high - low) * np.linspace(0, 1, 14)[1:] ** 2
    ax.contour(w1, w2, heights, levels=levels, colors="#bdbdbd", linewidths=1)
    if minimum is not None:
        minimum = check_numbers(minimum, "minimum", 2)
        ax.plot(*minimum, marker="*", ms=16, color=INK, ls="none", zorder=2)
        _halo_note(ax, "minimum", minimum, above=False)
    if path is not None:
        draw_path(path, ax, span=np.ptp(w1_range))
        _halo_note(ax, "start", as_float(path, "path")[0], above=True)
    ax.set(xlim=w1_range, ylim=w2_range, title=title, xlabel="$w_1$", ylabel="$w_2$")
    ax.set_aspect("equal")
    ax.grid(visible=False)
    return ax


# Arrays and images


def plot_matrix(
    M,
    ax,
    title="",
    *,
    fmt=".2f",
    row_labels=None,
    column_labels=None,
    highlight=None,
    largest=None,
    numbers=True,
):
    """Draw a matrix as cells, colour by sign and size (blue positive, orange negative, white 0), numbers inside.

    `highlight` (row, column, height, width) frames a window; `largest` sets the value of full colour, so that
    several matrices can share a scale; `numbers=False` leaves the numbers out.
    """
    check_axes(ax)
    given = np.atleast_2d(as_array(M, "M"))
    M = as_float(given, "M")
    if M.ndim != 2 or M.size == 0:
        raise ValueError(f"M has shape {M.shape}; expected (rows, columns).")
    check_finite(M[~np.isnan(M)], "M")
    largest = _full_colour(largest, M)
    for labels, n, name in ((row_labels, len(M), "row_labels"), (column_labels, M.shape[1], "column_labels")):
        if labels is not None:
            check_count(labels, n, name)
    if highlight is not None:
        highlight = check_numbers(highlight, "highlight", 4)
    sns.heatmap(
        M,
        ax=ax,
        cmap=DIVERGING,
        vmin=-largest,
        vmax=largest,
        cbar=False,
        square=True,
        linewidths=1 if numbers else 0,
        linecolor="white",
        xticklabels=False if column_labels is None else column_labels,
        yticklabels=False if row_labels is None else row_labels,
    )
    ax.set_title(title)
    ax.tick_params(length=0, rotation=0)
    rows, columns = M.shape
    if numbers:
        width, height = _size_in_points(ax)
        texts = [[f"{value:{fmt}}".replace("-", "−") for value in row] for row in given]
        cell = min(width / columns, height / rows)
        font = _font_that_fits([text for row in texts for text in row], 0.86 * cell, largest=12, smallest=4)
        for i in range(rows):
            for j in range(columns):
                ink = _ink_on(DIVERGING(0.5 + M[i, j] / largest / 2))
                ax.text(j + 0.5, i + 0.5, texts[i][j], ha="center", va="center", fontsize=font, color=ink)
    if highlight is not None:
        top, left, tall, wide = highlight
        ax.add_patch(Rectangle((left, top), wide, tall, fill=False, edgecolor=INK, lw=3, clip_on=False, zorder=5))
    ax.add_patch(Rectangle((0, 0), columns, rows, fill=False, edgecolor=NEUTRAL, lw=1, clip_on=False))
    return ax


def plot_image(image, ax, title="", *, largest=None):
    """Draw an image (h, w), or a flat one of h² pixels: white is 0 and black the largest value.

    With negative entries (weights, filtered images) blue is positive and orange negative. `largest` sets the value
    of full colour, so that several images can share a scale.
    """
    check_axes(ax)
    image = _square(as_float(image, "image"))
    check_finite(image, "image")
    largest = _full_colour(largest, image)
    signed = image.min() < 0
    ax.imshow(image, cmap=DIVERGING if signed else "gray_r", vmin=-largest if signed else 0, vmax=largest)
    ax.set(xticks=[], yticks=[], title=title)
    ax.grid(visible=False)
    ax.spines[:].set(visible=True, color=NEUTRAL, linewidth=0.8)
    return ax


def plot_images(images, titles, axes, *, correct=None, largest=None):
    """Draw images in a grid of Axes, one title each; the Axes left over are hidden. Returns `axes`.

    `correct`, one truth value per image, marks a right one with ✓ and a thin frame, a wrong one with ✗ and a
    thick dashed orange frame.
    """
    flat = check_grid(axes)
    images = images if isinstance(images, list | tuple) else as_array(images, "images")
    if (isinstance(images, np.ndarray) and images.ndim == 0) or len(images) == 0:
        raise ValueError(f"images is {images!r}; expected a list of images (h, w), or an array (m, h, w).")
    if len(images) > len(flat):
        raise ValueError(f"{len(images)} images do not fit on {len(flat)} axes; make more with plt.subplots.")
    check_count(titles, len(images), "titles", least=True)
    if correct is not None:
        check_count(correct, len(images), "correct", least=True)
    for i, ax in enumerate(flat):
        if i >= len(images):
            ax.set_axis_off()
            continue
        plot_image(images[i], ax, str(titles[i]), largest=largest)
        if correct is not None:
            mark, weight = ("✓", "normal") if correct[i] else ("✗", "bold")
            ax.set_title(f"{titles[i]} {mark}", fontweight=weight)
        if correct is not None and not correct[i]:
            ax.spines[:].set(color=NEGATIVE, linewidth=3, linestyle="--")
    return axes


def plot_weights_as_images(W, axes, *, titles=None):
    """Draw the first rows of W (neurons, pixels) as square images on one scale, blue positive. Returns `axes`."""
    rows = check_numbers(W, "W", "neurons", "pixels")[: check_grid(axes).size]
    titles = [f"neuron {i + 1}" for i in range(len(rows))] if titles is None else titles
    return plot_images(rows, titles, axes, largest=np.max(np.abs(rows)))


def plot_confusion_matrix(cm, ax, title="", *, class_names=None):
    """Draw a confusion matrix, one row per true class: the diagonal (right) grey, the mistakes orange."""
    check_axes(ax)
    cm = as_array(cm, "cm")
    if cm.ndim != 2 or cm.shape[0] != cm.shape[1] or cm.size == 0 or cm.dtype.kind not in "iu" or cm.min() < 0:
        raise ValueError(f"cm has shape {cm.shape} of {cm.dtype}; expected whole numbers (n, n), none negative.")
    if class_names is not None:
        check_count(class_names, len(cm), "class_names")
    names = range(len(cm)) if class_names is None else class_names
    diagonal = np.eye(len(cm), dtype=bool)
    sns.heatmap(
        cm,
        mask=diagonal,
        ax=ax,
        cmap=MISTAKES,
        vmin=0,
        vmax=max(1, cm[~diagonal].max()),
        cbar=False,
        square=True,
        linewidths=1,
        linecolor="#d0d0d0",
        xticklabels=names,
        yticklabels=names,
    )
    width, height = _size_in_points(ax)
    texts = [f"{count}" for count in cm.ravel()]
    font = _font_that_fits(texts, 0.8 * min(width, height) / len(cm), largest=11)
    for i, j in np.ndindex(cm.shape):
        if i == j:
            ax.add_patch(Rectangle((j, i), 1, 1, facecolor="#d0d0d0", edgecolor="white"))
        if i == j or cm[i, j]:
            weight = "bold" if i == j else "normal"
            ax.text(j + 0.5, i + 0.5, f"{cm[i, j]}", ha="center", va="center", fontsize=font, fontweight=weight)
    ax.tick_params(length=0, rotation=0)
    ax.set(title=title, xlabel="predicted", ylabel="true")
    return ax


# Shared by the functions above


def draw_path(path, ax, span):
    """Draw a path (k, 2) as dots joined by lines, with an arrow on each step longer than `span` / 50."""
    check_axes(ax)
    span = check_number(span, "span", lambda width: width > 0, "a positive number")
    path = check_numbers(path, "path", "k", 2, finite=False)
    path = path[np.all(np.isfinite(path), axis=1)]
    if len(path) == 0:
        raise ValueError("path has no finite point; expected (k, 2), beginning at one.")
    far = np.flatnonzero(np.max(np.abs(path), axis=1) > 10 * span)
    path = path[: far[0] + 1] if len(far) else path
    ax.plot(*path.T, color=POSITIVE, ls="-", lw=1.4, marker="o", ms=4, zorder=3)
    ax.plot(*path[0], marker="o", ms=10, mfc="white", mec=POSITIVE, mew=2, ls="none", zorder=4)
    for before, after in zip(path[:-1], path[1:]):
        if np.linalg.norm(after - before) > span / 50:
            middle = before + 0.6 * (after - before)
            arrow = {"arrowstyle": "-|>", "color": POSITIVE, "lw": 1.2, "shrinkA": 0, "shrinkB": 0}
            ax.annotate("", middle, before, arrowprops=arrow, annotation_clip=True, zorder=3)


def _full_colour(largest, values):
    """The value of full colour: what is asked for, or the largest size among the values."""
    if largest is None:
        return np.nanmax(np.abs(values)) or 1
    return check_number(largest, "largest", lambda value: value > 0, "a positive number, or None")


def _shown_indices(n, most=10):
    """Which of n neurons to draw; None stands for the ⋮ of those left out."""
    half = (most - 1) // 2
    return list(range(n)) if n <= most else [*range(half), None, *range(n - half, n)]


def _neuron_texts(l, slots, is_output, values, labels):
    """What stands inside the drawn neurons of layer l: their values, else their labels, else x₁ … and ŷ₁ …"""
    drawn = [j for j in slots if j is not None]
    if values is not None:
        return {j: _short(float(np.ravel(values[l])[j])) for j in drawn}
    if labels is not None:
        return {j: str(labels[l][j]) for j in drawn}
    letter = "x" if l == 0 else r"\hat{y}" if is_output else ""
    return {j: f"${letter}_{{{j + 1}}}$" if letter else "" for j in drawn}


def _draw_edges(ax, sources, source_places, targets, target_places, W, thickest):
    rows = [(i, place) for i, place in zip(targets, target_places) if i is not None]
    columns = [(j, place) for j, place in zip(sources, source_places) if j is not None]
    segments = [[source, target] for _, target in rows for _, source in columns]
    look = {"colors": NEUTRAL, "linestyles": "-", "linewidths": 0.8}
    if W is not None:
        shown = W[np.ix_([i for i, _ in rows], [j for j, _ in columns])]
        look = edge_looks(shown, thickest, largest=np.max(np.abs(W)))
    ax.add_collection(LineCollection(segments, **look, zorder=1), autolim=False)


def edge_looks(W, thickest, largest=None):
    """The look of the edges with weights `W` (n_out, n_in), row by row, as a LineCollection takes it.

    Blue solid is positive, orange dashed negative, grey 0; the edge of |weight| `largest`, by default the largest in
    `W`, is `thickest` points wide.
    """
    largest = largest or np.max(np.abs(W)) or 1
    looks = [(NEUTRAL, "-") if w == 0 else _sign_look(w) for w in W.ravel()]
    colors, styles = zip(*looks)
    return {
        "colors": colors,
        "linestyles": styles,
        "linewidths": 0.4 + (thickest - 0.4) * np.abs(W.ravel()) / largest,
    }


def _sign_look(value):
    """Colour and line style of a signed number: blue solid, or orange dashed below 0."""
    return (NEGATIVE, "--") if value < 0 else (POSITIVE, "-")


def _short(value):
    """A number as a diagram prints it: at most four digits, and a true minus sign."""
    return f"{value:.3g}".replace("-", "−") if abs(value) >= 100 else f"{value:.2f}".replace("-", "−")


def _count(n, noun):
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def _ink_on(face):
    """Black or white, whichever reads better on `face`."""
    r, g, b = to_rgb(face)
    return "white" if 0.2126 * r + 0.7152 * g + 0.0722 * b < 0.52 else INK


def _tint(color, white):
    return tuple(white + (1 - white) * channel for channel in to_rgb(color))


def _size_in_points(ax):
    """Width and height of the Axes, after its figure's layout, in points (1/72 inch)."""
    engine = ax.figure.get_layout_engine()
    if engine is not None:
        engine.execute(ax.figure)
    box = ax.get_window_extent()
    return box.width * 72 / ax.figure.dpi, box.height * 72 / ax.figure.dpi


def _frame(ax, x_range, y_range, size, unit):
    """Show at least the two ranges in the middle of an Axes of `size` points, `unit` points a data unit."""
    for points, limits, set_limits in zip(size, (x_range, y_range), (ax.set_xlim, ax.set_ylim)):
        middle, half = np.mean(limits), max(np.ptp(limits), points / unit) / 2
        set_limits(middle - half, middle + half)
    ax.set_aspect("equal")
    return ax


def _width_in_points(text, fontsize):
    font = FontProperties(size=fontsize)
    return max(_width_of_line(line, font) for line in text.split("\n"))


@lru_cache(maxsize=1000)  # laying out a formula takes milliseconds, and a diagram that is drawn again repeats its own
def _width_of_line(line, font):
    return TextToPath().get_text_width_height_descent(line, font, ismath="$" in line)[0]


def _font_that_fits(texts, width, largest, smallest=6):
    """The font size, between the two, at which the widest of `texts` is `width` points wide."""
    widest = max((_width_in_points(text, largest) for text in texts if text), default=1)
    return float(np.clip(largest * width / widest, smallest, largest))


def _boxed(ax, x, y, text, font, color):
    box = {"facecolor": "white", "edgecolor": "none", "pad": 1}
    ax.text(x, y, text, ha="center", va="center", fontsize=font, color=color, bbox=box, zorder=2.5)


def _arrow(ax, start, end, color, style, lw, gap, unit):
    patch = FancyArrowPatch(
        start,
        end,
        arrowstyle="-|>",
        mutation_scale=0.3 * unit,
        color=color,
        ls=style,
        lw=lw,
        shrinkA=gap[0] * unit,
        shrinkB=gap[1] * unit,
        zorder=1,
    )
    ax.add_patch(patch)


def _plain_arrow(ax, start, end, style):
    look = {
        "arrowstyle": "-|>",
        "mutation_scale": 11,
        "color": INK,
        "lw": 1.3,
        "ls": style,
        "shrinkA": 1,
        "shrinkB": 1,
    }
    ax.add_patch(FancyArrowPatch(start, end, **look))


def _flow_box(ax, x, y, half_width, half_height, text, font):
    corner = x - half_width, y - half_height
    box = FancyBboxPatch(
        corner,
        2 * half_width,
        2 * half_height,
        boxstyle="round,pad=0,rounding_size=4",
        facecolor=PALE,
        edgecolor=INK,
    )
    ax.add_patch(box)
    ax.text(x, y, text, ha="center", va="center", fontsize=font)


def _halo_note(ax, text, place, above):
    box = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 0.5}
    offset, side = ((0, 9), "bottom") if above else ((0, -9), "top")
    ax.annotate(text, place, offset, textcoords="offset points", ha="center", va=side, fontsize=10, bbox=box, zorder=5)


def _last_finite(values):
    finite = values[np.isfinite(values)]
    return finite[-1] if len(finite) else np.nan


def _label_ends(ax, ends):
    """Write each (y, text, color) outside the right edge at height y, moved apart where two would touch."""
    _, height = _size_in_points(ax)
    font = 11
    ends = sorted((end for end in ends if np.isfinite(end[0])), key=lambda end: end[0])
    spots = ax.transAxes.inverted().transform(ax.transData.transform([(0, y) for y, *_ in ends]))[:, 1]
    spots = np.clip(spots, 0, 1)  # a zero on a logarithmic axis lies infinitely far below it
    gap = 1.25 * font / height
    for i in range(1, len(spots)):
        spots[i] = max(spots[i], spots[i - 1] + gap)
    if len(spots) and spots[-1] > 1:
        spots[-1] = 1
        for i in reversed(range(len(spots) - 1)):
            spots[i] = min(spots[i], spots[i + 1] - gap)
    for (_, text, color), spot in zip(ends, spots):
        ax.annotate(
            text,
            (1, spot),
            (6, 0),
            xycoords="axes fraction",
            textcoords="offset points",
            va="center",
            fontsize=font,
            color=color,
        )
    return ax


def _square(image):
    if image.ndim == 2 and image.size:
        return image
    side = int(np.sqrt(image.size))
    if image.size == 0 or side * side != image.size or max(image.shape, default=0) != image.size:
        raise ValueError(f"image has shape {image.shape}; expected (h, w), or a flat one of h² pixels.")
    return image.reshape(side, side)
