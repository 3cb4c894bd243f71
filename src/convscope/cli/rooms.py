"""The rooms whose features the command line has, in the order in which the help lists them."""

from convscope.activation.command import ROOM as ACTIVATION
from convscope.activation_grids.command import ROOM as ACTIVATION_GRID
from convscope.atlas.command import ROOM as ATLAS
from convscope.attribution.command import ROOM as ATTRIBUTION
from convscope.attribution.evaluation.command import ROOM as EVALUATION
from convscope.cards.command import ROOM as CARDS
from convscope.comparison.command import ROOM as COMPARISON
from convscope.connections.command import ROOM as CONNECTIONS
from convscope.explorer.command import ROOM as EXPLORER
from convscope.explorer.export_command import ROOM as EXPORT
from convscope.films.command import ROOM as FILMS
from convscope.maximization.command import ROOM as MAXIMIZATION
from convscope.neuron_groups.command import ROOM as NEURON_GROUPS
from convscope.semantic_dictionary.command import ROOM as SEMANTIC_DICTIONARY
from convscope.stories.command import ROOM as STORIES
from convscope.tour.command import ROOM as TOUR
from convscope.training_films.command import ROOM as TRAINING_FILMS

ROOMS = (
    TOUR,
    EXPLORER,
    MAXIMIZATION,
    CARDS,
    ACTIVATION,
    STORIES,
    SEMANTIC_DICTIONARY,
    NEURON_GROUPS,
    ACTIVATION_GRID,
    COMPARISON,
    CONNECTIONS,
    FILMS,
    ATTRIBUTION,
    EVALUATION,
    TRAINING_FILMS,
    ATLAS,
    EXPORT,
)
