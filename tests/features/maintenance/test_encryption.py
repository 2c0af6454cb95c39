"""Whether a disk is encrypted, on device trees as Linux shows them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from nianjian.features.maintenance.health import is_encrypted


@pytest.fixture
def blocks(tmp_path: Path) -> Path:
    """`/sys/dev/block` with an empty tree of devices beside it."""
    place = tmp_path / "block"
    place.mkdir()
    return place


def _device(blocks: Path, number: str, where: str, uuid: str = "", *below: Path) -> Path:
    place = blocks.parent / "devices" / where
    place.mkdir(parents=True)
    if uuid:
        (place / "dm").mkdir()
        (place / "dm" / "uuid").write_text(f"{uuid}\n")
    if below:
        (place / "slaves").mkdir()
        for one in below:
            (place / "slaves" / one.name).symlink_to(one)
    (blocks / number).symlink_to(place)
    return place


def test_lvm_on_luks_is_encrypted(blocks: Path) -> None:
    disk = _device(blocks, "8:2", "pci0000:00/ata1/sda2")
    luks = _device(blocks, "253:0", "virtual/block/dm-0", "CRYPT-LUKS2-0f0e-home", disk)
    _device(blocks, "253:1", "virtual/block/dm-1", "LVM-abc", luks)
    assert is_encrypted(os.makedev(253, 1), blocks) is True
    assert is_encrypted(os.makedev(253, 0), blocks) is True


def test_a_bare_disk_is_not(blocks: Path) -> None:
    _device(blocks, "8:1", "pci0000:00/ata1/sda1")
    assert is_encrypted(os.makedev(8, 1), blocks) is False


def test_a_virtual_disk_and_a_file_system_without_one_tell_nothing(blocks: Path) -> None:
    _device(blocks, "254:1", "pci0000:00/virtio2/block/vda1")
    assert is_encrypted(os.makedev(254, 1), blocks) is None
    assert is_encrypted(os.makedev(0, 42), blocks) is None
