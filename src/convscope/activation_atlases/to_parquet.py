"""The points of a map as a Parquet file."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

from convscope.activation_atlases.layout import EXTRA
from convscope.errors import need


def to_parquet(columns: Mapping[str, Sequence[Any]], info: Mapping[str, str]) -> bytes:
    """Return a table, column by column, as Parquet, with texts about it as its metadata.

    Raises:
        MissingExtra: pyarrow is not installed.
    """
    arrow, parquet = need("pyarrow", EXTRA), need("pyarrow.parquet", EXTRA)
    table = arrow.table({name: list(values) for name, values in columns.items()})
    stream = io.BytesIO()
    parquet.write_table(table.replace_schema_metadata(dict(info)), stream, compression="zstd")
    return stream.getvalue()
