"""Annual inspection (年检) of the Chinese call-centre licence: call records, registers and complaints in, the portrait out."""
