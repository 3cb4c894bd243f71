"""Where the text of a figure really is, in pixels."""

import numpy as np


def texts(figure):
    """All that is written on the page: (text, (left, bottom, right, top) in pixels)."""
    from matplotlib.text import Text

    renderer = figure.canvas.get_renderer()
    page = figure.axes[0]
    shown = [text for text in page.findobj(Text) if text.get_text() and text.get_visible()]
    return [(text.get_text(), text.get_window_extent(renderer).extents) for text in shown]


def assert_all_text_inside(figure):
    """No text may leave the figure, nor a plot with its ticks and names."""
    width, height = figure.bbox.size
    found = texts(figure)
    assert found
    for plot in figure.axes[1:]:
        found.append(("a plot", plot.get_tightbbox(figure.canvas.get_renderer()).extents))
    for text, (left, bottom, right, top) in found:
        assert left >= 0, text
        assert bottom >= 0, text
        assert right <= width, text
        assert top <= height, text


def all_words(figure):
    """Everything written, as one text."""
    return " ".join(text for text, _ in texts(figure))


def drawn(figure):
    """The figure's pixels, (height, width, 3), 0 to 255."""
    figure.canvas.draw()
    return np.asarray(figure.canvas.buffer_rgba())[:, :, :3]
