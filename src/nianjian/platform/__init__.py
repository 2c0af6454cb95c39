"""What every feature stands on and what knows no feature: people, audit, jobs, registers, pages."""
