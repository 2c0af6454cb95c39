"""One module a verb: ``configure(parser)`` names its options, ``run(args)`` makes the call and returns an `Answer`."""
