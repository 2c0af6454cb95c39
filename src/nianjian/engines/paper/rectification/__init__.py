"""The 整改报告 on paper: one content for the editable Word file and the PDF."""
