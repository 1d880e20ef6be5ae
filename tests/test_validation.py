import warnings
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from nnlib.validation import (
    as_array,
    as_float,
    as_generator,
    check_array,
    check_arrays,
    check_changeable,
    check_choice,
    check_columns,
    check_epsilon,
    check_finite,
    check_fraction,
    check_function,
    check_gradients,
    check_images,
    check_integer,
    check_l2,
    check_labels,
    check_layer_sizes,
    check_learning_rate,
    check_number,
    check_numbers,
    check_path,
    check_positive_integer,
    check_precision,
    check_room,
    check_slope,
    check_targets,
    without_overflow_warnings,
)


def refusal(check, *arguments, **named):
    """The one sentence, or two, in which a check says no."""
    with pytest.raises(ValueError) as caught:
        check(*arguments, **named)
    return str(caught.value)


def test_a_choice_is_returned_or_the_nearest_named():
    assert check_choice("relu", ["relu", "tanh"], "activation") == "relu"
    assert refusal(check_choice, "RELU", ["relu"], "activation") == "unknown activation 'RELU'. Did you mean 'relu'?"
    assert refusal(check_choice, "x", ["relu", "tanh"], "activation") == (
        "unknown activation 'x'. Choose one of: relu, tanh."
    )
    assert refusal(check_choice, ["relu"], {"relu": 1}, "activation").startswith("unknown activation ['relu']")


def test_whole_numbers():
    for value in (1, np.int64(1), np.uint8(1)):
        checked = check_positive_integer(value, "n")
        assert (checked, type(checked)) == (1, int)
    assert check_integer(0, "padding", 0) == 0
    assert refusal(check_positive_integer, 0, "n") == "n is 0; expected a whole number of at least 1."
    assert refusal(check_integer, -1, "padding", 0) == "padding is -1; expected a whole number of at least 0."
    for value in (1.0, True, np.True_, "1", None, np.array([1])):
        assert "expected a whole number" in refusal(check_positive_integer, value, "n")


def test_learning_rates():
    for value in (0.5, np.float32(0.5), np.float64(0.5), Fraction(1, 2)):
        checked = check_learning_rate(value)
        assert (checked, type(checked)) == (0.5, float)
    assert check_learning_rate(2) == 2
    for value in (0, -0.1, np.nan, np.inf, -np.inf, True, np.True_, "0.1", b"0.1", None, 1j, np.array(0.1)):
        assert refusal(check_learning_rate, value) == (
            f"learning_rate is {value!r}; expected a finite positive number such as 0.1."
        )


def test_fractions():
    for value in (0, 0.0, 0.5, np.float32(0.5), Fraction(1, 2), np.nextafter(1, 0)):
        checked = check_fraction(value, "p")
        assert (checked, type(checked)) == (value, float)
    for value in (1, 1.0, -0.1, -1e-300, np.nan, np.inf, -np.inf, True, np.False_, "0.9", None, 1j, np.array(0.5)):
        assert refusal(check_fraction, value, "p") == f"p is {value!r}; expected a number from 0 to below 1."


def test_prices_of_weights():
    for value in (0, 1e-4, np.float32(0.5), np.int64(3), Fraction(1, 2)):
        checked = check_l2(value)
        assert (checked, type(checked)) == (value, float)
    for value in (-1e-4, np.nan, np.inf, True, np.False_, "0", None, [0.1]):
        assert refusal(check_l2, value) == f"l2 is {value!r}; expected 0 or a small positive number such as 1e-4."


def test_numbers_that_fit():
    def even(value):
        return value % 2 == 0

    checked = check_number(np.int64(-4), "n", even, "an even number")
    assert (checked, type(checked)) == (-4, float)
    assert refusal(check_number, 3, "n", even, "an even number") == "n is 3; expected an even number."
    for value in (np.nan, np.inf, -np.inf, True, "4", None):
        assert "expected any number" in refusal(check_number, value, "n", lambda value: True, "any number")


def test_layer_sizes():
    for sizes in ([3, 4, 2], (3, 4, 2), np.array([3, 4, 2]), range(3, 0, -1)):
        assert check_layer_sizes(sizes) == list(sizes)
    assert {type(size) for size in check_layer_sizes(np.array([3, 2]))} == {int}
    assert "expected a list such as" in refusal(check_layer_sizes, 3)
    assert "expected at least an input and an output size" in refusal(check_layer_sizes, [3])
    assert refusal(check_layer_sizes, [3, 0]) == "layer_sizes[1] is 0; expected a whole number of at least 1."


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_floats_are_passed_on_uncopied(dtype):
    for X in (np.ones((2, 3), dtype), np.ones((3, 2), dtype).T, np.ones((2, 6), dtype)[:, ::2]):
        X.setflags(write=False)
        assert check_columns(X, 2) is X


@pytest.mark.parametrize(
    "X",
    [
        [[1, 0, 1]],
        np.array([[1, 0, 1]], np.uint8),
        np.array([[True, False, True]]),
        np.array([[1, 0, 1]], np.float16),
        np.array([[1, 0, 1]], ">f4"),
        np.ma.masked_greater([[1.0, 0.0, 1.0]], 2),
    ],
)
def test_other_real_numbers_become_float64(X):
    converted = as_float(X, "X")
    assert (type(converted), converted.dtype, converted.tolist()) == (np.ndarray, np.float64, [[1, 0, 1]])


def test_a_data_frame_is_an_array_or_a_hint():
    frame = pd.DataFrame({"width": [1.0, 2.0, 3.0], "height": [4.0, 5.0, 6.0]})
    assert check_columns(frame.T, 2).tolist() == [[1, 2, 3], [4, 5, 6]]
    assert refusal(check_columns, frame, 2).endswith("Did you mean X.T?")


@pytest.mark.parametrize(
    ("X", "message"),
    [
        ([["a"]], "X holds <U1 values; expected numbers (float32 or float64)."),
        ([[None]], "X holds object values; expected numbers"),
        ([[1j]], "X holds complex128 values; expected numbers"),
        ([[1.0], [1.0, 2.0]], "X has rows of different lengths; expected a rectangular array"),
        (np.ma.masked_equal([[1, 2]], 2), "X has masked entries; expected a number everywhere."),
    ],
)
def test_anything_else_is_refused(X, message):
    assert refusal(as_float, X, "X").startswith(message)


def test_columns_say_what_came_what_was_expected_and_the_fix():
    assert refusal(check_columns, np.ones((5, 2)), 2) == (
        "X has shape (5, 2); expected (2, m), 2 features by one column per sample. Did you mean X.T?"
    )
    for shape, n_rows, fix in [
        ((4,), 4, "For a single sample, did you mean X.reshape(-1, 1)?"),
        ((5,), 1, "Did you mean X.reshape(1, -1)?"),
        ((5, 3, 2), 6, "For a stack of images, did you mean images_to_columns(X)?"),
        *(
            (shape, n_rows, "Check that the network's layer sizes fit the features of your data.")
            for shape, n_rows in [((3, 5), 2), ((3, 5), 1), ((5,), 2), ((5, 3, 2), 7)]
        ),
        ((2, 0), 2, "no samples. Give at least one column."),
    ]:
        assert refusal(check_columns, np.ones(shape), n_rows).endswith(fix)
    assert refusal(check_columns, np.ones((5, 2)), 2, "Y", rows="outputs").startswith("Y has shape (5, 2)")


def test_entries_that_are_not_finite_are_counted():
    check_finite(np.array([[-1e308, 1e308]]), "X")
    X = np.array([[np.nan, 1.0, np.inf], [2.0, -np.inf, 3.0]])
    assert refusal(check_finite, X, "X") == ("X has 3 NaN or infinite entries of 6; replace or drop them first.")
    for bad in (np.nan, np.inf, -np.inf):
        assert "1 NaN or infinite" in refusal(check_columns, np.array([[0.0, bad]]), 1)


LAYOUTS = {
    "rows": lambda X: X,
    "columns": np.asfortranarray,
    "transposed": lambda X: X.T,
    "every other": lambda X: np.repeat(np.repeat(X, 2, axis=0), 2, axis=1)[::2, ::2],
    "backwards": lambda X: X[::-1, ::-1],
    "flat": np.ravel,
    "stacked": lambda X: X.reshape(2, 2, 3, 1).transpose(2, 0, 3, 1),
}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_one_bad_entry_is_found_wherever_it_is(layout, dtype):
    with warnings.catch_warnings(), np.errstate(all="raise"):
        warnings.simplefilter("error")
        for bad in (np.nan, np.inf, -np.inf):
            for place in range(12):
                X = np.linspace(-3, 3, 12, dtype=dtype)
                X[place] = bad
                message = refusal(check_finite, LAYOUTS[layout](X.reshape(4, 3)), "X")
                assert message.startswith("X has 1 NaN or infinite entries of 12;")
        opposites = np.array([[np.inf, -np.inf, 1e30]], dtype)
        assert refusal(check_finite, opposites, "X").startswith("X has 2 NaN or infinite entries of 3;")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_finite_entries_pass_however_large_or_small(layout):
    with warnings.catch_warnings(), np.errstate(all="raise"):
        warnings.simplefilter("error")
        for dtype, sizes in ((np.float32, (0, 1, 1e30, 1e-30)), (np.float64, (0, 1, 1e200, 1e-200))):
            for size in (*sizes, np.finfo(dtype).max, np.finfo(dtype).tiny):
                check_finite(LAYOUTS[layout](np.full((4, 3), -size, dtype)), "X")


def test_what_a_view_leaves_out_does_not_matter():
    X = np.full((4, 6), np.nan)
    X[::2, ::3] = 1
    check_finite(X[::2, ::3], "X")
    for shape in ((0,), (0, 3), (3, 0)):
        check_finite(np.empty(shape), "X")


def test_targets_a_loss_can_be_measured_on():
    for Y, loss in [
        ([[0, 1, 0.5]], "binary_crossentropy"),
        ([[True, False, True]], "binary_crossentropy"),
        ([[1, 0, 0.5], [0, 1, 0.5]], "categorical_crossentropy"),
        ([[-7.0, 3.0, 100.0]], "mse"),
    ]:
        assert check_targets(Y, len(Y), 3, loss).tolist() == np.array(Y, float).tolist()


@pytest.mark.parametrize("loss", ["binary_crossentropy", "categorical_crossentropy"])
@pytest.mark.parametrize(
    ("Y", "call"),
    [
        ([2, 0, 1, 1], "one_hot_encode(Y, 3)"),
        ([[2, 0, 1, 1]], "one_hot_encode(Y.ravel(), 3)"),
        ([[2], [0], [1], [1]], "one_hot_encode(Y.ravel(), 3)"),
        ([2, 0, 1], "one_hot_encode(Y, 3)"),
    ],
)
def test_integer_labels_are_recognized(Y, call, loss):
    assert refusal(check_targets, Y, 3, 4, loss).endswith(f"expected one-hot targets of shape (3, 4). Use {call}.")


def test_labels_of_two_classes_are_recognized():
    message = refusal(check_targets, [1, 0, 1], 2, 3, "categorical_crossentropy")
    assert message.endswith("expected one-hot targets of shape (2, 3). Use one_hot_encode(Y, 2).")


@pytest.mark.parametrize(
    ("Y", "n_outputs", "loss", "message"),
    [
        (np.ones((1, 3)), 1, "mse", "Y has 3 columns but X has 2; expected one target per sample."),
        ([[0, 2]], 1, "binary_crossentropy", "Y has values from 0 to 2; .* For regression use loss='mse'"),
        ([[-1, 1]], 1, "binary_crossentropy", "Y has values from -1 to 1; .* label them 0 and 1"),
        ([[0, 2], [0, 0]], 2, "binary_crossentropy", r"use one_hot_encode\(y, 2\)"),
        ([[1, 1], [0, 1]], 2, "categorical_crossentropy", "column 1 of Y sums to 2; .* sum to 1"),
        ([1, 0], 1, "binary_crossentropy", r"Did you mean Y.reshape\(1, -1\)"),
        ([1.5, 2.5], 3, "mse", "3 outputs by one column per sample"),
        ([[np.nan, 0]], 1, "mse", "Y has 1 NaN"),
    ],
)
def test_targets_that_do_not_fit_are_refused(Y, n_outputs, loss, message):
    with pytest.raises(ValueError, match=message):
        check_targets(Y, n_outputs, 2, loss)


def test_one_hot_columns_may_be_off_by_rounding_only():
    loss = "categorical_crossentropy"
    rounded = np.array([[1 / 3, 0.0], [2 / 3, 1.0]], np.float32) * np.float32(1 - 1e-6)
    assert check_targets(rounded, 2, 2, loss) is rounded
    assert refusal(check_targets, [[0.33, 0.0], [0.66, 1.0]], 2, 2, loss).startswith("column 0 of Y sums to 0.99")


def test_numbers_are_judged_as_the_floats_they_become():
    assert refusal(check_learning_rate, 10**400).startswith("learning_rate is 1000")
    almost = Fraction(10**20 - 1, 10**20)  # below 1, and 1.0 as a float
    assert "a number from 0 to below 1" in refusal(check_fraction, almost, "momentum")


def test_whole_numbers_end_where_64_bits_do():
    assert check_integer(2**63 - 1, "n", 0) == 2**63 - 1
    assert refusal(check_integer, 2**63, "n", 0) == "n has 19 digits; expected a whole number below 2**63."


def test_an_array_takes_at_most_4_gigabytes():
    check_room("padding", 2**14, 2**15)
    assert refusal(check_room, "padding", 2**14, 2**15 + 1) == (
        "padding asks for an array of 16,384 × 32,769 numbers; expected at most 536,870,912 of them, which take 4 GB."
    )


def test_slopes_and_epsilons():
    assert (check_slope(0), check_slope(0.01)) == (0, 0.01)
    assert refusal(check_slope, -0.01) == "alpha is -0.01; expected 0 or a small positive number such as 0.01."
    assert check_epsilon(1e-300) == 1e-300
    assert refusal(check_epsilon, 0) == "epsilon is 0; expected a small positive number such as 1e-8."


def test_any_finite_number_fits_unless_more_is_asked():
    assert check_number(-3, "n") == -3
    assert refusal(check_number, np.inf, "n") == "n is inf; expected a finite number."


def test_functions_and_paths(monkeypatch, tmp_path):
    assert check_function(len, "augment", "a function") is len
    assert refusal(check_function, 3, "augment", "a function of X") == "augment is 3; expected a function of X."
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert check_path("~/network.npz", "path") == check_path(tmp_path / "network.npz", "path")
    assert refusal(check_path, 3, "path") == "path is 3; expected a path, as a text or a Path."


def test_generators():
    generator = np.random.default_rng(3)
    assert as_generator(generator) is generator
    assert as_generator(3).random() == np.random.default_rng(3).random()
    assert as_generator(None).random() != as_generator(None).random()
    for value in (-1, "3", 2.5):
        assert refusal(as_generator, value) == (
            f"rng is {value!r}; expected None, a whole number of at least 0, or a Generator."
        )


def test_precisions():
    for dtype in (np.float32, "float64", float, np.dtype("float32")):
        assert check_precision(dtype) == np.dtype(dtype)
    for dtype in (int, np.float16, ">f4", "nonsense"):
        assert refusal(check_precision, dtype) == f"dtype is {dtype!r}; expected np.float32 or np.float64."


def test_labels():
    assert check_labels([2, 0, 1], "y").tolist() == [2, 0, 1]
    assert refusal(check_labels, [[2], [0]], "y") == (
        "y has shape (2, 1); expected (m,), one label per sample. Did you mean y.ravel()?"
    )
    assert refusal(check_labels, np.eye(2), "y").endswith("Are these one-hot already, or images?")
    assert refusal(check_labels, [2.0, 0.0], "y") == (
        "y holds float64 values; expected integers. Did you mean y.astype(int)?"
    )


def test_numbers_of_a_shape():
    assert check_numbers([[1, 2, 3]], "Z", 1, "m").tolist() == [[1, 2, 3]]
    assert refusal(check_numbers, np.ones((3, 2)), "Z", 2, "m") == (
        "Z has shape (3, 2); expected (2, m). Did you mean Z.T?"
    )
    assert refusal(check_numbers, np.ones((3, 2)), "Z", 4, "m") == "Z has shape (3, 2); expected (4, m)."
    assert refusal(check_numbers, np.ones(3), "x", 2) == "x has shape (3,); expected (2,)."
    assert refusal(check_numbers, np.ones((2, 0)), "Z", 2, "m") == "Z has shape (2, 0); expected (2, m)."
    assert "1 NaN" in refusal(check_numbers, [np.nan, 1.0], "x", 2)
    assert np.isnan(check_numbers([np.nan, 1.0], "x", 2, finite=False)).tolist() == [True, False]


def test_dictionaries_of_arrays():
    W = np.ones((2, 3))
    check_arrays({"W1": W, "note": "left alone"}, "parameters", ["W1"])
    for bad in (None, [W], {}):
        assert refusal(check_arrays, bad, "parameters") == f"parameters is {bad!r}; expected a dictionary of arrays."
    assert refusal(check_arrays, {"W1": W}, "parameters", ["W1", "b1"]) == (
        "parameters has no b1; expected one for each of W1, b1."
    )
    assert refusal(check_arrays, {"W1": W, "b1": [1.0]}, "parameters") == (
        "b1 is a list; expected a NumPy array of numbers, such as np.array(…)."
    )


def test_a_gradient_for_every_parameter():
    parameters = {"W1": np.ones((2, 3)), "b1": np.ones((2, 1))}
    check_gradients(parameters, {"dW1": np.ones((2, 3)), "db1": np.ones((2, 1)), "dW2": np.ones(1)})
    assert refusal(check_gradients, parameters, {"dW1": np.ones((2, 3))}) == (
        "gradients has no db1; expected one for each of W1, b1."
    )
    assert refusal(check_gradients, parameters, {"dW1": np.ones((2, 3)), "db1": np.ones(2)}) == (
        "db1 has shape (2,); expected (2, 1), like b1. A sum over the samples keeps its axis with keepdims=True."
    )
    nothing = {"dW1": None, "db1": np.ones((2, 1))}
    assert refusal(check_gradients, parameters, nothing).startswith("dW1 is a NoneType; expected a NumPy array")
    assert refusal(check_gradients, 3, {}).startswith("parameters is 3;")
    assert refusal(check_gradients, parameters, 3).startswith("gradients is 3;")


def test_arrays_that_can_be_changed_in_place():
    check_changeable({"W1": np.ones(2), "b1": np.ones(2, np.float32)})
    fixed = np.ones(2)
    fixed.setflags(write=False)
    for array, what in ((fixed, "a read-only array of float64"), (np.ones(2, int), "of int64"), ([1.0], "of float64")):
        message = refusal(check_changeable, {"W1": array})
        assert message.startswith("W1 is ") and message.endswith("changed in place. Use np.array(W1, float).")
        assert what in message


def test_arrays_as_training_hands_them_on():
    for array in (np.ones((2, 3)), np.ones((2, 3), np.float32), np.ones((2, 3), int), np.ones((2, 3), np.uint8)):
        check_array(array, "A", 2, "m")
    check_array(np.ones((2, 1)), "A", 2, "m")
    check_array(np.float64(3), "z")
    check_array(3, "z")
    assert refusal(check_array, np.ones((2, 3)), "A", 3, "m", hint=" Turn it.") == (
        "A has shape (2, 3); expected (3, m). Turn it."
    )
    assert refusal(check_array, np.ones((2, 3)), "A", 2) == "A has shape (2, 3); expected (2,)."
    assert refusal(check_array, np.ones((2, 0)), "A", 2, "m") == "A has shape (2, 0); expected (2, m)."
    for array in ([[1.0]], np.ma.ones(2), np.ones((1, 1)).view(np.matrix), "a"):
        assert refusal(check_array, array, "A") == (
            f"A is a {type(array).__name__}; expected a NumPy array of numbers, such as np.array(…)."
        )
    for array in (np.array([True]), np.array(["a"]), np.array([1j]), np.ones(2, np.float16)):
        assert refusal(check_array, array, "A") == (
            f"A holds {array.dtype} values; expected float32 or float64. Convert it with astype(float)."
        )


def test_images_say_what_came_what_was_expected_and_the_fix():
    pixels = np.zeros((2, 4, 3), np.uint8)
    assert check_images(pixels, (4, 3, 1)).shape == (2, 4, 3, 1)
    assert check_images(pixels, (4, 3, 1)).dtype == np.uint8
    assert check_images(pixels.astype(int), (4, 3, 1)).dtype == np.float64
    assert refusal(check_images, pixels, (4, 3, 2)) == (
        "images has shape (2, 4, 3); expected (m, 4, 3, 2), images first."
    )
    assert refusal(check_images, pixels[0], (4, 3, 1), "photos") == (
        "photos has shape (4, 3); expected (m, 4, 3, 1), images first. For a single image, did you mean "
        "photos[np.newaxis]?"
    )
    assert refusal(check_images, pixels[:0], (4, 3, 1)) == "images has shape (0, 4, 3): no images. Give at least one."
    assert "1 NaN" in refusal(check_images, np.array([[[[np.nan]]]]), (1, 1, 1))
    assert "masked entries" in refusal(check_images, np.ma.masked_equal(pixels, 0), (4, 3, 1))


def test_arrays_of_whatever_they_hold():
    assert as_array(["a", "b"], "y").tolist() == ["a", "b"]
    assert "y has masked entries" in refusal(as_array, np.ma.masked_equal([1, 2], 2), "y")
    assert "y has rows of different lengths" in refusal(as_array, [[1], [1, 2]], "y")


def test_what_is_too_large_for_a_float_becomes_infinite_without_a_warning():
    @without_overflow_warnings
    def squares(x):
        return x * x, x * x - x * x

    with np.errstate(all="raise"):
        square, difference = squares(np.array([1e200]))
    assert np.isinf(square).all() and np.isnan(difference).all()
