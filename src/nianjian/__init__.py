"""Annual inspection (年检) of the call-centre licence: call records, registers and complaints in, portrait out."""
