"""The HTTP surface: parse, limit, call one service, render. No rule of the domain lives here."""
