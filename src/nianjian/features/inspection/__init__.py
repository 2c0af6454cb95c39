"""现场检: what an inspector tests on the spot, tried beforehand. The test call (回拨) lies in `callback`."""
