"""Prints what Dagster's own iterators say, one JSON line per case, for tests/golden.rs.

Cases: every kind of cron string x time zones x instants around both clock changes, forward and
backward, unions, offsets, and random strings (valid or not) from a seeded generator.
"""

import datetime
import json
import random
import sys
from itertools import islice

from dagster._time import get_timezone
from dagster._utils import schedules

ZONES = """UTC Europe/Berlin Europe/London Europe/Dublin Europe/Lisbon Europe/Athens Europe/Istanbul
Europe/Moscow Europe/Chisinau America/New_York America/Chicago America/Denver America/Phoenix
America/Los_Angeles America/Anchorage America/St_Johns America/Halifax America/Havana
America/Mexico_City America/Sao_Paulo America/Santiago America/Asuncion America/Godthab
America/Caracas Africa/Cairo Africa/Casablanca Africa/Johannesburg Africa/Lagos Asia/Tehran
Asia/Kolkata Asia/Kathmandu Asia/Tokyo Asia/Shanghai Asia/Jerusalem Asia/Beirut Asia/Kabul
Australia/Sydney Australia/Adelaide Australia/Lord_Howe Pacific/Auckland Pacific/Chatham
Pacific/Apia Pacific/Honolulu Antarctica/Troll""".split()

CRONS = """@daily|@hourly|@weekly|@monthly|@yearly|* * * * *|*/15 * * * *|7,37 * * * *|0 * * * *
30 * * * *|*/7 * * * *|0 0 * * *|30 1 * * *|0 2 * * *|30 2 * * *|15 3 * * *|0 23 * * *|30 2 * * 0
0 2 * * sun|30 1 * * mon-fri|0 12 * * 1,3,5|30 2 1 * *|0 0 28 * *|0 0 29 * *|0 0 31 * *|15 2 29 2 *
0 0 29 2 *|0 */2 * * *|30 1-3 * * *|*/20 2 * * *|*/30 1,2 * * *|0 0 L * *|30 2 L * *|0 5 * * L5
30 2 * * sun#2|0 2 * * 0#1,0#5|30 1 13 * 5|0 0 1 1,7 *|30 2 * mar,oct *|15 * * * sun|*/30 * 1-7 * *
0 9-17/4 * nov-mar fri-mon|5 4 */10 * 7|59 23 31 12 *|0 0 30 * *|10 2,3 * * 6,0""".replace(
    "\n", "|"
).split("|")


def local_changes(zone, years):
    """Unix times at which the zone's offset changes, found by day and bisection."""
    tz = get_timezone(zone)
    offset = lambda t: datetime.datetime.fromtimestamp(t, tz).utcoffset()
    for year in years:
        day = int(datetime.datetime(year, 1, 1, tzinfo=datetime.timezone.utc).timestamp())
        for low in range(day, day + 366 * 86400, 86400):
            high = low + 86400
            if offset(low) == offset(high):
                continue
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if offset(middle) == offset(low) else (low, middle)
            yield high


def emit(cron, zone, start, ascending, count, offset=0):
    try:
        schedules.has_nonzero_minute_offset = lambda tz: (
            datetime.datetime.fromtimestamp(start, get_timezone(tz)).utcoffset().total_seconds()
            % 3600
            != 0
        )
        valid = schedules.is_valid_cron_schedule(cron)
        ticks = None
        if valid:
            if offset:
                it = schedules.cron_string_iterator(start, cron, zone, ascending, offset)
            else:
                it = schedules.schedule_execution_time_iterator(start, cron, zone, ascending)
            ticks = [d.timestamp() for d in islice(it, count)]
        error = None
    except Exception as e:
        ticks, error = None, f"{type(e).__name__}: {e}"[:200]
    print(
        json.dumps(
            dict(
                cron=[cron] if isinstance(cron, str) else cron,
                zone=zone,
                start=start,
                forward=ascending,
                offset=-offset,
                valid=valid,
                ticks=ticks,
                error=error,
            )
        )
    )


def random_field(rng, low, high, names, extra):
    def value():
        if names and rng.random() < 0.3:
            return rng.choice(names)
        return str(rng.randint(low, high + (1 if rng.random() < 0.05 else 0)))

    def item():
        kind = rng.random()
        if kind < 0.25:
            return "*"
        if kind < 0.55:
            return value()
        if kind < 0.75:
            return f"{value()}-{value()}"
        if kind < 0.83:
            return f"{value()}-{value()}/{rng.randint(0, 8)}"
        if kind < 0.9:
            return f"*/{rng.randint(1, high + 3)}"
        if kind < 0.94:
            return f"{value()}/{rng.randint(1, 9)}"
        return rng.choice(extra)

    return ",".join(item() for _ in range(rng.choice([1, 1, 1, 1, 2, 3])))


def random_cron(rng):
    months = "jan feb MAR apr may jun jul aug sep oct nov dec".split()
    days = "sun mon TUE wed thu fri sat".split()
    return " ".join(
        [
            random_field(rng, 0, 59, [], ["?", "r1", "x"]),
            random_field(rng, 0, 23, [], ["2", "1-3", "-1"]),
            random_field(rng, 1, 31, [], ["l", "L", "15-l", "?", "15W", "29"]),
            random_field(rng, 1, 12, months, ["", "0", "13"]),
            random_field(rng, 0, 6, days, ["7", "mon#2", "2#5", "L5", "l0", "sat#1", "mon-wed#3", "?", "l"]),
        ]
    )


def main(seed):
    rng = random.Random(seed)
    for zone in ZONES:
        changes = list(local_changes(zone, [2024, 2026]))
        changes = changes or [1774746000, 1793494800]
        for cron in CRONS:
            for change in changes:
                for ascending in (True, False):
                    shift = -5400 if ascending else 5400
                    emit(cron, zone, change + shift, ascending, 6)
            emit(cron, zone, changes[0] - rng.random() * 86400 * 40, True, 40)
            emit(cron, zone, changes[-1] + rng.random() * 86400 * 40, False, 40)
            emit(cron, zone, changes[-1] + 3600, True, 5, -rng.randint(1, 3))
        for change in changes:
            for ascending in (True, False):
                start = change + (-7200 if ascending else 7200)
                emit(["30 2 * * *", "*/20 * * * *"], zone, start, ascending, 20)
                emit(["0 0 * * *", "30 1 * * 0", "15 2 * * *"], zone, start - 86400, ascending, 8)
    for _ in range(3000):
        zone = rng.choice(ZONES)
        start = rng.choice([1774746000, 1793494800, rng.uniform(1.2e9, 2.2e9)])
        emit(random_cron(rng), zone, start, rng.random() < 0.5, 8)


main(int(sys.argv[1]))
