"""Workbooks of others, read row by row within limits: xlsx here, older kinds in a process of their own."""
