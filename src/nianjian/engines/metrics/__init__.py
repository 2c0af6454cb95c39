"""The compliance portrait (合规画像): metrics, lights, comparison of runs, and what a change would do."""
