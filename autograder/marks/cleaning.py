"""What a learner's notebook shows, made safe for a person's browser: text stays, pictures stay, nothing runs."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Collection
from typing import Any

import bleach
import nbformat
from nbformat.v4 import new_output

PICTURES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
TABLES = {"table", "thead", "tbody", "tfoot", "tr", "th", "td", "caption", "div", "span", "p", "b", "i", "em", "strong"}
TABLES |= {"br", "ul", "ol", "li", "details", "summary", "pre", "code", "h3", "h4"}
DATA_PICTURE = re.compile(r"data:image/(png|jpeg);base64,[A-Za-z0-9+/=]*")
WITH_CONTENT = re.compile(r"<(script|style|template|noscript|iframe|object|svg|math)\b.*?(</\1\s*>|\Z)", re.I | re.S)
CONTROL = re.compile(r"\x1b\][^\x07\x1b]*(\x07|\x1b\\)?|\x1b[@-Z\\-_]|[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]")
COLOUR = re.compile(r"\x1b(\[[0-9;?]*[A-Za-z])?")
TAG = re.compile(r"<(?=[A-Za-z/!?])")
LINK_ENDS = {"](": "]&#40;", "]:": "]&#58;", "][": "]&#91;"}
LANGUAGE = {"name": "python"}
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
LONGEST = 2**20


def text(value: Any) -> str:
    """Return a value as text without control characters; colours may stay, for they are shown as colours."""
    joined = "".join(map(str, value)) if isinstance(value, list) else str(value)
    return CONTROL.sub("", joined[:LONGEST])


def plain(value: Any) -> str:
    """Return a value as text without control characters and without colours."""
    return COLOUR.sub("", text(value))


def markup(value: Any) -> str:
    """Return HTML with the tags of tables and plain prose alone."""
    bare = WITH_CONTENT.sub("", text(value))
    return bleach.clean(bare, tags=TABLES | {"img"}, attributes=_attribute, protocols={"data"}, strip=True)


def _attribute(tag: str, name: str, value: str) -> bool:
    """Say whether an attribute may stay: a picture's bytes and words, and what tells the cells of a table apart."""
    if tag == "img":
        return name in ("alt", "width") or (name == "src" and DATA_PICTURE.fullmatch(value) is not None)
    return name in ("class", "scope", "colspan", "rowspan", "border")


def prose(source: str) -> str:
    """Return Markdown in which HTML and links are shown as text; its other signs stay."""
    shown = TAG.sub("&lt;", text(source).replace("&", "&amp;"))
    for sign, harmless in LINK_ENDS.items():
        shown = shown.replace(sign, harmless)
    return shown


def output(raw: Any) -> nbformat.NotebookNode | None:
    """Return one output of a learner's cell as it may be shown; None if there is nothing in it to show."""
    kind = raw.get("output_type") if isinstance(raw, dict) else None
    if kind == "stream":
        name = "stderr" if raw.get("name") == "stderr" else "stdout"
        return new_output("stream", name=name, text=text(raw.get("text", "")))
    if kind == "error":
        lines = raw.get("traceback") if isinstance(raw.get("traceback"), list) else []
        said = {"ename": text(raw.get("ename", "")), "evalue": text(raw.get("evalue", ""))}
        return new_output("error", **said, traceback=[text(line) for line in lines[:200]])
    if kind in ("display_data", "execute_result"):
        data = raw.get("data") if isinstance(raw.get("data"), dict) else {}
        shown = {"text/plain": text(data["text/plain"])} if "text/plain" in data else {}
        if "text/html" in data:
            shown["text/html"] = markup(data["text/html"])
        shown |= {mime: picture for mime in PICTURES if (picture := _picture(mime, data.get(mime)))}
        return new_output("display_data", data=shown, metadata=_words(raw.get("metadata"))) if shown else None
    return None


def outputs(raw: Any) -> list[nbformat.NotebookNode]:
    """Return the outputs of a learner's cell as they may be shown."""
    return [shown for one in (raw if isinstance(raw, list) else []) if (shown := output(one)) is not None]


def notebook(nb: nbformat.NotebookNode, ours: Collection[str]) -> None:
    """Make a submitted notebook safe to show, in place; what its code cells put out is another matter.

    Parameters
    ----------
    nb : NotebookNode
        As handed in.
    ours : collection of str
        Prose of the course's own, which may hold pictures and the like.
    """
    nb.metadata = nbformat.from_dict({"kernelspec": KERNEL, "language_info": LANGUAGE})
    for cell in nb.cells:
        if cell.cell_type == "raw":
            cell.cell_type = "markdown"
        cell.pop("attachments", None)
        kept = {key: value for key, value in cell.metadata.items() if key in ("nbgrader", "deletable", "editable")}
        cell.metadata = nbformat.from_dict(kept)
        if cell.cell_type == "markdown" and cell.source not in ours:
            cell.source = prose(cell.source)


def _picture(mime: str, value: Any) -> str:
    """Return a picture's bytes in base64 if they begin as such a picture does; empty otherwise."""
    flat = "".join(map(str, value)) if isinstance(value, list) else value
    if isinstance(flat, bytes):
        data = flat
    elif isinstance(flat, str):
        try:
            data = base64.b64decode("".join(flat.split()), validate=True)
        except (binascii.Error, ValueError):
            return ""
    else:
        return ""
    return base64.b64encode(data).decode() if data.startswith(PICTURES[mime]) else ""


def _words(metadata: Any) -> dict[str, Any]:
    """Keep a picture's alternative text and size."""
    kept: dict[str, Any] = {}
    for mime in PICTURES:
        about = metadata.get(mime) if isinstance(metadata, dict) else None
        if isinstance(about, dict):
            sizes = {key: int(about[key]) for key in ("width", "height") if isinstance(about.get(key), (int, float))}
            alternative = {"alt": text(about["alt"]).replace('"', "'")} if isinstance(about.get("alt"), str) else {}
            kept[mime] = {**sizes, **alternative}
    return kept
