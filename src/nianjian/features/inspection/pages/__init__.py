"""The on-site check (现场检): what stands for it, with lights."""
