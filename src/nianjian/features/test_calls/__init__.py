"""回拨: does a filed number answer in time, and does it land on its gateway. Real SIP calls, or a protocol by hand."""
