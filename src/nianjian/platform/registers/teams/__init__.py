"""The register of 团队."""
