"""The gate before dialling (拨前闸): may this call be placed? A light process that reads snapshots."""
