"""Measurements. Each prints ratios of medians from one interleaved run: machines differ and drift."""
