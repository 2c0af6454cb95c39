"""Sentences for codes of the editions, the seals on them, and their manifest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.engines.paper.words import mark

TEXTS: Final[Mapping[str, str]] = {
    "riding_seal_sheets": mark("{given} is no number of sheets; 1 to {most} are planned"),
    "riding_seal_diameter": mark("a seal of {given} mm is none; {least} to {most} mm are planned"),
    "seal_picture_unreadable": mark("the seal's picture cannot be used; give a PNG of 8 to {largest} pixels a side"),
    "dossier_copy_unreadable": mark("{item}: {file} cannot be read; upload it again"),
    "upload_page_large": mark(
        "{item}, page {page}: at {dpi} dpi it does not fit into {bytes} bytes; scan it again with less noise,"
        " or in grey"
    ),
    "dossier_folder_full": mark("{folder} is not empty; name a new folder"),
    "dossier_manifest_unreadable": mark("{file} is no manifest of a package that this version knows"),
    "dossier_verify_what": mark(
        "give the package as a zip, or one file with its manifest.json beside it; a scan always with the manifest,"
        " or choose a package that was handed in"
    ),
    "dossier_zip_broken": mark("{file} is no zip that can be read; pack the package's folder anew"),
    "dossier_zip_large": mark("{file} unpacks to more than {members} files or {mib} MiB; pack the package alone"),
    "dossier_zip_path": mark("{file} holds a file that would leave its folder: {member}; pack the package anew"),
    "dossier_scan_unreadable": mark("{file} cannot be read as a scan; save it as one PDF"),
    "dossier_path_unknown": mark("there is nothing at {path}"),
    "dossier_folder_unusable": mark("{folder} cannot be used: {reason}; name a folder that you may write to"),
    "dossier_build_failed": mark("the package could not be built ({reason}); nothing was written, try it again"),
    "dossier_files_unknown": mark("there are no such files; what was made is kept for {days} days, then make it again"),
}
