"""
4. Watch a network learn
========================

The networks of the other lessons were trained by somebody else. Here you train one yourself,
and you look at its units while it learns. It takes less than a minute, because the network and
its pictures are small. You also know the right answer, because you decide what there is to
learn.

What there is to learn
----------------------

The pictures are made by the program below. There are four classes: *rows* and *columns* are
stripes that lie or stand, *slopes* are stripes at 45 degrees, and *dots* are round spots on a
grid. Width, place, colours and noise are drawn at random for every picture. So none of them
tells the classes apart. Only the pattern does.
"""

import keras
import numpy as np

import convscope as cs

CLASSES = ["rows", "columns", "slopes", "dots"]
SIDE = 24
chance = np.random.default_rng(0)
keras.utils.set_random_seed(0)


def picture(kind):
    """Return a picture of a class, (SIDE, SIDE, 3), in [0, 1]."""
    # The row and the column of each pixel, as angles: a wave is 5 to 9 pixels long.
    down, right = np.mgrid[:SIDE, :SIDE] * 2 * np.pi / chance.uniform(5, 9)
    down, right = down + chance.uniform(0, 6), right + chance.uniform(0, 6)
    waves = {
        "rows": np.sin(down),
        "columns": np.sin(right),
        "slopes": np.sin((down + chance.choice([-1, 1]) * right) / np.sqrt(2)),
        "dots": np.sin(down) + np.sin(right) - 0.5,
    }
    # Between two colours, by how high the wave is.
    share = 1 / (1 + np.exp(-6 * waves[CLASSES[kind]]))[..., None]
    one, other = chance.random((2, 3))
    noise = chance.normal(0, 0.05, (SIDE, SIDE, 3))
    return np.clip(share * one + (1 - share) * other + noise, 0, 1)


y = chance.integers(len(CLASSES), size=2048)
x = np.array([picture(kind) for kind in y], "float32")

# %%
# Look at your data before you train on it. Here are eight of the 2,048 pictures.

import matplotlib.pyplot as plt

shown, axes = plt.subplots(1, 8, figsize=(9, 1.5), layout="constrained")
for axis, one, kind in zip(axes, x, y, strict=False):
    axis.imshow(one)
    axis.set_title(CLASSES[kind], fontsize=9)
    axis.axis("off")
shown

# %%
# A small network
# ---------------
#
# Three convolutions are enough. A convolution slides small filters over the picture: each filter
# is one *channel*, and its *map* is bright where the pattern of the filter is. The strides of two
# make the maps smaller, so that a neuron of the third layer sees a large part of the picture. The
# mean over the places follows, because the pattern matters and not its place, and then one number
# for each class, its *logit*. The class with the highest logit is the answer.

model = keras.Sequential(
    [
        keras.Input((SIDE, SIDE, 3)),
        keras.layers.Conv2D(8, 5, activation="relu", name="conv1"),
        keras.layers.Conv2D(16, 3, strides=2, activation="relu", name="conv2"),
        keras.layers.Conv2D(16, 3, strides=2, activation="relu", name="conv3"),
        keras.layers.GlobalAveragePooling2D(name="mean"),
        keras.layers.Dense(len(CLASSES), name="logits"),
    ]
)
model.compile(
    optimizer=keras.optimizers.Adam(0.003),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)

# %%
# Film the training
# -----------------
#
# Training changes the weights a little for each batch of pictures, so that the *loss*, which is
# high when the right class has a low probability, falls:
#
# .. math:: \text{loss} = -\log \frac{e^{a_c}}{\sum_k e^{a_k}}
#
# where :math:`a_k` is the logit of class :math:`k` and :math:`c` is the right class.
#
# ``FeatureFilm`` is a Keras callback. At some moments of the training it stops for a moment, and
# makes the picture that excites each unit most with the weights as they are. This is called
# *activation maximization* (Erhan 2009), and :doc:`the first lesson
# <1_what_a_network_has_learned>` explains it. All moments begin with the same noise, so whatever
# changes in the pictures comes from the weights. The training itself is not affected by it.

units = ["conv1:0", "conv2:3", *(f"logits:{name}" for name in CLASSES)]
film = cs.FeatureFilm(
    units,
    out=None,
    preprocessing="zero-to-one",
    labels=CLASSES,
    moments=7,
    name="a small network",
    verbose=False,
)
training = model.fit(x, y, epochs=8, batch_size=64, callbacks=[film], verbose=0)
print(f"right about {training.history['accuracy'][-1]:.0%} of the pictures")

# %%
# Each row is a unit and each column a moment, from before the first batch to the end. Below them
# is the loss, and how similar the responses of each layer already are to those at the end.

film.result

# %%
# What do you see? Before training, the pictures of the four classes are irregular and much alike,
# because random weights look for nothing in particular. Then they part: lying stripes for rows,
# standing stripes for columns, stripes at 45 degrees in both directions for slopes, a grid of
# spots for dots. Nobody told the network what a row is. It had the pictures and the names, and
# nothing else.
#
# The inside of ``conv1:0`` goes from blue to white: this filter begins as one for blue, and ends
# as one for brightness. Its coloured rim comes from the method: a pixel at the rim is seen by a
# few weights of the filter only, and has the colour that suits just these.
#
# The correlation at the bottom tells which layer is finished first. A layer can only use what the
# layer before it gives, so early layers tend to settle before late ones (Raghu 2017). Here
# ``conv1`` is ahead of ``conv2``, and ``conv2`` of the logits. A layer with random weights
# responds to the same edges as a trained one to some degree, so ``conv1`` does not begin at zero.
# The logits of a random network say nothing about classes, and their correlation is chance.
#
# The picture of the trained network
# ----------------------------------
#
# A film uses a quick recipe. With the network trained, let us take the time for better pictures.

network = cs.load(model, preprocessing="zero-to-one", labels=CLASSES)
classes = cs.gallery(network, *(f"logits:{name}" for name in CLASSES))
classes.figure(columns=4)

# %%
# These are the patterns that the program draws. Here the pictures can be checked, since we know
# what there was to learn. For a network that was trained on photos nobody knows it, and that is
# why one looks.
#
# Two warnings. The *colours* of these pictures mean little: colours were drawn at random, so no
# class prefers one, and the pictures still have some. And a picture shows what excites the unit
# *most*. It is an extreme, which no picture of the training data reaches.
#
# Is it the training, or the method?
# ----------------------------------
#
# A method that makes stripes of any network would have fooled us. So we ask the same question of
# a network that has the same layers and random weights. This is called a *control*.

untrained = keras.models.clone_model(model)
control = cs.load(untrained, preprocessing="zero-to-one", labels=CLASSES)
cs.gallery(control, *(f"logits:{name}" for name in CLASSES)).figure(columns=4)

# %%
# The four pictures of the untrained network are not those of the classes. What you saw above came
# from the training.
#
# Exercises
# ---------
#
# 1. Let the colour tell the classes apart: draw dots in red, with the line ``if kind == 3: one =
#    np.array([0.9, 0.1, 0.1])`` after the one that draws the two colours. Which pictures change?
#    What did the network stop looking at?
# 2. Train with half of the labels wrong (``y = np.where(chance.random(2048) < 0.5, y,
#    chance.integers(4, size=2048))``). Are the pictures worse, or is only the loss higher?
# 3. Film ``conv1:0-7``. Which filters look for one colour inside the rim, and which for a change?
# 4. Write the film into a file with ``out="learning.webp"``, and open it in a browser. The figure
#    is written beside it, as learning.png, and how each was made, as .json.
# 5. Stop after one epoch. How much of the final pictures is already there?
#
# Sources
# -------
#
# - Erhan, Bengio, Courville, Vincent: Visualizing higher-layer features of a deep network. 2009.
# - Raghu, Gilmer, Yosinski, Sohl-Dickstein: SVCCA. 2017, on layers that converge from the bottom
#   up.
# - Kingma, Ba: Adam, a method for stochastic optimization. 2014.
