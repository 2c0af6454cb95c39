"""CSV to Parquet with the bare engine: all columns as text, no check, one file out per file in."""

import sys
from pathlib import Path

import duckdb


def main(target: str, *sources: str) -> None:
    """Copy every source into the folder `target`."""
    folder = Path(target)
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as db:
        db.execute("set threads = 2; set preserve_insertion_order = true")
        for source in sources:
            db.execute(
                f"copy (select * from read_csv('{source}', all_varchar = true, ignore_errors = true, header = true,"
                f" null_padding = true, quote = '\"', delim = ',')) to '{folder / Path(source).stem}.parquet'"
                " (format parquet, compression zstd)"
            )


if __name__ == "__main__":
    main(*sys.argv[1:])
