"""
1. What a network has learned
=============================

A network that recognises things in photos was never told what a stripe, an eye or a wheel is.
It got photos and the names of what is on them, and found everything else by itself. What has it
found? In this lesson you make pictures that show it, from the first layer to the classes.

You need Python and Convscope, no graphics card and no internet. The network is ``vgg16-tiny``,
which comes with the package. It has the structure of VGG16 (Simonyan 2014a) at half the width,
takes photos of 64 x 64 pixels, and knows 206 classes.
"""

import convscope as cs

network = cs.load()
print(network)

# %%
# What a network is
# -----------------
#
# A *convolutional network* is a stack of layers. Each layer takes numbers and gives numbers to
# the next. A photo comes in at the bottom, as three numbers for each pixel: red, green and blue.
# At the top there is one number for each class, and the class with the highest number is the
# answer.
#
# A layer consists of *channels*. A channel is a small pattern detector, which is moved over all
# places of the picture. At every place it computes a weighted sum of the numbers around it. The
# sum is high where its pattern is. The weights were learned, and they are what the network knows.
#
# The layers of this network have names: ``block1_conv1`` is the first convolution,
# ``block5_conv3`` the last one. The layer with the classes is called ``predictions``. We speak of
# a *unit* if we mean a channel or a class, and write its layer and its number,
# ``block5_conv3:17``, or the name of its class, ``predictions:tiger``. The *response* of a unit
# is the number that it computes for a picture.

for name in ["block1_conv1", "block2_conv2", "block3_conv3", "block5_conv3"]:
    layer = network.layers[name]
    field = layer.receptive_field
    print(f"{name}: {layer.channels} channels, each neuron sees {field} pixels")

# %%
# The last column is the *receptive field*: how many pixels, along each side, one neuron can see.
# It grows from layer to layer, because every layer looks at what the layer before it has seen.
#
# The picture that a unit likes most
# ----------------------------------
#
# What does the unit ``predictions:tiger`` look for? We could search many photos for the one with
# the highest response. But that photo has a thousand properties, and we would not know which of
# them the unit cares about. So let us *make* the picture instead. Begin with noise. Compute which
# small change of each pixel raises the response most: this is the *gradient*. Change the picture
# a little in this direction, and repeat it:
#
# .. math:: x_{t+1} = x_t + \eta \nabla_x a(x_t)
#
# Here :math:`x_t` is the picture after :math:`t` steps, :math:`a` is the response of the unit,
# and :math:`\eta` is the size of a step. It is the same computation by which networks are
# trained, but the weights stay as they are and the picture learns. The method is called
# *activation maximization* (Erhan 2009, Simonyan 2014b).
#
# The plain formula gives noise that excites the unit and tells us nothing. Two additions make
# pictures that we can read (Olah 2017). The picture is composed of waves, from coarse to fine, so
# that all scales change at the same rate. And before every step it is shifted, turned and scaled
# a little at random, so that only what survives this can grow.

names = ["tiger", "bee", "sports car"]
classes = cs.gallery(network, *(f"predictions:{name}" for name in names))
classes.figure(columns=3)

# %%
# In a notebook, the last value of a block shows itself, as here. In a script, save it and open the
# file: ``classes.save("classes.png")``. Each of the pictures has ``save`` as well.
#
# There is a striped animal, an insect with hairs at a flower, and a car with wheels. These are no
# photos, and no photo was used. Whatever you recognise was in the weights.
#
# Look closely. Is there one tiger, or parts of several? What belongs to the thing, and what is
# only often near it, such as the flower? The network was never told the difference. It got names,
# and whatever helps to tell the names apart is worth learning.
#
# How much is much? Reach
# -----------------------
#
# The number below each picture is its *reach*. A response alone tells nothing: is 13 much? So the
# package knows the responses of each unit to 10,000 photos (Tiny ImageNet), and compares:
#
# .. math:: \text{reach} = \frac{a(x) - \text{median}}{\text{maximum} - \text{median}}
#
# A reach of 0 is what half of the photos exceed, and 1 is what the best of 10,000 photos reaches.
# Above 1, the picture excites the unit more than any of them.

tiger = classes[0]
print(f"response {tiger.response:.1f}: {tiger.standing}")

# %%
# A reach above 1 shows that the picture has found *something* that the unit responds to strongly.
# It does not show that we understand the unit. The picture is an extreme, and the unit earns its
# living with ordinary photos.
#
# Colours and edges: the first layer
# ----------------------------------
#
# Now the layers, from the bottom. A neuron of ``block1_conv1`` sees 3 x 3 pixels, so its picture
# has 3 x 3 pixels, shown enlarged (``size="field"``). What can one look for in nine pixels? A
# colour, an edge between two colours, a corner.

cs.gallery(network, "block1_conv1:0-5", size="field").figure(columns=6)

# %%
# Here the reach is about 1, and for some units below it: then some photo has an even stronger
# patch of this kind. With nine pixels there is little to invent, and the contrast of pictures of
# this size is bounded, so that their colours can be told apart.
#
# Stripes and textures: the middle
# --------------------------------
#
# Let us draw three channels at random from each of four further layers. Random, because among
# hundreds of channels some are always pretty, and whoever chooses shows his taste and not the
# network.

import numpy as np

chance = np.random.default_rng(1)


def three_of(layer):
    """Return the addresses of three channels of a layer, drawn at random."""
    channels = chance.choice(network.layers[layer].channels, size=3, replace=False)
    return [f"{layer}:{channel}" for channel in channels]


middle = cs.gallery(network, *three_of("block2_conv2"), *three_of("block3_conv3"))
middle.figure(columns=3)

# %%
# In the second block there are stripes and grids of some direction and colour. In the third there
# are textures and simple shapes: rings, ragged rows, spots at a distance from each other. The
# words beside the reach are the kind of photo that the channel separates best from all others.
# The number behind them is 0.5 by chance and 1 at best. But 0.7 says nothing: the units of a
# network with random weights have about 0.79, since even a random filter tells bright photos from
# dark ones. Believe words only if their number is far above that.
#
# Parts and objects: the top
# --------------------------

top = cs.gallery(network, *three_of("block4_conv3"), *three_of("block5_conv3"))
top.figure(columns=3)

# %%
# Here a neuron sees most of the photo, and the pictures have bodies, parts of things and things:
# round bodies with spots, something red like an insect, a cup. Sometimes picture and words name
# the same thing, as for the cup, and sometimes they do not, since the picture shows an extreme
# and the words come from an average. Some pictures you can name, and others you cannot. That is
# an honest result. A network is not obliged to think in our words, and a channel is not a
# concept.
#
# What have we seen? From bottom to top the pictures go from colours to edges, from there to
# textures, to parts, to things. Nobody built this order in. It comes from training, since each
# layer can only combine what the layer below it offers.
#
# Exercises
# ---------
#
# 1. Make pictures of your own classes. All names: ``convscope units predictions`` in a terminal.
# 2. Make the same picture with ``seed=1`` and ``seed=2``. What is the same in all three, and what
#    changes? What does that tell about which parts of a picture you may interpret?
# 3. A minus asks for the opposite: ``-predictions:tiger`` is the picture that the unit likes
#    least. What does it show, and why is it no photo of something?
# 4. Make a picture with ``steps=4``, 16 and 96, which is the usual number, and print
#    ``picture.standing`` each time. Does a higher reach always look better to you?
# 5. The second network of the package, ``cs.load("vgg16-tiny-plain")``, was trained without an
#    adversary (:doc:`what that is </how-to/training-film>`). Compare its picture of
#    ``predictions:bee`` with that of this network.
#
# Sources
# -------
#
# - Erhan, Bengio, Courville, Vincent: Visualizing higher-layer features of a deep network. 2009.
# - Simonyan, Zisserman: Very deep convolutional networks for large-scale image recognition. 2014
#   (a).
# - Simonyan, Vedaldi, Zisserman: Deep inside convolutional networks. 2014 (b).
# - Zeiler, Fergus: Visualizing and understanding convolutional networks. 2014.
# - Olah, Mordvintsev, Schubert: Feature visualization. Distill, 2017.
# - Borowski and others: Exemplary natural images explain CNN activations better than
#   state-of-the-art feature visualization. 2021. People who saw such pictures predicted responses
#   right in 82 % of cases, and people who saw natural photos in 92 %.
