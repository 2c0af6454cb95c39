"""The path of the rows inside one file: bytes to clean lines, lines to columns, columns to the lake's files."""
