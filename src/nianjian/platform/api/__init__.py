"""What all operations of the API share: tokens, problem documents, paging, uploads, repeated writes."""
