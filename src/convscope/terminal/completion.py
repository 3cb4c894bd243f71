"""What completes layers and units in a shell; no framework is loaded for it."""

import os
import re
import shlex
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from convscope.networks.listing import Listing

COMPLETING = "_CONVSCOPE_COMPLETE"  # set by the shell's function, to what kind of shell it is
BASH = "complete_bash"
BREAKS = (":", "=")  # where bash, and no other shell, cuts a word into three
BEGUN = "_CONVSCOPE_BEGUN"  # what bash has cut off from the word to be completed


def complete_layers(context: typer.Context, incomplete: str) -> list[str]:
    """Return the layers of the network on the command line that begin like this."""
    found = _listing(context)
    return _shown(found.layers if found else (), incomplete)


def complete_units(context: typer.Context, incomplete: str) -> list[str]:
    """Return the layers and classes of the network on the command line that begin like this.

    Classes are listed as soon as a part of their layer's name is there.
    """
    found = _listing(context)
    if found is None:
        return []
    begun = incomplete or os.environ.get(BEGUN)
    classes = [f"{found.head}:{label}" for label in found.labels] if begun else []
    return _shown((*found.layers, *classes), incomplete)


def completed(metavar: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of an option or argument with what completes it, unless they say so.

    Args:
        metavar: what it is called in the help, such as 'UNIT...' or '[LAYER]'.
        settings: of Typer.
    """
    called = re.findall("[A-Z]+", metavar)
    by = next((COMPLETE[name] for name in called if name in COMPLETE), None)
    return {"autocompletion": by, **settings} if by else dict(settings)


def join_words() -> None:
    """Join the words of a command line to be completed that bash has cut at a colon.

    Bash hands over ``predictions:be`` as the words 'predictions', ':' and 'be', and completes the
    last of them. What comes before it is kept in ``BEGUN``.
    """
    words = os.environ.get("COMP_WORDS", "").split("\n")
    at = os.environ.get("COMP_CWORD", "")
    if os.environ.get(COMPLETING) != BASH or len(words) < 2 or not at.isdecimal():
        return
    joined: list[str] = []
    for word in words[: int(at) + 1]:
        if joined and (word in BREAKS or joined[-1].endswith(BREAKS)):
            joined[-1] += word
        else:
            joined.append(word)
    if joined[-1].startswith("--"):  # --model=vgg is --model vgg
        joined[-1:] = joined[-1].split("=", 1)
    begun = joined[-1].rfind(":") + 1
    os.environ[BEGUN] = joined[-1][:begun]
    # Quoted once more, so that its backslashes stay: what is shown is compared with it.
    joined[-1] = shlex.quote(joined[-1][begun:]) if "\\" in joined[-1] else joined[-1][begun:]
    os.environ["COMP_WORDS"] = "\n".join(joined)
    os.environ["COMP_CWORD"] = str(len(joined) - 1)


COMPLETE = {"LAYER": complete_layers, "UNIT": complete_units}


def _listing(context: typer.Context) -> "Listing | None":
    from convscope.networks.listing import recall
    from convscope.networks.loading.zoo import EMBEDDED

    if all(each.name != "model" for each in context.command.params):
        return None  # an atlas may be of any network
    try:
        return recall(context.params.get("model") or EMBEDDED)
    except Exception:  # a shell that is completing wants no word of it
        return None


def _shown(names: tuple[str, ...], incomplete: str) -> list[str]:
    """Return the names that begin like a word, or what is left of them if a part is there."""
    begun = os.environ.get(BEGUN, "")
    typed = begun + re.sub(r"\\(.)", r"\1", incomplete)
    found = [name[len(begun) :] for name in names if name.startswith(typed)]
    if os.environ.get(COMPLETING) != BASH:
        return found
    # Bash takes words as they are written.
    return [re.sub(r"([^\w:./@+*-])", r"\\\1", name) for name in found]
