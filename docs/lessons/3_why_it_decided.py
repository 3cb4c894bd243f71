"""
3. Why it decided, and when not to believe a map
================================================

A network says *espresso*. Which parts of the photo made it say so? There are dozens of methods
that answer with a map, and often they do not agree. In this lesson you compare some, measure
them, and meet two failures: a map that looks right and is not about the network, and a network
that is wrong.
"""

import convscope as cs
from convscope.datasets.sample_photos import PHOTOS

network = cs.load()
coffee, cat = PHOTOS

# %%
# Cover a part and see what happens
# ---------------------------------
#
# The simplest idea is an experiment. Cover a square of the photo with gray, and look how much the
# score of the class falls. If it falls a lot, the square mattered. Move the square over the whole
# photo, and the falls make a map. This is *occlusion* (Zeiler 2014). The score is the logit of
# the class, which is the number before the softmax.

cs.attribute(network, coffee, "predictions:espresso", method="occlusion")

# %%
# Red speaks for espresso: without it the score would be lower. Blue speaks against it. The number
# at the end of the scale says how much, and the text says what a gray photo would get.
#
# Occlusion has its own weakness: a photo with a gray square is a photo that the network has never
# seen in training, and part of what we measure is its surprise.
#
# Five methods, five maps
# -----------------------
#
# Other methods ask other questions.
#
# - The *gradient* asks: which pixel changes the score most, if it changes a little (Simonyan
#   2014)?
# - *Integrated gradients* add up the gradient on the way from a gray picture to the photo, so
#   that the map sums to the change of the score (Sundararajan 2017).
# - *Grad-CAM* asks at the last layer with places: which of its maps support the class, and where
#   (Selvaraju 2017)? It is coarse, as these maps are.
# - *Relevance propagation* (LRP) hands the score back from layer to layer, to each input in
#   proportion to what it contributed (Bach 2015).
# - *Guided backpropagation* is the gradient with its negative parts left out on the way
#   (Springenberg 2015).

METHODS = [
    "gradient",
    "guided-backpropagation",
    "integrated-gradients",
    "grad-cam",
    "lrp-composite",
]
maps = cs.attributions(network, coffee, "predictions:espresso", methods=METHODS)
maps

# %%
# (To see a result outside of a notebook, save it: ``maps.save("maps.png")``.)
#
# Which of them would you show to somebody who asks why the network said espresso? Decide before
# you read on. Most people choose a sharp one.
#
# Measure, do not look
# --------------------
#
# A map says that some pixels are important. That can be checked.
#
# - *Deletion*: make the pixels gray, first those with the highest values. If the map is right,
#   the probability falls at once, and the area below its curve is small.
# - *Insertion*: begin with a blurred photo and make the important pixels sharp. The area should
#   be large (both Petsiuk 2018).
# - *Randomization*: replace the weights by random numbers, from the last layer down, and make the
#   map again. A map that stays the same shows the photo and not what the network has learned
#   (Adebayo 2018).
#
# The same is measured for three *controls*, maps that do not look at the network at all: noise, a
# blob in the middle, and the edges of the photo. A method that does not beat them is marked as
# *fails*.

judged = cs.evaluate(maps, measures=["deletion", "insertion", "randomization"])
judged

# %%
# The first failure: a map that is not about the network
# ------------------------------------------------------
#
# Look at guided backpropagation. It is sharp, it has the rim of the cup, and by deletion it is
# good. But randomization fails: with most of the network's knowledge destroyed, it still makes
# nearly the same map. It shows the edges of the photo. The control *edges* looks similar, and
# knows nothing. Relevance propagation, the best by insertion, does not pass this test here,
# either.
#
# And look at the controls themselves. On this photo, edges are hard to beat, since the cup *is*
# its rim, and so is the middle, since the cup is there. One photo is not enough to call a method
# good or bad: the benchmarks of this project have tables for eight photos. What one photo can
# show is that a map which looks convincing may say nothing.
#
# So which map do you believe? None of the five passes every test here, and that is an honest
# result: for this photo, none of them is beyond doubt. A rule for your own photos:
#
# 1. Is the class probable? If not, there is nothing to explain.
# 2. Evaluate several methods on several photos of your kind, and keep those that pass on most of
#    them.
# 3. Believe what two methods of different kinds agree on, such as occlusion and integrated
#    gradients.
# 4. If none passes, say so, and show the experiment instead: cover the part, and tell how far the
#    probability falls.
#
# The second failure: a network that is wrong
# -------------------------------------------
#
# The other photo of the package is a cat.

answers = ["predictions:cougar", "predictions:tabby"]
cs.attributions(network, cat, answers, methods=["occlusion"])

# %%
# The network calls this cat a cougar. Both maps point at parts of the head, and neither looks
# wrong. So
# the map for the wrong answer is as convincing as that for the right one. A map does not tell
# whether an answer is right. It tells what the answer depends on, and only if the method is a
# good one.
#
# Look at the probabilities before you look at a map:

for _, name, share in cs.activations(network, cat).top[:3]:
    print(f"{name}: {share:.0%}")

# %%
# The first answer has a few per cent, and the next ones nearly as much. The network has no idea.
# Only a part of the cat is in the photo, and it has learned what cats look like from photos 64
# pixels wide. What is there to explain about a decision that was hardly made?
#
# Exercises
# ---------
#
# 1. Explain a difference: ``"predictions:cougar - predictions:tabby"``. What speaks for the one
#    and against the other?
# 2. Judge occlusion and RISE on both photos (``methods=["occlusion", "rise"]``). RISE takes a
#    minute.
# 3. Take a photo of your own whose class the network knows. Do the same methods win?
# 4. Ask for the map of a class that is *not* in the photo, ``predictions:school bus``. What does
#    a map show if there is nothing to show?
# 5. Which of the failures above would you have noticed without measuring?
#
# Sources
# -------
#
# - Zeiler, Fergus: Visualizing and understanding convolutional networks. 2014.
# - Simonyan, Vedaldi, Zisserman: Deep inside convolutional networks. 2014.
# - Springenberg and others: Striving for simplicity. 2015.
# - Bach and others: On pixel-wise explanations by layer-wise relevance propagation. 2015.
# - Selvaraju and others: Grad-CAM. 2017.
# - Sundararajan, Taly, Yan: Axiomatic attribution for deep networks. 2017.
# - Adebayo and others: Sanity checks for saliency maps. 2018.
# - Petsiuk, Das, Saenko: RISE. 2018.
