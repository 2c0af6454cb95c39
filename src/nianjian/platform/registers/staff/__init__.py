"""The register of 员工."""
