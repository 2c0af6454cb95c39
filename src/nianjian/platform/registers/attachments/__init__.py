"""Attachments that explain a yellow light."""
