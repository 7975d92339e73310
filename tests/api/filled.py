"""Something that fits in each place of a route's path."""

FILLED = {
    "hash": "0x" + "ab" * 32,
    "cid": "x",
    "institution": "123300004700007891",
    "number": "0",
    "agreement": "0x" + "cd" * 32,
    "evaluation": "0x" + "ef" * 32,
    "transfer": "310000-330000-1",
    "account": "1",
    "province": "330000",
}
