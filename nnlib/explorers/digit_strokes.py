"""Ten digits as somebody might draw them: a few points a stroke, joined by smooth curves."""

import numpy as np


def smooth_stroke(points, steps=6):
    """A curve through `points`, pairs (x, y), as a list of [x, y]: `steps` of them for each stretch between two points.

    A point given twice makes a corner. Source: E. Catmull and R. Rom, A class of local interpolating splines (1974).
    """
    p = np.array([points[0], *points, points[-1]], dtype=float)
    p0, p1, p2, p3 = p[:-3, None], p[1:-2, None], p[2:-1, None], p[3:, None]
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    curve = p1 + (p2 - p0) * t / 2 + (p0 - 2.5 * p1 + 2 * p2 - p3 / 2) * t**2 + (1.5 * (p1 - p2) + (p3 - p0) / 2) * t**3
    return np.vstack([curve.reshape(-1, 2), points[-1]]).round(3).tolist()


# x,y of the points, in hundredths of the sheet, from its upper left corner.
_POINTS = {
    "0": ["52,18 38,26 31,46 34,68 47,82 62,74 69,53 66,31 55,19 49,20"],
    "1": ["56,17 54,38 50,62 48,84"],
    "2": ["33,34 37,23 50,17 63,24 63,39 52,56 39,70 31,80 31,80 45,78 58,80 71,80"],
    "3": ["34,25 45,18 58,20 63,31 56,43 44,48 44,48 58,50 67,61 62,76 48,83 33,78"],
    "4": ["43,18 38,36 31,55 31,55 50,54 72,52", "62,20 60,48 57,84"],
    "5": ["66,19 53,20 40,21 40,21 38,33 36,45 36,45 50,43 63,50 67,64 60,77 46,82 33,77"],
    "6": ["60,17 46,30 36,50 36,70 46,82 60,78 65,65 57,55 45,58 37,69"],
    "7": ["32,23 50,22 68,20 68,20 60,40 52,60 46,84"],
    "8": ["63,27 50,18 38,26 41,40 55,51 64,66 58,80 44,82 36,70 43,54 57,42 63,27 57,20"],
    "9": ["63,30 53,19 40,23 36,37 44,47 56,44 63,30 63,30 61,50 57,68 54,84"],
}


def _points_of(text):
    return [[float(number) / 100 for number in point.split(",")] for point in text.split()]


DIGIT_STROKES = {digit: [smooth_stroke(_points_of(text)) for text in texts] for digit, texts in _POINTS.items()}
