"""
2. A photo through the network
==============================

In :doc:`the first lesson <1_what_a_network_has_learned>` you saw what units look for. Now we
give the network a photo, and follow it from layer to layer. What is seen? What is kept, and
what is thrown away?

The photo is one of two that come with the package, a cup of coffee. Put the path of a photo of
your own in its place whenever you like. Choose one whose thing fills the frame, and do not expect
too much: this network sees 64 x 64 pixels, and gives more than half of all photos a wrong name.
(To see the pictures outside of a notebook, save them: ``seen.save("seen.png")``.)
"""

import convscope as cs
from convscope.datasets.sample_photos import PHOTOS

network = cs.load()
photo = PHOTOS[0]

# %%
# Maps
# ----
#
# A channel is moved over all places of the photo, so its responses are a small picture
# themselves: its *map*. It is bright where the channel finds its pattern, and dark where it does
# not. Negative responses are set to zero by the *activation function* of the layer, which is
# called ReLU.
#
# Each row below is a layer, with the channels that respond most strongly to this photo.

layers = ["block1_conv2", "block3_conv3", "block5_conv3"]
seen = cs.activations(network, photo, layers)
seen.figure(count=6)

# %%
# From top to bottom, two things change. The maps become *coarser*: after every block the network
# keeps only the highest of four neighbours (this is called pooling), so it gives up exact places.
# And they become more *special*: early channels respond to some edge almost everywhere, late ones
# to a part or a thing, if it is there at all. With 4 x 4 places, one place is a large part of it.
#
# The bars are the answer of the network. The last layer has one number :math:`a_k` for each
# class, its *logit*, and the *softmax* makes probabilities of them, which are positive and sum to
# 1:
#
# .. math:: p_k = \frac{e^{a_k}}{\sum_j e^{a_j}}
#
# A probability here is a share among the 206 classes that the network knows. If none of them is
# right, the probabilities still sum to 1.
#
# What a channel sees and what it looks for
# -----------------------------------------
#
# A map says *where*, and a picture of activation maximization says *what*. Beside each other they
# make sense: here are the four strongest channels of a late layer, each map with the picture that
# excites its channel most.

late = cs.activations(network, photo, "block4_conv3")
looked_for = cs.gallery(network, *late.shown_units(4))
pictures = {each.unit: each.picture for each in looked_for}
late.figure(count=4, pictures=pictures)

# %%
# What is left of the photo: inversion
# ------------------------------------
#
# Layer by layer, the network drops what it does not need. How much is left? We ask for a picture
# that the layer cannot tell from the photo. Begin with noise and change it until the responses of
# the layer are those that it has for the photo:
#
# .. math:: \min_x \; \lVert f(x) - f(\text{photo}) \rVert^2
#
# Here :math:`f` are all responses of the layer. This is an *inversion* (Mahendran 2015). Where it
# differs from the photo, the layer does not see the difference.

from convscope import objectives

inversions = [objectives.inversion(layer, photo) for layer in [*layers, "fc1"]]
cs.gallery(network, *inversions).figure(columns=4)

# %%
# (``fc1`` is the first layer behind the convolutions. It has no places, only 512 numbers.) The
# first layers keep nearly everything. Later the colours drift and edges melt: the layer
# remembers that there is a round bright thing with something brown in it, and hardly where its
# edges are. Even ``fc1``, which has no places any more, still gives something like a cup.
#
# Beware of one conclusion. What you see comes from two sources: from what the layer kept, and
# from what the method likes to draw where the layer does not care, which is smooth.
#
# What it sees at each place: a grid
# ----------------------------------
#
# At one place of the photo a layer has a number for each of its channels, together a *vector*.
# Single channels tell only a part of the story, since dozens of them respond at once. So we make
# a picture of the whole vector: the one whose responses point in the same direction (Olah 2018).
# With one picture for each place, laid out as the photo, we get an *activation grid*. The larger
# the picture, the longer the vector, that is, the stronger the response.

cs.activation_grid(network, photo, "block5_conv3", size=48)

# %%
# The layer has 4 x 4 places. In the middle it sees round dishes with something in them, and at
# the border less of it. Each place sees most of the photo, and that is why neighbours look alike.
#
# Exercises
# ---------
#
# 1. Use the other photo, ``PHOTOS[1]``. What does the network take it for, and how sure is it?
# 2. Invert ``block3_conv3`` with ``seed=1``. What is the same, and what is not?
# 3. A *caricature* has the responses of the photo, but stronger: ``objectives.caricature(layer,
#    photo)``. In which layer does it first show something that is not in the photo?
# 4. ``cs.dictionary(network, photo, (40, 30), ["block3_conv3"])`` shows which channels fire at
#    row 40, column 30, counted from the top left corner. Choose a place on the rim of the cup, and
#    then one on the table.
# 5. Compare two photos: ``cs.compare(network, *PHOTOS)``. Which units differ most, and do you see
#    why?
#
# Sources
# -------
#
# - Zeiler, Fergus: Visualizing and understanding convolutional networks. 2014.
# - Mahendran, Vedaldi: Understanding deep image representations by inverting them. 2015.
# - Olah and others: The building blocks of interpretability. Distill, 2018.
