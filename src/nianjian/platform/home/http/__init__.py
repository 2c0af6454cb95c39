"""What requests and answers of pages and API share."""
