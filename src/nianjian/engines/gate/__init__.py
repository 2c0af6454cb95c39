"""拨前闸: may this call be dialled? A light process of its own, fed by snapshots."""
