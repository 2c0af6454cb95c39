"""The register of 码号."""
