"""``convscope models``: the networks known by name."""

from convscope.terminal import options, output


def models(json: options.AsJson = False) -> None:
    """List the networks known by name, their pictures' size and how they are fed."""
    from convscope.networks.loading.zoo import ZOO
    from convscope.networks.preprocessing import PREPROCESSING

    rows = [
        {
            "name": name,
            "size": "{}x{}".format(*entry.size),
            "preprocessing": entry.preprocessing,
            "meaning": PREPROCESSING[entry.preprocessing].describe(),
        }
        for name, entry in ZOO.items()
    ]
    if json:
        output.as_json(rows)
    else:
        output.table(list(rows[0]), [list(row.values()) for row in rows])
