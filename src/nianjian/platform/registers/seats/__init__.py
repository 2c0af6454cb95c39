"""The register of 坐席."""
