"""Read the pictures of a version's pages."""

from __future__ import annotations

from nianjian.dossier.pictures.model import PagePicture
from nianjian.kernel.errors import NianjianError
from nianjian.vault import blobs


def some(version: int, first: int, last: int) -> dict[int, PagePicture]:
    """The pictures of some pages of a version (its row's key), by page; those that are there."""
    return {one.page: one for one in PagePicture.objects.filter(version_id=version, page__range=(first, last))}


def there(version: int) -> bool:
    """Whether any was kept."""
    return PagePicture.objects.filter(version_id=version).exists()


def content(row: PagePicture) -> bytes:
    """The JPEG; ``blob_missing``, ``sealed_damaged``."""
    return blobs.get(row.blob)


def one(version: int, page: int) -> PagePicture:
    """The picture of a page; NianjianError dossier_picture_unknown."""
    found = some(version, page, page).get(page)
    if found is None:
        raise NianjianError("dossier_picture_unknown", page=page)
    return found
