"""An atlas as a dataset: Parquet files with pictures, in the form of Hugging Face's datasets."""

import io
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from convscope import files
from convscope.atlas.atlas import Atlas
from convscope.atlas.entry import Entry
from convscope.atlas.store import Store
from convscope.brief import counted
from convscope.errors import need
from convscope.progress import Progress
from convscope.version import VERSION

ROWS = 2000  # of one file
EXTRA = "dataset"
MADE = re.compile(r"data/train-\d{5}-of-\d{5}\.parquet")
SIGNED = "Made by Convscope "

# Columns beside the picture, with the types of the datasets library.
COLUMNS = {
    **dict.fromkeys(("unit", "label", "layer"), "string"),
    "channel": "int64",
    "seed": "int64",
    **dict.fromkeys(("response", "contrast", "reach", "below"), "float64"),
    "silent": "bool",
    "selectivity_rank": "int64",
    "selectivity_z": "float64",
    **{
        f"{side}_{sign}": "string"
        for side in ("inputs", "outputs")
        for sign in ("exciting", "inhibiting")
    },
    "separates": "string",
    "separates_auc": "float64",
    "separates_photos": "int64",
    "low_for": "string",
    **dict.fromkeys(("low_for_auc", "untrained_auc"), "float64"),
    **dict.fromkeys(("nearest", "alike", "note", "key", "sha256", "evidence"), "string"),
}
MEANING = {
    "image": "the picture that excites the unit most (of `-unit`: least), as a lossless WebP",
    "unit": "its address; `label` has a class's label",
    "response": "the unit's response to the picture, before the activation function",
    "reach": "(response - median) / (maximum - median) of the responses to natural pictures",
    "below": "the share of natural pictures that excite the unit less",
    "silent": "whether almost no natural picture excites the unit",
    "selectivity_rank": "the unit's rank among those of its layer for this picture, by z",
    "inputs_exciting": "the strongest inputs by weights; so with `inhibiting` and `outputs`",
    "nearest": "the units of the layer with the most similar kernels, by cosine",
    "alike": "the units of the layer whose responses to natural pictures correlate most",
    "separates": "the label of photos that high responses separate best from the rest, or two "
    "labels; `separates_auc` is its AUC on photos that did not choose it, `separates_photos` how "
    "many of these have it",
    "low_for": "the same of low responses",
    "untrained_auc": "what 95 in 100 units of the layer in an untrained network stay below",
    "evidence": "all that was measured, as JSON, with the score at each step",
}


def to_dataset(atlas: Atlas, out: Path, progress: Progress) -> Path:
    """Write Parquet files and a card into a folder, and return its path.

    Raises:
        MissingExtra: the extra 'dataset' is not installed.
        InputError: the folder has files that are not from such an export, or a picture is torn.
        OutputError: a file cannot be written.
    """
    arrow, parquet = need("pyarrow", EXTRA), need("pyarrow.parquet", EXTRA)
    before = files.exported_before(out, SIGNED, MADE, "README.md")
    total = len(atlas)
    parts = max(1, -(-total // ROWS))
    schema = _schema(arrow)
    written = set()
    with Store(atlas.folder) as store:
        for number, entries in enumerate(_parts(atlas.entries(), ROWS)):
            rows = [_row(store, entry) for entry in entries]
            stream = io.BytesIO()
            table = arrow.Table.from_pylist(rows, schema=schema)
            parquet.write_table(table, stream, compression="zstd", row_group_size=100)
            name = f"data/train-{number:05}-of-{parts:05}.parquet"
            files.put(out / name, stream.getvalue())
            written.add(name)
            progress(min(1.0, (number + 1) / parts), f"Writing {name}")
    files.put_text(out / "README.md", _card(atlas, total))
    for name in before - written:
        (out / name).unlink(missing_ok=True)
    return out


def _parts(entries: Iterator[Entry], most: int) -> Iterator[list[Entry]]:
    part: list[Entry] = []
    for entry in entries:
        part.append(entry)
        if len(part) == most:
            yield part
            part = []
    if part:
        yield part


def _row(store: Store, entry: Entry) -> dict[str, Any]:
    table = {name: value for name, value in entry.table().items() if name in COLUMNS}
    evidence = json.dumps(dict(entry.evidence), sort_keys=True)
    picture = {"bytes": store.picture(entry), "path": f"{entry.key}.webp"}
    return {"image": picture, **table, "evidence": evidence}


def _schema(arrow: Any) -> Any:
    """Return Arrow's types, and beside them those of the datasets library."""
    types = {
        "string": arrow.string(),
        "int64": arrow.int64(),
        "float64": arrow.float64(),
        "bool": arrow.bool_(),
    }
    picture = arrow.struct([("bytes", arrow.binary()), ("path", arrow.string())])
    fields = [("image", picture), *((name, types[kind]) for name, kind in COLUMNS.items())]
    features: dict[str, Any] = {"image": {"_type": "Image"}}
    features |= {name: {"dtype": kind, "_type": "Value"} for name, kind in COLUMNS.items()}
    text = json.dumps({"info": {"features": features}})
    return arrow.schema(fields, metadata={"huggingface": text})


def _card(atlas: Atlas, total: int) -> str:
    edition = atlas.edition
    recipe = json.dumps(edition.recipe.as_json())
    meaning = "\n".join(f"- `{name}`: {text}." for name, text in MEANING.items())
    name = _plain(edition.network)
    return f"""---
configs:
- config_name: default
  data_files:
  - split: train
    path: data/train-*.parquet
pretty_name: {json.dumps(f"Atlas of {edition.network}")}
size_categories:
- {_category(total)}
tags:
- feature-visualization
- interpretability
---

# Atlas of {name}

{counted(total, "picture")} of what the units of {name} look for, each found by gradient ascent on
the network's input, and rounded to 8 bits before it was measured.

{meaning}

A channel is not a concept, and a high response does not prove meaning: a picture shows an
extreme, not what a unit usually responds to.

- Network: {name}, digest of its weights {edition.digest}.
- Size: {edition.shown_size}. Natural pictures: {_plain(edition.natural) or "none"}.
- Recipe: `{recipe}`.
- {SIGNED}{VERSION} ({_plain(edition.versions)}).
"""


def _plain(text: str) -> str:
    """Return a text without what Markdown would read as more than text."""
    return re.sub(r"([\\\\`*_{}\[\]<>#|])", r"\\\1", " ".join(text.split()))


def _category(total: int) -> str:
    sizes: Sequence[tuple[int, str]] = [
        (1000, "n<1K"),
        (10_000, "1K<n<10K"),
        (100_000, "10K<n<100K"),
        (1_000_000, "100K<n<1M"),
    ]
    return next((name for most, name in sizes if total < most), "1M<n<10M")
