"""The lake: call records and dated dimension tables as Parquet under a Delta log, and the engines that read them."""
