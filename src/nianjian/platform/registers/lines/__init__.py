"""The register of 线路."""
