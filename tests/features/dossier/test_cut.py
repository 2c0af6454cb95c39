"""A scan of several papers: where each begins, which ranges may be cut, and that pages go over as they are."""

import io
import json
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, Stream
from PIL import Image
from tests.features.dossier.test_ingest import PAPERS
from tests.support.read_pages import BOOK, DAY, page

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.ingest.inside.pdf import cut
from nianjian.features.dossier.ingest.receive import ReceivedFile, Type, require_cuttable
from nianjian.features.dossier.recognition import Range, check_ranges, find_papers, format_leftover_pages

TEXT = ["第二条 股东会由全体股东组成", "第三条 股东会每年召开一次"]
THREE = (Range("business_licence", 1, 1), Range("articles", 2, 8), Range("legal_person_id", 9, 10))


def found(*pages: list[str], count: int = 0) -> tuple[Range, ...]:
    read = [page(rows, number) for number, rows in enumerate(pages, 1)]
    return find_papers(read, count or len(read), BOOK, DAY)


def test_a_paper_reaches_to_where_another_begins() -> None:
    licence, articles, card = (list(PAPERS[name]) for name in ("business_licence", "articles", "legal_person_id"))
    assert found(licence, articles, *[TEXT] * 6, card, []) == THREE
    assert found(articles, TEXT, TEXT) == (), "one paper is no several"
    assert found(TEXT, TEXT) == ()
    assert found(articles, TEXT, ["章程", *TEXT]) == (), "a heading on every page begins nothing"


def test_what_cannot_be_told_is_left_to_a_person() -> None:
    licence, articles = list(PAPERS["business_licence"]), list(PAPERS["articles"])
    before = found(TEXT, licence, count=9)
    assert before == (Range("", 1, 1), Range("business_licence", 2, 9)), "pages nobody read belong to the last"
    again = found(licence, articles, licence)
    assert [one.item for one in again] == ["business_licence", "articles", ""], "an item is proposed once"


@pytest.mark.parametrize(
    ("ranges", "code", "values"),
    [
        ((), "dossier_cut_none", {}),
        ((Range("articles", 0, 3),), "dossier_cut_outside", {"first": 0, "last": 3, "pages": 12}),
        ((Range("articles", 4, 3),), "dossier_cut_outside", {"first": 4, "last": 3, "pages": 12}),
        ((Range("articles", 12, 10**40),), "dossier_cut_outside", {"first": 12, "last": 10**40, "pages": 12}),
        ((Range("articles", 1, 3), Range("licence", 3, 12)), "dossier_cut_overlap", {"page": 3}),
        ((Range("articles", 1, 3), Range("articles", 4, 12)), "dossier_cut_twice", {"item": "articles"}),
        (THREE, "dossier_cut_left", {"pages": "11-12"}),
        ((Range("articles", 2, 4), Range("licence", 6, 9)), "dossier_cut_left", {"pages": "1, 5, 10-12"}),
    ],
)
def test_ranges_that_are_refused(ranges: tuple[Range, ...], code: str, values: dict[str, object]) -> None:
    with pytest.raises(NianjianError) as refused:
        check_ranges(ranges, 12, leave=False)
    assert (refused.value.code, refused.value.values) == (code, values)


def test_pages_left_over_may_go_where_a_person_says_so() -> None:
    check_ranges(THREE, 12, leave=True)
    check_ranges(THREE, 10, leave=False)
    assert format_leftover_pages(THREE, 10) == ""


def photo(shade: int) -> bytes:
    out = io.BytesIO()
    Image.fromarray(np.full((30, 20), shade, np.uint8)).save(out, "jpeg")
    return out.getvalue()


def scan(path: Path, pages: int, *, shared: bool = False) -> list[bytes]:
    """A scan whose pages have one list of pictures, a field each and a hidden layer; ``shared``: fields are of one."""
    shots = [photo(20 * number) for number in range(pages)]
    with Pdf.new() as pdf:
        pictures = Dictionary()
        for number, data in enumerate(shots):
            one = Stream(pdf, data)
            one.Type, one.Subtype, one.Width, one.Height = Name.XObject, Name.Image, 20, 30
            one.ColorSpace, one.BitsPerComponent, one.Filter = Name.DeviceGray, 8, Name.DCTDecode
            pictures[f"/P{number}"] = one
        layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name="hidden"))
        both = pdf.make_indirect(Dictionary(XObject=pictures, Properties=Dictionary(L=layer)))
        above = pdf.make_indirect(Dictionary(T="all", FT=Name.Tx, Kids=Array()))
        fields = Array([above] if shared else [])
        for number in range(pages):
            pdf.add_blank_page(page_size=(595, 842))
            sheet = pdf.pages[number].obj
            sheet.Resources = both
            sheet.Contents = pdf.make_stream(f"q 595 0 0 842 0 0 cm /OC /L BDC /P{number} Do EMC Q".encode())
            field = pdf.make_indirect(
                Dictionary(Subtype=Name.Widget, FT=Name.Tx, T=f"f{number}", Rect=[0, 0, 9, 9], V=f"secret{number}")
            )
            if shared:
                field.Parent = above
            (above.Kids if shared else fields).append(field)
            sheet.Annots = Array([field])
        pdf.Root.AcroForm = Dictionary(Fields=fields)
        pdf.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=Dictionary(OFF=Array([layer])))
        pdf.save(path)
    return shots


def test_pages_go_over_as_they_are_and_nothing_of_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "scan.pdf"
    shots = scan(source, 4)
    cut("scan.pdf", str(source), str(tmp_path), json.dumps([[3, 4], [1, 1]]))
    assert json.loads(capsys.readouterr().out) == {"done": True}
    for name, numbers in (("0.pdf", (2, 3)), ("1.pdf", (0,))):
        with pikepdf.open(tmp_path / name) as part:
            images = [one.read_raw_bytes() for one in part.objects if isinstance(one, Stream) and "/Width" in one]
            assert sorted(images) == sorted(shots[number] for number in numbers), "byte for byte, and no other picture"
            fields = [str(one.V) for one in part.objects if isinstance(one, Dictionary) and "/V" in one]
            assert fields == [f"secret{number}" for number in numbers]
            assert [float(side) for side in part.pages[0].mediabox] == [0, 0, 595, 842]
            assert len(part.pages) == len(numbers)
            assert part.Root.OCProperties.D.OFF[0].Name == "hidden", "what was hidden stays so"


def test_fields_that_papers_share_would_tell_of_one_another(tmp_path: Path) -> None:
    source = tmp_path / "scan.pdf"
    scan(source, 2, shared=True)
    with pytest.raises(NianjianError, match="dossier_cut_unfit"):
        cut("scan.pdf", str(source), str(tmp_path), "[[1, 1]]")


@pytest.mark.parametrize("fact", ["signed", "repaired", "rebuilt"])
def test_what_parts_would_hide_is_not_cut(fact: str) -> None:
    def got(clean: Path | None, **facts: bool) -> ReceivedFile:
        return ReceivedFile("a.pdf", Type.PDF, "0", 1, Path("a"), clean, 3, **facts)  # type: ignore[arg-type] # facts alone

    assert require_cuttable(got(Path("b"))) == Path("b")
    for one in (got(None), got(Path("b"), **{fact: True})):
        with pytest.raises(NianjianError, match="dossier_cut_unfit"):
            require_cuttable(one)
