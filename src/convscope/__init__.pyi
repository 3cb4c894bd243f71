# The public names and the modules that define them: the only table of them.

from . import errors as errors
from . import objectives as objectives
from .activation.activations import activations as activations
from .activation_atlases.atlas import activation_atlas as activation_atlas
from .activation_atlases.result import ActivationAtlas as ActivationAtlas
from .activation_grids.grid import activation_grid as activation_grid
from .atlas.atlas import Atlas as Atlas
from .atlas.atlas import read_atlas as read_atlas
from .atlas.build import build_atlas as build_atlas
from .atlas.layer_shares import LayerShares as LayerShares
from .atlas.layer_shares import layer_shares as layer_shares
from .atlas.layer_sheet import LayerSheet as LayerSheet
from .atlas.layer_sheet import layer_sheet as layer_sheet
from .atlas.run_on_ray import run_on_ray as run_on_ray
from .attribution.attribute import attribute as attribute
from .attribution.attributions import attributions as attributions
from .attribution.evaluation.evaluate import evaluate as evaluate
from .cards.card import card as card
from .cards.result import Card as Card
from .comparison.compare import compare as compare
from .connections.weights import weights as weights
from .datasets.words import units_in_words as units_in_words
from .explorer.explore import explore as explore
from .films.animate import animate as animate
from .maximization.maximize import gallery as gallery
from .maximization.maximize import maximize as maximize
from .maximization.recipe import Recipe as Recipe
from .networks.loading.check import check as check
from .networks.loading.load import load as load
from .networks.network import Network as Network
from .networks.preprocessing import Preprocessing as Preprocessing
from .networks.units import Unit as Unit
from .neuron_groups.factors import factors as factors
from .semantic_dictionary.dictionary import dictionary as dictionary
from .stories.story import story as story
from .training_films.callback import FeatureFilm as FeatureFilm
from .training_films.evolve import evolve as evolve
from .training_films.result import Learning as Learning
from .transforms.composition import Transforms as Transforms

__version__: str
