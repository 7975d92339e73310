"""Mutual recognition: evaluations by panels, agreements between provinces, transfers of credits."""
