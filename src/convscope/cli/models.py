"""``convscope models``: the networks known by name."""

from convscope.terminal import options, output


def models(json: options.AsJson = False) -> None:
    """List the networks known by name, their pictures' size and how they are fed.

    Below the list: how to install the weights of a network that needs an extra.
    """
    from convscope.networks.loading.zoo import ZOO, remedy
    from convscope.networks.preprocessing import PREPROCESSING, preprocessing

    rows = [
        {
            "name": name,
            "size": "{}x{}".format(*entry.size),
            "preprocessing": entry.preprocessing,
            "meaning": preprocessing(entry.preprocessing).describe(),
        }
        for name, entry in ZOO.items()
    ]
    needs = {name: remedy(name) for name in ZOO}
    if json:
        output.as_json([{**row, "install": needs[row["name"]]} for row in rows])
        return
    for row in rows:
        if row["preprocessing"] not in PREPROCESSING:
            row["preprocessing"] = "as text:"
    output.table(list(rows[0]), [list(row.values()) for row in rows])
    for name, command in needs.items():
        if command:
            output.line(f"{name} needs its weights. Try: {command}")
