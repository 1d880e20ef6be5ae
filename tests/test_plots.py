import itertools

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.colors import to_hex, to_rgb
from matplotlib.patches import Circle, Rectangle

from nnlib import plots
from nnlib.activations import relu, relu_derivative, sigmoid
from nnlib.initialization import initialize_parameters
from nnlib.plots import NEGATIVE, POSITIVE


@pytest.fixture(autouse=True)
def series_style():
    with plt.style.context("nnlib.series"):
        yield
    plt.close("all")


def texts_of(fig):
    """Every text that is drawn: {its words: its box in pixels}, titles, labels, ticks and legends among them."""
    fig.canvas.draw()
    artists = [text for ax in fig.axes for text in ax.texts]
    for ax in fig.axes:
        artists += [ax.title] + ([] if ax.get_legend() is None else ax.get_legend().get_texts())
        if ax.axison:
            artists += [ax.xaxis.label, ax.yaxis.label]
            for axis, limits in ((ax.xaxis, ax.get_xlim()), (ax.yaxis, ax.get_ylim())):
                low, high = sorted(limits)
                artists += [tick.label1 for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]
    return [(text.get_text(), text.get_window_extent()) for text in artists if text.get_text() and text.get_visible()]


def assert_readable(fig):
    """No text is clipped by the edge of the figure, and no two texts lie on one another."""
    texts = texts_of(fig)
    width, height = fig.canvas.get_width_height()
    for words, box in texts:
        assert box.x0 >= -0.5 and box.y0 >= -0.5, f"{words!r} is cut off"
        assert box.x1 <= width + 0.5 and box.y1 <= height + 0.5, f"{words!r} is cut off"
    for (one, box), (other, other_box) in itertools.combinations(texts, 2):
        across = min(box.x1, other_box.x1) - max(box.x0, other_box.x0)
        down = min(box.y1, other_box.y1) - max(box.y0, other_box.y0)
        assert across <= 1 or down <= 1, f"{one!r} and {other!r} overlap"


def words_of(ax):
    return [text.get_text() for text in ax.texts if text.get_text()]


def circles_of(ax):
    return [patch for patch in ax.patches if isinstance(patch, Circle)]


def edges_of(ax):
    return [c for c in ax.collections if isinstance(c, LineCollection)]


# Diagrams


@pytest.mark.parametrize("sizes", [[3, 4, 2], [1, 1], [2, 1], [4, 5, 5, 3], [5, 4, 4, 4, 2], [2, 10, 1]])
def test_a_network_has_its_neurons_and_its_edges(sizes):
    fig, ax = plt.subplots()
    assert plots.draw_neural_network(sizes, ax, "A network") is ax
    assert len(circles_of(ax)) == sum(sizes)
    assert sum(len(c.get_segments()) for c in edges_of(ax)) == sum(n * m for n, m in itertools.pairwise(sizes))
    captions = [words for words in words_of(ax) if "\n" in words]
    names = ["input", *(f"hidden {l}" for l in range(1, len(sizes) - 1)), "output"]
    assert [caption.split("\n")[0] for caption in captions] == names
    assert [int(caption.split("\n")[1].split()[0]) for caption in captions] == sizes
    assert ax.get_title() == "A network"


def test_edges_join_the_neurons_they_should():
    fig, ax = plt.subplots()
    plots.draw_neural_network([2, 3], ax)
    ends = {tuple(np.round(np.ravel(segment), 9)) for c in edges_of(ax) for segment in c.get_segments()}
    centres = [tuple(np.round(circle.center, 9)) for circle in circles_of(ax)]
    assert ends == {(*source, *target) for source in centres[:2] for target in centres[2:]}


def test_a_wide_layer_is_abridged_and_still_counted():
    fig, ax = plt.subplots()
    plots.draw_neural_network([784, 128, 64, 10], ax)
    assert words_of(ax).count("⋮") == 3
    assert len(circles_of(ax)) == 8 + 8 + 8 + 10
    assert "input\n784 values" in words_of(ax)


def test_hidden_layers_look_alike_and_the_output_like_itself():
    fig, ax = plt.subplots()
    plots.draw_neural_network([2, 2, 2, 2, 2], ax)
    faces = [circle.get_facecolor() for circle in circles_of(ax)]
    assert len({*faces[2:8]}) == 1
    assert len({faces[0], faces[2], faces[8]}) == 3


def test_weights_show_in_colour_line_style_and_width():
    parameters = {"W1": np.array([[2.0, -1.0, 0.5]]), "b1": np.zeros((1, 1))}
    fig, ax = plt.subplots()
    plots.draw_neural_network([3, 1], ax, parameters=parameters)
    (edges,) = edges_of(ax)
    assert [to_hex(color) for color in edges.get_colors()] == [POSITIVE, NEGATIVE, POSITIVE]
    assert [dashes is not None for _, dashes in edges.get_linestyle()] == [False, True, False]
    widths = edges.get_linewidths()
    assert widths[0] > widths[1] > widths[2]


def test_values_stand_in_the_neurons_first_on_top():
    fig, ax = plt.subplots()
    plots.draw_neural_network([2, 1], ax, values=[np.array([[0.25], [-1.5]]), np.array([[0.7]])])
    printed = {text.get_text(): text.get_position() for text in ax.texts}
    assert {"0.25", "−1.50", "0.70"} <= set(printed)
    assert printed["0.25"][1] > printed["−1.50"][1]
    red, _, blue = to_rgb(circles_of(ax)[1].get_facecolor()[:3])
    assert red > blue, "the negative value is orange"


@pytest.mark.parametrize("sizes", [[3, 4, 2], [784, 128, 64, 10], [5, 4, 4, 4, 2]])
@pytest.mark.parametrize("figsize", [(6.4, 4), (10, 2.5), (3.5, 5)])
def test_captions_of_a_network_never_overlap(sizes, figsize):
    fig, ax = plt.subplots(figsize=figsize)
    plots.draw_neural_network(sizes, ax)
    assert_readable(fig)


def test_three_networks_fit_side_by_side():
    fig, axes = plt.subplots(1, 3, figsize=(10, 4))
    for ax, sizes in zip(axes, ([3, 4, 2], [4, 5, 5, 3], [5, 4, 4, 4, 2])):
        plots.draw_neural_network(sizes, ax, str(sizes))
    assert_readable(fig)


def test_weights_and_values_of_another_network_are_refused():
    fig, ax = plt.subplots()
    with pytest.raises(ValueError, match=r"W2 has shape \(2, 4\); expected \(2, 5\), from layer sizes \[3, 5, 2\]|W1"):
        plots.draw_neural_network([3, 5, 2], ax, parameters=initialize_parameters([3, 4, 2], rng=0))
    with pytest.raises(ValueError, match=r"values have sizes \[3, 2\]; expected \[3, 4, 2\]"):
        plots.draw_neural_network([3, 4, 2], ax, values=[np.zeros(3), np.zeros(2)])


def test_a_neuron_shows_the_numbers_it_computes():
    fig, ax = plt.subplots(figsize=(7, 3.4))
    plots.draw_neuron([0.5, -1.0], 0.25, ax, inputs=[2.0, 0.5], activation="sigmoid")
    words = " ".join(words_of(ax))
    # z = 0.5·2 − 1·0.5 + 0.25 = 0.75
    for number in ("0.50", "−1.00", "2.00", "0.25", "= 0.75", f"= {sigmoid(np.array(0.75)):.2f}"):
        assert number in words
    assert_readable(fig)


@pytest.mark.parametrize("n", [1, 2, 3, 6, 30])
def test_a_neuron_without_inputs_has_letters_only(n):
    fig, ax = plt.subplots()
    plots.draw_neuron(np.linspace(-1, 1, n), -1, ax, activation="leaky_relu")
    assert len(circles_of(ax)) == min(n, 6 if n <= 6 else 4) + 1
    assert not any("\n" in words for words in words_of(ax)), "z and a have no numbers"
    assert_readable(fig)


FLOW = {
    "nodes": ["$X$", "$Z^{[1]}$", "$A^{[1]}$", "loss $J$"],
    "inputs": {"$Z^{[1]}$": "$W^{[1]}, b^{[1]}$", "loss $J$": "$Y$"},
    "backward": ["", "$dZ^{[1]}$", "$dA^{[1]}$", "$dJ$"],
    "outputs": {"$dZ^{[1]}$": "$dW^{[1]}, db^{[1]}$"},
}


def test_a_flow_has_a_box_for_each_node_and_arrows_between():
    fig, ax = plt.subplots(figsize=(8, 2.8))
    plots.draw_flow(ax=ax, **FLOW)
    names = [*FLOW["nodes"], *FLOW["backward"][1:], *FLOW["inputs"].values(), *FLOW["outputs"].values()]
    assert sorted(words_of(ax)) == sorted(names)
    kinds = [type(patch).__name__ for patch in ax.patches]
    assert kinds.count("FancyBboxPatch") == 4 + 3
    assert kinds.count("FancyArrowPatch") == 3 + 2 + 2 + 1
    assert_readable(fig)


def test_a_flow_with_a_note_on_no_node_is_refused():
    fig, ax = plt.subplots()
    with pytest.raises(ValueError, match=r"'Z' is no node; nodes are \['X', 'A'\]"):
        plots.draw_flow(["X", "A"], ax, inputs={"Z": "W"})
    with pytest.raises(ValueError, match="backward has 1 nodes, not 2"):
        plots.draw_flow(["X", "A"], ax, backward=["dA"])


def test_a_convolutional_network_shows_every_shape():
    stages = [("input", (28, 28, 1)), ("conv 3×3", (26, 26, 32)), ("max pool", (13, 13, 32)), ("flatten", (5408,))]
    fig, ax = plt.subplots(figsize=(8, 2.4))
    plots.draw_cnn(stages, ax, "CNN")
    assert words_of(ax) == ["input\n28×28×1", "conv 3×3\n26×26×32", "max pool\n13×13×32", "flatten\n5408"]
    sides = [patch.get_width() for patch in ax.patches if isinstance(patch, Rectangle)]
    assert sides[0] > sides[1] > sides[-2]
    assert_readable(fig)


# Curves


def test_an_activation_is_drawn_with_its_derivative():
    fig, ax = plt.subplots()
    plots.plot_activation("relu", ax, z_range=(-3, 3))
    f, slope = ax.get_lines()[-2:]
    np.testing.assert_allclose(f.get_ydata(), relu(f.get_xdata()))
    drawn = np.isfinite(slope.get_ydata())
    np.testing.assert_allclose(slope.get_ydata()[drawn], relu_derivative(slope.get_xdata()[drawn]))
    assert drawn.sum() >= 399, "a jump is left out, and nothing else"
    assert f.get_linestyle() != slope.get_linestyle()
    assert words_of(ax) == ["$f$", "$f\\,′$"] or words_of(ax) == ["$f\\,′$", "$f$"]


def test_the_slope_of_a_leaky_relu_can_be_set():
    fig, ax = plt.subplots()
    plots.plot_activation("leaky_relu", ax, z_range=(-4, 4), alpha=0.5)
    assert ax.get_lines()[-2].get_ydata()[0] == -2


def test_softmax_has_no_curve():
    fig, ax = plt.subplots()
    with pytest.raises(ValueError, match="'softmax' turns a whole column into probabilities"):
        plots.plot_activation("softmax", ax)


def test_curves_are_labelled_at_their_ends_without_touching():
    fig, ax = plt.subplots()
    curves = {f"method {i}": np.linspace(10, i / 1000, 6) for i in range(5)}
    plots.plot_curves(curves, ax, xlabel="step", ylabel="loss $J$")
    assert sorted(words_of(ax)) == sorted(curves)
    assert_readable(fig)


def test_curves_below_one_another_keep_their_order():
    fig, ax = plt.subplots()
    plots.plot_layer_spread({"he": [1, 1, 1], "random": [1, 1e-2, 1e-4], "dead": [1, 0, 0]}, ax)
    boxes = dict(texts_of(fig))
    assert boxes["he"].y0 > boxes["random"].y1
    assert ax.get_yscale() == "log"
    assert list(ax.get_xticks()) == [1, 2, 3]
    assert_readable(fig)


HISTORY = {
    "loss": [2.0, 1.0, 0.5],
    "accuracy": [0.3, 0.8, 0.9],
    "validation_loss": [1.5, 0.8, 0.51],
    "validation_accuracy": [0.4, 0.7, 0.9],
}


def test_a_history_shows_training_solid_and_validation_dashed():
    fig, axes = plt.subplots(1, 2, figsize=(9, 3.6))
    assert plots.plot_history(HISTORY, axes) is axes
    for ax, quantity in zip(axes, ("loss", "accuracy")):
        training, validation = ax.get_lines()
        np.testing.assert_array_equal(training.get_xdata(), [1, 2, 3])
        np.testing.assert_array_equal(training.get_ydata(), HISTORY[quantity])
        np.testing.assert_array_equal(validation.get_ydata(), HISTORY[f"validation_{quantity}"])
        assert (training.get_linestyle(), validation.get_linestyle()) == ("-", "--")
        assert sorted(words_of(ax)) == ["training", "validation"]
    assert_readable(fig)


def test_a_history_of_a_regression_fits_on_one_axes():
    fig, ax = plt.subplots()
    plots.plot_history({"loss": [1.0], "accuracy": [], "validation_loss": []}, ax)
    assert len(ax.get_lines()) == 1
    assert_readable(fig)


def test_bars_carry_their_numbers_and_their_signs():
    fig, ax = plt.subplots()
    plots.plot_bars([0.7, -0.2], ["up", "down"], ax)
    up, down = ax.containers[0]
    assert (up.get_height(), down.get_height()) == (0.7, -0.2)
    assert (to_hex(up.get_facecolor()), to_hex(down.get_facecolor())) == (POSITIVE, NEGATIVE)
    assert up.get_hatch() is None and down.get_hatch()
    assert words_of(ax) == ["0.70", "−0.20"]
    assert_readable(fig)


def test_ten_probabilities_stay_readable():
    fig, ax = plt.subplots(figsize=(4, 3))
    plots.plot_bars(np.full(10, 0.1), range(10), ax)
    assert_readable(fig)


def test_distributions_have_one_violin_each():
    fig, ax = plt.subplots()
    rng = np.random.default_rng(0)
    plots.plot_distributions({1: rng.standard_normal((5, 40)), 2: rng.standard_normal(200)}, ax)
    assert [label.get_text() for label in ax.get_xticklabels()] == ["1", "2"]
    assert_readable(fig)


# Planes

X = np.array([[0, 0, 1, 1], [0, 1, 0, 1.0]])


def test_classes_differ_in_marker_and_in_colour():
    fig, ax = plt.subplots()
    plots.plot_points(X, np.array([0, 1, 1, 0]), ax)
    zeros, ones = (c for c in ax.collections if isinstance(c, PathCollection))
    np.testing.assert_array_equal(zeros.get_offsets(), [[0, 0], [1, 1]])
    np.testing.assert_array_equal(ones.get_offsets(), [[0, 1], [1, 0]])
    assert (to_hex(zeros.get_facecolor()[0]), to_hex(ones.get_facecolor()[0])) == (NEGATIVE, POSITIVE)
    assert len(zeros.get_paths()[0].vertices) != len(ones.get_paths()[0].vertices)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["class 0", "class 1"]
    assert_readable(fig)


def test_ten_classes_all_look_different():
    assert len(set(plots.CLASS_COLORS)) == len(set(plots.CLASS_MARKERS)) == 10


def test_points_as_rows_are_refused():
    fig, ax = plt.subplots()
    with pytest.raises(ValueError, match=r"X has shape \(5, 2\); expected \(2, m\).* Did you mean X.T\?"):
        plots.plot_points(np.zeros((5, 2)), np.zeros(5), ax)


def boundary_of(ax):
    lines = [c for c in ax.collections if len(c.get_edgecolor()) and not len(c.get_facecolor())]
    (contour,) = [c for c in lines if to_hex(c.get_edgecolor()[0]) == plots.INK]
    return np.concatenate([path.vertices for path in contour.get_paths()])


@pytest.mark.parametrize("kind", ["probability", "row of probabilities", "labels", "probability of each class"])
def test_the_boundary_lies_where_the_answer_changes(kind):
    def predict(columns):
        assert columns.shape[0] == 2
        p = sigmoid(3 * columns[0] + 2 * columns[1] - 2)
        answers = {
            "probability": p,
            "row of probabilities": p[None, :],
            "labels": (p > 0.5).astype(int),
            "probability of each class": np.stack([1 - p, p]),
        }
        return answers[kind]

    fig, ax = plt.subplots()
    plots.plot_decision_boundary(predict, X, [0, 1, 1, 1], ax)
    x1, x2 = boundary_of(ax).T
    assert len(x1) > 10
    cell = 0.5 * np.ptp(ax.get_xlim()) / 200
    np.testing.assert_allclose(3 * x1 + 2 * x2, 2, atol=6 * cell)


def test_every_class_of_three_gets_its_own_field():
    fig, ax = plt.subplots()
    plots.plot_decision_boundary(lambda G: (G[0] > 0.5).astype(int) + (G[1] > 0.5), X, [0, 1, 1, 2], ax)
    (mesh,) = [c for c in ax.collections if type(c).__name__ == "QuadMesh"]
    assert set(np.unique(mesh.get_array())) == {0, 1, 2}
    assert_readable(fig)


def test_a_network_that_answers_the_same_everywhere_has_no_boundary():
    fig, ax = plt.subplots()
    plots.plot_decision_boundary(lambda G: np.zeros(G.shape[1], dtype=int), X, [0, 1, 1, 0], ax)
    fig.canvas.draw()


def test_a_descent_shows_its_path_start_and_minimum():
    path = np.array([[-2, 2], [-1, 1], [0, 0.5]])
    fig, ax = plt.subplots()
    plots.plot_descent(lambda a, b: a**2 + b**2, path, ax, minimum=(0, 0))
    drawn = [line.get_xydata().tolist() for line in ax.get_lines()]
    assert path.tolist() in drawn
    assert [[-2, 2]] in drawn and [[0, 0]] in drawn
    assert {"start", "minimum"} <= set(words_of(ax))
    assert_readable(fig)


def test_a_path_that_blows_up_is_drawn_to_the_edge():
    path = np.array([[0, 1], [1, -4], [1e3, 1e4], [1e300, 1e301], [np.nan, np.nan]])
    fig, ax = plt.subplots()
    plots.plot_descent(lambda a, b: a**2 + b**2, path, ax)
    fig.canvas.draw()
    assert ax.get_xlim() == (-3.5, 3.5)
    assert [line for line in ax.get_lines() if line.get_xydata().tolist() == path[:3].tolist()]


# Arrays and images


def test_a_matrix_prints_its_numbers_where_they_belong():
    M = np.array([[1.0, -2.0, 0.0], [0.25, 3.0, -0.5]])
    fig, ax = plt.subplots()
    plots.plot_matrix(M, ax, "$W$", row_labels=["a", "b"], column_labels=["x", "y", "z"], highlight=(0, 1, 2, 2))
    for text in ax.texts:
        column, row = text.get_position()
        assert float(text.get_text().replace("−", "-")) == M[int(row), int(column)]
    assert len(ax.texts) == 6
    frames = [(*p.get_xy(), p.get_width(), p.get_height()) for p in ax.patches]
    assert (1, 0, 2, 2) in frames
    fig.canvas.draw()
    faces = ax.collections[0].get_facecolors()
    assert faces[0][2] > faces[0][0] and faces[1][0] > faces[1][2], "positive is blue, negative is orange"
    assert to_hex(faces[2]) in ("#ffffff", "#fefefe", "#fffefe", "#fefeff")
    assert_readable(fig)


def test_a_matrix_of_whole_numbers_is_printed_as_such():
    fig, ax = plt.subplots()
    plots.plot_matrix(np.array([[1, -20]]), ax, fmt="d")
    assert [text.get_text() for text in ax.texts] == ["1", "−20"]


@pytest.mark.parametrize("shape", [(1, 1), (10, 10), (2, 12), (5, 1)])
def test_numbers_fit_into_the_cells_of_a_matrix(shape):
    fig, axes = plt.subplots(1, 2, figsize=(8, 3.4))
    for ax in axes:
        plots.plot_matrix(np.full(shape, -12.345), ax)
    assert_readable(fig)


def test_an_image_is_white_at_zero_and_black_at_its_largest():
    fig, ax = plt.subplots()
    plots.plot_image(np.array([[0, 128], [255, 0]]), ax, "a digit")
    (image,) = ax.get_images()
    shades = image.cmap(image.norm(image.get_array()))[..., :3]
    np.testing.assert_allclose(shades[0, 0], 1)
    np.testing.assert_allclose(shades[1, 0], 0)
    assert len(ax.get_xticks()) == 0
    assert_readable(fig)


def test_a_signed_image_is_blue_above_zero_and_white_at_it():
    fig, ax = plt.subplots()
    plots.plot_image(np.array([2.0, 0, -1, 1]), ax)
    (image,) = ax.get_images()
    assert image.get_array().shape == (2, 2)
    shades = image.cmap(image.norm(image.get_array()))
    assert to_hex(shades[0, 0]) == POSITIVE
    np.testing.assert_allclose(shades[0, 1], 1, atol=0.01)
    assert shades[1, 0][0] > shades[1, 0][2]


@pytest.mark.parametrize("shape", [(5,), (2, 3, 4), (3, 28, 28)])
def test_what_is_no_image_is_refused(shape):
    fig, ax = plt.subplots()
    with pytest.raises(ValueError, match=r"image has shape .*; expected \(h, w\), or a flat one of h² pixels"):
        plots.plot_image(np.zeros(shape), ax)


def test_right_and_wrong_differ_by_sign_and_frame():
    fig, axes = plt.subplots(1, 3, figsize=(6, 2.4))
    plots.plot_images(np.ones((2, 4, 4)), ["3 as 3", "5 as 6"], axes, correct=[True, False])
    assert [ax.get_title() for ax in axes] == ["3 as 3 ✓", "5 as 6 ✗", ""]
    right, wrong = (ax.spines["left"] for ax in axes[:2])
    assert wrong.get_linewidth() > right.get_linewidth()
    assert wrong.get_linestyle() != right.get_linestyle()
    assert not axes[2].axison
    assert_readable(fig)


def test_more_images_than_axes_are_refused():
    fig, axes = plt.subplots(1, 2)
    with pytest.raises(ValueError, match="3 images do not fit on 2 axes"):
        plots.plot_images(np.ones((3, 4, 4)), "abc", axes)


def test_weight_images_share_one_scale():
    W = np.array([[1, -1, 0.5, 0], [4, 0, 0, -2.0]])
    fig, axes = plt.subplots(1, 2)
    plots.plot_weights_as_images(W, axes)
    images = [ax.get_images()[0] for ax in axes]
    assert {image.get_clim() for image in images} == {(-4.0, 4.0)}
    np.testing.assert_array_equal(images[0].get_array(), W[0].reshape(2, 2))


def test_mistakes_stand_out_in_a_confusion_matrix():
    cm = np.array([[980, 3, 0], [1, 900, 9], [0, 2, 950]])
    fig, ax = plt.subplots()
    plots.plot_confusion_matrix(cm, ax, class_names=["cat", "dog", "owl"])
    counted = {(int(t.get_position()[1]), int(t.get_position()[0])): int(t.get_text()) for t in ax.texts}
    assert counted == {(i, j): cm[i, j] for i, j in np.ndindex(3, 3) if cm[i, j]}
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("predicted", "true")
    fig.canvas.draw()
    mesh = ax.collections[0]
    assert mesh.get_clim() == (0, 9), "the scale is the mistakes', not the diagonal's"
    assert_readable(fig)


def test_no_mistakes_at_all_can_be_drawn():
    fig, ax = plt.subplots(figsize=(6.4, 5.6))
    plots.plot_confusion_matrix(np.diag(np.arange(990, 1000)), ax)
    assert_readable(fig)


def test_every_glyph_is_in_the_font_of_the_style():
    from matplotlib.font_manager import FontProperties, findfont, get_font

    known = get_font(findfont(FontProperties(family="DejaVu Sans"))).get_charmap()
    assert all(ord(glyph) in known for glyph in "✓✗⋮−×·Σηα∂′ŷ₁₂→²≤")


POINTS, LABELS = np.array([[0.0, 1, 2], [0, 1, 0]]), np.array([0, 1, 0])


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda ax: plots.plot_curves({"a": [1, 2, 3]}, ax, x=[1, 2]), "x has 2 positions; expected 3, as many as"),
        (lambda ax: plots.plot_curves({"a": [1, 2]}, ax, x=[4, 4]), "x begins and ends at 4.0; expected positions"),
        (lambda ax: plots.plot_points(POINTS, LABELS[:2], ax), "y has 2 labels; expected 3, one for each column of X"),
        (lambda ax: plots.plot_points(POINTS, LABELS + 0.5, ax), "y has other values than whole numbers; expected"),
        (
            lambda ax: plots.plot_decision_boundary(lambda columns: columns[0, :7], POINTS, LABELS, ax),
            r"predict returned shape \(7,\) of float64; expected a number, or one a class, for 40401 columns",
        ),
        (lambda ax: plots.plot_matrix(np.ones((2, 2, 2)), ax), r"M has shape \(2, 2, 2\); expected \(rows, columns\)"),
        (lambda ax: plots.draw_path([[np.nan, 0]], ax, 1), "path has no finite point; expected"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_one_sentence(draw, message):
    with pytest.raises(ValueError, match=message):
        draw(plt.subplots()[1])


def test_a_history_without_accuracy_leaves_its_axes_empty():
    _, axes = plt.subplots(1, 2)
    plots.plot_history({"loss": [2.0, 1.0]}, axes)
    assert [ax.axison for ax in axes] == [True, False]
    assert len(axes[0].lines) == 1 and not axes[1].lines
