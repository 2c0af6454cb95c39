"""Items that the firm's own records make: from frozen values to a document, and from it to a workbook and a PDF."""
