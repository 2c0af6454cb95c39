"""What stands on the papers: text by OCR, and a reader per paper that proposes values and says what is in doubt."""
