"""Which modules are not looked into for examples: those of backends that are not installed."""

from importlib.util import find_spec

collect_ignore = [
    f"src/convscope/backend/{backend}.py"
    for backend in ("tensorflow", "jax", "torch")
    if find_spec(backend) is None
]
if find_spec("torch") is None:
    collect_ignore.append("src/convscope/networks/modules")
