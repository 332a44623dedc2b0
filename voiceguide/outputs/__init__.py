"""Frames to the world: sound cards and files."""
