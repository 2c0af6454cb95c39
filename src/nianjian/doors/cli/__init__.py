"""The program `nianjian`: picks the verb's module, prints its answer, turns errors into exit codes."""
