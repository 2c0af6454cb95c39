"""Documents and words: PDF, Word, Excel, charts, self-contained pages, and the texts on them."""
