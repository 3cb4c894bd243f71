"""Options that commands had once, and what to type instead."""

_CARD = "convscope card UNIT"
_EVALUATE = "convscope evaluate PHOTO"
_COMPARE = "convscope compare PHOTO --second MODEL"

# By command and option.
MOVED = {
    "maximize": {
        "--card": _CARD,
        "--control": f"{_CARD} --control",
        "--natural": f"{_CARD} --natural FOLDER",
        "--second": f"{_CARD} --second MODEL",
        "--second-preprocessing": f"{_CARD} --second MODEL",
        "--second-labels": f"{_CARD} --second MODEL",
    },
    "layers": {
        "--story": "convscope story PHOTO",
        "--at": "convscope dictionary PHOTO --at ROW,COLUMN",
        "--factors": "convscope factors PHOTO --count N",
        "--compare": "convscope compare PHOTO OTHER",
        "--second": _COMPARE,
        "--second-preprocessing": _COMPARE,
        "--second-labels": _COMPARE,
        "--target": "convscope factors PHOTO --target UNIT",
        "--natural": "convscope story PHOTO --natural FOLDER, or convscope dictionary",
        "--seed": "convscope story PHOTO --seed N, or convscope factors",
        "--steps": "convscope story PHOTO --steps N",
    },
    "attribute": {
        "--compare": _EVALUATE,
        "--measure": f"{_EVALUATE} --measure NAME",
        "--trial": f"{_EVALUATE} --trial NAME=VALUE",
        "--steps": "--set steps=N",
    },
}
