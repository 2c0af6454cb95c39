"""Papers as the tests of doors send them."""

import io

import pikepdf


def a4(number: int = 0, pages: int = 1) -> bytes:
    """Blank pages, as a rule one; another content for each number."""
    pdf = pikepdf.new()
    for _ in range(pages):
        pdf.add_blank_page(page_size=(595, 842))
    pdf.docinfo["/Title"] = f"paper {number}"
    out = io.BytesIO()
    pdf.save(out, deterministic_id=True)
    return out.getvalue()
