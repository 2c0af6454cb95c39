"""The register of 同意记录."""
