"""What a file says about its origin, read as a stranger's: bounded, and never opened further."""

import html
import io
import json
import re
import shlex
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from convscope.errors import InputError
from convscope.printable import is_printable

LARGEST = 64 * 2**20  # bytes of a file that are read for its record
LONGEST = 10_000  # letters of a value that goes into a command
DEEPEST = 40  # lists and tables inside one another
MOST = 10**9  # of any whole number that a command states

KNOWING = (
    "Pictures and figures (.png, .jpg, .webp, .pdf, .svg), arrays (.npz) and numbers (.json) know "
    "their origin, a film (.gif, .mp4, .webm, .csv) by the .json beside it; other tables do not"
)

# What a .json says beside its origin.
SEEN = (
    *("channels", "alike", "factors", "inputs", "settling", "moments", "stages"),
    *("maps", "rows", "reading"),
)


class Record(Mapping[str, Any]):
    """A file's record: what it says by names, and what of it may go into a command.

    Args:
        values: what the file says.
        file: where that was found, as it was named.
    """

    def __init__(self, values: Mapping[str, Any], file: str = "") -> None:
        self._values = dict(values)
        self.file = file

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def text(self, name: str, longest: int = LONGEST) -> str:
        """A text of one line that only shows itself."""
        value = self._values.get(name)
        if not (isinstance(value, str) and 0 < len(value) <= longest and is_printable(value)):
            raise _malformed(name, "a text of one line", value)
        return value

    def whole(self, name: str) -> str:
        """A whole number, as it is written."""
        value = self._values.get(name)
        text = str(value)
        if isinstance(value, bool) or not re.fullmatch(r"\d{1,10}", text) or int(text) > MOST:
            raise _malformed(name, "a whole number", value)
        return text

    def number(self, name: str) -> str:
        """A number, as it is written."""
        value = self._values.get(name)
        if isinstance(value, bool) or not re.fullmatch(r"-?\d[\d.e+-]{0,30}", str(value)):
            raise _malformed(name, "a number", value)
        return str(value)

    def size(self, name: str) -> str:
        """A size such as 64x64, or 'fit'."""
        text = self.text(name)
        if not re.fullmatch(r"fit|\d{1,5}(x\d{1,5})?", text):
            raise _malformed(name, "a size", text)
        return text

    def words(self, name: str) -> list[str]:
        """Several texts, as a shell would part them."""
        try:
            found = shlex.split(self.text(name, longest=LARGEST))
        except ValueError:  # a quotation mark without its second
            raise _malformed(name, "words", self._values.get(name)) from None
        if not all(found):
            raise _malformed(name, "words", self._values.get(name))
        return found

    def listed(self, name: str) -> list[str]:
        """Several texts as a shell would part them, or as older files have it: with commas."""
        text = self.text(name, longest=LARGEST)
        if ", " in text and not set(text) & set("'\""):
            return [part for part in text.split(", ") if part]
        return self.words(name)

    def table(self, name: str) -> "Record":
        """What lies under a name as a record of its own; nothing there is an empty one."""
        value = self._values.get(name, {})
        if not isinstance(value, Mapping):
            raise _malformed(name, "settings by their names", value)
        return Record(value)

    def texts(self, name: str) -> list[str]:
        """A list of texts."""
        value = self._values.get(name, [])
        if not isinstance(value, list):
            raise _malformed(name, "a list", value)
        return [Record({name: each}).text(name) for each in value]

    def settings(self, known: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """All of it as settings: names of small letters, values of one line.

        Args:
            known: the settings there are, if only these may be stated.
        """
        for name, value in self._values.items():
            if not (isinstance(name, str) and re.fullmatch(r"[a-z][a-z_]{0,40}", name)):
                raise _malformed("settings", "names of small letters", name)
            if not is_printable(str(value)) or len(str(value)) > LONGEST:
                raise _malformed(name, "a text of one line", value)
        return {name: value for name, value in self.items() if known is None or name in known}


def read(file: Path) -> Record:
    """Read what a file, or the .json beside it, says about its origin."""
    if not file.is_file():
        what = "a folder, a device or a pipe" if file.exists() else "no such file"
        raise InputError(f"Cannot read '{file}': No such file or not an ordinary one ({what}).")
    beside = file.with_name(f"{file.name}.json")
    found = _json(beside) if beside.is_file() else READERS.get(file.suffix.lower(), _picture)(file)
    if found.get("convscope") == "card" and isinstance(found.get("picture"), Mapping):
        found = dict(found["picture"])  # a card's origin is its picture's
    if not isinstance(found.get("convscope"), str):
        raise InputError(
            f"Expected a file that Convscope saved. Received: '{file}', which says nothing about "
            f"its origin. {KNOWING}."
        )
    return Record(found, str(file))


def _bytes(file: Path) -> bytes:
    if file.stat().st_size > LARGEST:
        raise InputError(f"Cannot read '{file}': it is larger than any record.")
    try:
        return file.read_bytes()
    except OSError as error:
        raise InputError(f"Cannot read '{file}': {error.strerror}.") from error


def _json(file: Path) -> dict[str, Any]:
    try:
        found = _parsed(_bytes(file).decode("utf-8"))
    except ValueError:
        raise InputError(f"Cannot read '{file}': it is not JSON.") from None
    # What was seen is in the file itself; here only its origin counts.
    return {key: value for key, value in found.items() if key not in SEEN}


def _npz(file: Path) -> dict[str, Any]:
    """The texts info/<name> of an archive of arrays."""
    import numpy as np

    found = {}
    try:
        with zipfile.ZipFile(io.BytesIO(_bytes(file))) as archive:
            for member in archive.infolist():
                name = member.filename.removesuffix(".npy")
                if name.startswith("info/") and member.file_size <= 2**20:
                    data = io.BytesIO(archive.read(member))
                    found[name.removeprefix("info/")] = str(np.load(data, allow_pickle=False))
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError, RuntimeError):
        raise InputError(f"Cannot read '{file}': damaged or no arrays.") from None
    return _values(found)


def _pdf(file: Path) -> dict[str, Any]:
    """The subject of a document, as Matplotlib writes it."""
    found = re.search(rb"/Subject \(((?:[^\\()]|\\.){1,1000000})\)", _bytes(file), re.DOTALL)
    text = re.sub(rb"\\(.)", rb"\1", found[1]) if found else b""
    return _described(text.decode("ascii", "replace"))


def _svg(file: Path) -> dict[str, Any]:
    """The description of a drawing."""
    text = _bytes(file)[: 2**20].decode("utf-8", "replace")
    _, _, rest = text.partition("<dc:description>")
    return _described(html.unescape(rest.partition("</dc:description>")[0]))


def _picture(file: Path) -> dict[str, Any]:
    from convscope import images
    from convscope.errors import PictureError

    try:
        return _values(images.read_info(file))
    except PictureError as error:
        raise InputError(f"{error} {KNOWING}.") from error


READERS: dict[str, Callable[[Path], dict[str, Any]]] = {
    ".json": _json,
    ".npz": _npz,
    ".pdf": _pdf,
    ".svg": _svg,
}


def _described(text: str) -> dict[str, Any]:
    try:
        return _values(_parsed(text))
    except ValueError:
        return {}


def _values(texts: Mapping[str, Any]) -> dict[str, Any]:
    """Texts by name, those of tables as tables: a recipe is one, written as JSON."""
    found = dict(texts)
    for name, text in texts.items():
        if isinstance(text, str) and text.startswith("{"):
            try:
                found[name] = _parsed(text)
            except ValueError:
                continue
    return found


def _parsed(text: str) -> dict[str, Any]:
    """A table of JSON, not too deep; ValueError for anything else."""
    try:
        found = json.loads(text)
    except RecursionError:
        raise ValueError("too deep") from None
    if _is_deeper(found, DEEPEST):
        raise ValueError("too deep")
    return found if isinstance(found, dict) else {}


def _is_deeper(value: object, most: int) -> bool:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return most < 0 or any(_is_deeper(each, most - 1) for each in inside)


def _malformed(name: str, expected: str, received: object) -> InputError:
    shown = repr(received)
    shown = shown if len(shown) <= 80 else f"{shown[:77]}..."
    return InputError.expected(
        f"{expected} under {name!r} in the file's record", shown, "No command is made of it."
    )
