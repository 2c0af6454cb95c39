"""Call-record files in: recognise the source, read, normalise, validate, load or quarantine each row."""
