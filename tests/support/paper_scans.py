"""Papers as the tests of doors send them."""

import io

import pikepdf


def a4(number: int = 0, pages: int = 1) -> bytes:
    """Blank pages, as a rule one; another content for each number."""
    made = pikepdf.new()
    for _ in range(pages):
        made.add_blank_page(page_size=(595, 842))
    made.docinfo["/Title"] = f"paper {number}"
    out = io.BytesIO()
    made.save(out, deterministic_id=True)
    return out.getvalue()
