"""The monthly report as a PDF."""
