"""Spreadsheets, and tables as comma-separated text."""
