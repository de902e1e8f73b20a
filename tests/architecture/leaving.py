"""Who can write a picture: coders of libraries, the writers built on them, the functions that use those.

Read from syntax trees, so that a call that no test runs is found, too.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

# Names under which libraries code pictures, or take coded ones into a file.
CALLS = frozenset({
    "imwrite", "imwritemulti", "imencode", "imencodemulti", "imwriteanimation", "imencodeanimation",
    "add_stream", "add_stream_from_template", "add_data_stream", "mux", "mux_one", "to_image",
    "imsave", "savefig",
})  # fmt: skip
LIBRARIES = frozenset({
    "PIL", "matplotlib", "imageio", "tifffile", "skimage", "segno", "qrcode", "png", "fpdf",
    "reportlab", "weasyprint", "cairo", "moviepy", "ffmpeg", "torchvision", "plotly",
})  # fmt: skip
MAGIC = (b"\x89PNG", b"IHDR", b"\xff\xd8", b"JFIF", b"GIF8", b"VP8 ")  # a coder written by hand begins so
ROOT = "synopticon"


def codes(node: ast.AST) -> bool:
    """Whether this one node has a library code a picture, or is the beginning of a coder written by hand."""
    match node:
        case ast.Attribute(attr=name) | ast.Name(id=name) if name in CALLS:
            return True
        case ast.Attribute(value=ast.Name(id="cv2"), attr="VideoWriter"):
            return True
        case ast.Import(names=names):
            return any(n.name.partition(".")[0] in LIBRARIES for n in names)
        case ast.ImportFrom(module=module, names=names) if module:
            foreign = {n.name for n in names} & {*CALLS, "VideoWriter"} and not module.startswith(ROOT)
            return module.partition(".")[0] in LIBRARIES or bool(foreign)
        case ast.Call(func=ast.Attribute(value=ast.Name(id="av"), attr="open"), args=args, keywords=keywords):
            modes = [*args[1:2], *(k.value for k in keywords if k.arg in ("mode", None))]
            return any(not (isinstance(m, ast.Constant) and m.value == "r") for m in modes)
        case ast.Call(func=ast.Attribute(attr="create"), args=args, keywords=keywords) as call:
            written = [a.value for a in (*args, *(k.value for k in keywords)) if isinstance(a, ast.Constant)]
            return "CodecContext" in ast.unparse(call.func) and "r" not in written
        case ast.Constant(value=bytes(data)):
            return any(data.startswith(magic) for magic in MAGIC)
        case ast.Constant(value="ffmpeg" | "ffmpeg.exe"):  # a program that is called
            return True
    return False


def coding_lines(tree: ast.AST) -> list[int]:
    return sorted({getattr(node, "lineno", 0) for node in ast.walk(tree) if codes(node)})


def writers(tree: ast.Module) -> set[str]:
    """Top-level functions and classes of a module of coders that code, or use one that does."""
    bodies = {n.name: n for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef)}
    found = {name for name, node in bodies.items() if any(codes(n) for n in ast.walk(node))}
    # a library whose import is the coder (segno): all that uses the import's name
    imports = [n for n in tree.body if isinstance(n, ast.Import | ast.ImportFrom) and codes(n)]
    names = {a.asname or a.name for n in imports for a in n.names}
    while True:
        more = {
            name
            for name, node in bodies.items()
            if name not in found
            and any(isinstance(n, ast.Name) and n.id in found | names for n in ast.walk(node))
        }
        if not more:
            return found
        found |= more


@dataclass(frozen=True)
class Use:
    """A place that names a writer: ``synopsis.clips._copy`` names ``TimedWriter``."""

    module: str
    function: str
    writer: str

    @property
    def place(self) -> str:
        return f"{self.module}.{self.function}"


def uses(module: str, tree: ast.Module, known: Mapping[str, set[str]]) -> Iterator[Use]:
    """Where a module uses writers; ``known``: module of coders -> its writers.

    An import of the name alone is no use; a name that is used outside of any function is one.
    """
    every = set().union(*known.values())
    names, modules = _imported(tree, known, every)
    for holder, node in _with_holder(tree):
        match node:
            case ast.Name(id=name) if name in names:
                yield Use(module, holder, names[name])
            case ast.Attribute(value=value, attr=attr) if attr in every and _root(value) in modules:
                yield Use(module, holder, attr)


def _imported(
    tree: ast.Module, known: Mapping[str, set[str]], every: set[str]
) -> tuple[dict[str, str], set[str]]:
    """Local names of writers, from wherever they are imported; local names of modules of the program."""
    names: dict[str, str] = {}
    modules: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(ROOT):
            for alias in node.names:
                whole = f"{node.module}.{alias.name}".removeprefix(f"{ROOT}.")
                if alias.name == "*":
                    names |= {name: name for name in every}
                elif whole in known or any(key.startswith(f"{whole}.") for key in known):
                    modules.add(alias.asname or alias.name)
                elif alias.name in every:
                    names[alias.asname or alias.name] = alias.name
        elif isinstance(node, ast.Import):
            modules |= {a.asname or ROOT for a in node.names if a.name.startswith(ROOT)}
    return names, modules


def _root(node: ast.AST) -> str:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _with_holder(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """Every node with the top-level function, or the method, that holds it."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            for part in node.body:
                name = f"{node.name}.{part.name}" if isinstance(part, ast.FunctionDef) else node.name
                yield from ((name, n) for n in ast.walk(part))
            yield from ((node.name, n) for n in (*node.bases, *node.decorator_list))
        else:
            name = node.name if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else "<module>"
            yield from ((name, n) for n in ast.walk(node))


def function(tree: ast.Module, name: str) -> ast.AST | None:
    """A function ``name`` or method ``Class.name`` of a module."""
    found: ast.AST = tree
    for part in name.split("."):
        body = getattr(found, "body", [])
        found = next((n for n in body if getattr(n, "name", "") == part), None)  # type: ignore[assignment]
    return found


def calls(node: ast.AST) -> set[str]:
    """Names of what is called in it."""
    return {_called(n) for n in ast.walk(node) if isinstance(n, ast.Call)}


def _called(node: ast.AST) -> str:
    match node:
        case ast.Call(func=ast.Name(id=name)) | ast.Call(func=ast.Attribute(attr=name)):
            return name
    return ast.unparse(node)


def written(node: ast.AST) -> set[str]:
    """What makes the pictures that a function gives to a writer: ``writer.write(*WHAT(...))``."""
    found: set[str] = set()
    for call in (n for n in ast.walk(node) if isinstance(n, ast.Call)):
        if isinstance(call.func, ast.Attribute) and call.func.attr in ("write", "write_at") and call.args:
            first = call.args[0]
            found |= _sources(first.value if isinstance(first, ast.Starred) else first, node)
    return found


def given(node: ast.AST, writer: str) -> set[str]:
    """What makes the first argument of the calls of a writer that is a function: ``jpeg(WHAT(...), ...)``."""
    every = (n for n in ast.walk(node) if isinstance(n, ast.Call) and n.args and _called(n) == writer)
    return set().union(*(_sources(call.args[0], node) for call in every))


def _sources(value: ast.AST, holder: ast.AST) -> set[str]:
    """The calls that a value comes from: directly, or by every assignment to that name in its function."""
    if isinstance(value, ast.Call):
        return {_called(value)}
    if not isinstance(value, ast.Name):
        return {ast.unparse(value)}
    found: set[str] = set()
    for node in ast.walk(holder):
        if isinstance(node, ast.Assign) and any(_names(t, value.id) for t in node.targets):
            found |= _sources(node.value, holder) if not isinstance(node.value, ast.Name) else {node.value.id}
        elif isinstance(node, ast.For | ast.comprehension) and _names(node.target, value.id):
            found |= {_called(node.iter) if isinstance(node.iter, ast.Call) else ast.unparse(node.iter)}
        elif isinstance(node, ast.NamedExpr | ast.AnnAssign) and _names(node.target, value.id) and node.value:
            found |= {_called(node.value)}
    return found or {value.id}  # a parameter: it may hold anything


def _names(target: ast.AST, name: str) -> bool:
    return any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(target))
