"""Read the pictures of a file's pages."""

from __future__ import annotations

from dataclasses import dataclass

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.pictures.model import PagePicture
from nianjian.platform.vault import blobs


@dataclass(frozen=True, slots=True)
class Of:
    """Whose pages: the key of a version, or of a file that waits."""

    version: int | None = None
    arrival: int | None = None

    @property
    def keys(self) -> dict[str, int | None]:
        """As the columns of a picture."""
        return {"version_id": self.version, "arrival_id": self.arrival}


def some(of: Of, first: int, last: int) -> dict[int, PagePicture]:
    """The pictures of some pages of a file, by page; those that are there."""
    return {one.page: one for one in PagePicture.objects.filter(page__range=(first, last), **of.keys)}


def there(of: Of) -> bool:
    """Whether any was kept."""
    return PagePicture.objects.filter(**of.keys).exists()


def content(row: PagePicture) -> bytes:
    """The JPEG; ``blob_missing``, ``sealed_damaged``."""
    return blobs.get(row.blob)


def get_picture(of: Of, page: int) -> PagePicture:
    """The picture of a page; NianjianError dossier_picture_unknown."""
    found = some(of, page, page).get(page)
    if found is None:
        raise NianjianError("dossier_picture_unknown", page=page)
    return found
