"""Files that want to harm whoever reads them, made by the tests."""
