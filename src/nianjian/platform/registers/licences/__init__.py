"""The register of 许可证."""
