"""The shell's door: one program, one file a verb. A verb parses, makes one call, answers."""
