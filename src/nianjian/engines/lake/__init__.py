"""Call records and dated tables as Parquet under a Delta log, and the query engines that read them."""
