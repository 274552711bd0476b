"""Corridors of the improvement room, by noun."""
