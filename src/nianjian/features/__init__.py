"""What people use the product for: a folder a feature, with its tables, operations, pages and commands."""
