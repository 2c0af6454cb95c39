"""What Word refuses or repairs in a file and other programs let pass: parts, ids, styles, the order of elements."""

import io
import posixpath
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator
from typing import Final

W: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATIONS: Final = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
DRAWING: Final = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
NEEDED: Final = {"[Content_Types].xml", "_rels/.rels", "word/document.xml", "word/styles.xml"}
BLOCKS: Final = {"p", "tbl", "sectPr", "bookmarkStart", "bookmarkEnd"}
INLINE: Final = {"pPr", "r", "hyperlink", "fldSimple", "bookmarkStart", "bookmarkEnd"}
#: Element -> its children in the order of ECMA-376 (transitional), as far as our papers use them.
ORDER: Final = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs"
    " suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi adjustRightInd"
    " snapToGrid spacing ind contextualSpacing mirrorIndents suppressOverlap jc textDirection textAlignment"
    " textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange",
    "rPr": "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof snapToGrid"
    " vanish webHidden color spacing w kern position sz szCs highlight u effect bdr shd fitText vertAlign rtl cs em"
    " lang eastAsianLayout specVanish oMath",
    "tblPr": "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc tblCellSpacing"
    " tblInd tblBorders shd tblLayout tblCellMar tblLook tblCaption tblDescription",
    "tblBorders": "top left bottom right insideH insideV",
    "tcPr": "cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection tcFitText vAlign hideMark",
    "sectPr": "headerReference footerReference footnotePr endnotePr type pgSz pgMar paperSrc pgBorders lnNumType"
    " pgNumType cols formProt vAlign noEndnote titlePg textDirection bidi rtlGutter docGrid",
    "tbl": "tblPr tblGrid tr",
    "tr": "tblPrEx trPr tc",
    "tc": "tcPr p tbl",
}
MIXED: Final = {"tc"}  # paragraphs and tables in any order behind the properties


def list_faults(body: bytes) -> list[str]:
    """Every fault of a Word file, in words; none: Word opens it without repair."""
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        names = archive.namelist()
        parts = {name: archive.read(name) for name in names}
    faults = [f"{name} is there twice" for name in sorted(set(names)) if names.count(name) > 1]
    faults += [f"{name} is missing" for name in sorted(NEEDED - set(names))]
    trees = {name: ET.fromstring(part) for name, part in parts.items() if name.endswith((".xml", ".rels"))}  # noqa: S314 -- a file of ours
    faults += _list_untyped(trees["[Content_Types].xml"], names)
    faults += _list_loose_relations(trees, names)
    styles = {style.get(f"{{{W}}}styleId") for style in trees["word/styles.xml"].iter(f"{{{W}}}style")}
    for name, tree in trees.items():
        if name.startswith("word/") and not name.endswith(".rels"):
            faults += [f"{name}: {fault}" for fault in _list_misplaced(tree, styles)]
    pictures = [str(one.get("id")) for tree in trees.values() for one in tree.iter(DRAWING)]
    return faults + [f"picture {name} is there twice" for name in sorted(set(pictures)) if pictures.count(name) > 1]


def _list_untyped(types: ET.Element, names: list[str]) -> Iterator[str]:
    endings = {str(one.get("Extension")).lower() for one in types if one.get("Extension")}
    exact = {one.get("PartName") for one in types}
    for name in names:
        if name != "[Content_Types].xml" and name.rpartition(".")[2].lower() not in endings and f"/{name}" not in exact:
            yield f"{name} has no content type"


def _list_loose_relations(trees: dict[str, ET.Element], names: list[str]) -> Iterator[str]:
    for name, tree in trees.items():
        relations = list(tree.iter(RELATIONS))
        ids = [one.get("Id") for one in relations]
        if len(ids) != len(set(ids)):
            yield f"{name}: a relation is there twice"
        folder = posixpath.dirname(posixpath.dirname(name))
        for one in relations:
            target = posixpath.normpath(posixpath.join(folder, str(one.get("Target")))).lstrip("/")
            if one.get("TargetMode") != "External" and target not in names:
                yield f"{name}: no part {target}"


def _list_misplaced(tree: ET.Element, styles: set[str | None]) -> Iterator[str]:
    for element in tree.iter():
        if not element.tag.startswith(f"{{{W}}}"):
            continue
        name, children = _name(element), [_name(child) for child in element]
        order = ORDER.get(name, "").split()
        if order and [child for child in children if child not in order]:
            yield f"{name} holds {sorted(set(children) - set(order))}"
        elif order and name not in MIXED and sorted(children, key=order.index) != children:
            yield f"{name} has its children in the order {children}"
        if name in {"pStyle", "rStyle", "tblStyle"} and element.get(f"{{{W}}}val") not in styles:
            yield f"style {element.get(f'{{{W}}}val')} is not defined"
        yield from _list_wrong_children(element, name, children)


def _list_wrong_children(element: ET.Element, name: str, children: list[str]) -> Iterator[str]:
    """What stands where Word expects another element, and tables whose grid does not fit their rows."""
    if name in {"body", "hdr", "ftr"} and set(children) - BLOCKS:
        yield f"{name} holds {sorted(set(children) - BLOCKS)}"
    if name == "body" and (children[-1] != "sectPr" or children[-2] != "p"):
        yield "the body does not end with a paragraph and its section"
    if name == "p" and set(children) - INLINE:
        yield f"p holds {sorted(set(children) - INLINE)}"
    if name == "r" and {"fldSimple", "r", "p"} & set(children):
        yield f"r holds {children}"
    if name == "tc" and children[-1] != "p":
        yield "a cell does not end with a paragraph"
    if name == "tbl":
        grid = len(element.findall(f"{{{W}}}tblGrid/{{{W}}}gridCol"))
        rows = {len(row.findall(f"{{{W}}}tc")) for row in element.findall(f"{{{W}}}tr")}
        if rows != {grid}:
            yield f"a table of {grid} columns has rows of {sorted(rows)} cells"


def _name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]
