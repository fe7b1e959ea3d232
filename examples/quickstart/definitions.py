"""A small coffee company, told in assets.

Three shops sell coffee. Every day's sales are generated (deterministically, from the date, so that
a re-run gives the same numbers), cleaned, joined with the menu and the weather, and end in a few
reports. Nothing here needs the network or a database: tables are JSON files next to the instance.
"""

import csv
import hashlib
import json
import os
import random
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

import dagster as dg

DATA = Path(os.environ.get("QUICKSTART_DATA") or Path(tempfile.gettempdir()) / "rondel-quickstart")

SHOPS = ("harbour", "old_town", "station")
MENU = {
    "espresso": 2.2,
    "flat white": 3.6,
    "filter": 2.9,
    "cold brew": 3.9,
    "cocoa": 3.4,
    "croissant": 2.4,
}

days = dg.DailyPartitionsDefinition(start_date="2026-01-01", end_offset=1)
shops = dg.StaticPartitionsDefinition(list(SHOPS))


def _seeded(*parts: str) -> random.Random:
    return random.Random(hashlib.sha256("/".join(parts).encode()).digest())


class Tables(dg.ConfigurableResource):
    """Tables as JSON files in one folder."""

    folder: str

    def write(self, name: str, rows: list[dict]) -> Path:
        path = Path(self.folder) / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(rows, indent=1))
        return path

    def read(self, name: str) -> list[dict]:
        path = Path(self.folder) / f"{name}.json"
        return json.loads(path.read_text()) if path.exists() else []

    def names(self, prefix: str) -> list[str]:
        folder = Path(self.folder) / prefix
        return sorted(f"{prefix}/{p.stem}" for p in folder.glob("*.json"))


def _preview(rows: list[dict]) -> dg.MarkdownMetadataValue:
    if not rows:
        return dg.MetadataValue.md("*no rows*")
    head = list(rows[0])
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(str(r[c]) for c in head) + " |" for r in rows[:8]]
    return dg.MetadataValue.md("\n".join(lines))


@dg.asset(group_name="raw", kinds={"python"}, owners=["team:coffee"])
def menu(tables: Tables) -> dg.MaterializeResult:
    """What we sell, and for how much."""
    rows = [{"item": item, "price": price} for item, price in MENU.items()]
    tables.write("menu", rows)
    return dg.MaterializeResult(metadata={"rows": len(rows), "preview": _preview(rows)})


@dg.asset(group_name="raw", kinds={"python"}, partitions_def=shops)
def shop_profile(context: dg.AssetExecutionContext, tables: Tables) -> dg.MaterializeResult:
    """Seats, opening hours and staff of one shop."""
    rng = _seeded("profile", context.partition_key)
    row = {
        "shop": context.partition_key,
        "seats": rng.randint(8, 40),
        "opens": f"{rng.randint(6, 8):02d}:00",
        "baristas": rng.randint(2, 6),
    }
    tables.write(f"profiles/{context.partition_key}", [row])
    return dg.MaterializeResult(metadata={"seats": row["seats"], "baristas": row["baristas"]})


@dg.asset(group_name="raw", kinds={"python"}, partitions_def=days)
def weather(context: dg.AssetExecutionContext, tables: Tables) -> dg.MaterializeResult:
    """One day's weather: drives how much is sold."""
    rng = _seeded("weather", context.partition_key)
    row = {
        "day": context.partition_key,
        "celsius": round(rng.gauss(12, 8), 1),
        "rain_mm": round(max(0.0, rng.gauss(1, 3)), 1),
    }
    tables.write(f"weather/{context.partition_key}", [row])
    context.log.info("%s: %.1f °C, %.1f mm of rain", row["day"], row["celsius"], row["rain_mm"])
    return dg.MaterializeResult(metadata={"celsius": row["celsius"], "rain_mm": row["rain_mm"]})


@dg.asset(group_name="raw", kinds={"csv"}, partitions_def=days, deps=[menu, weather])
def receipts(context: dg.AssetExecutionContext, tables: Tables) -> dg.MaterializeResult:
    """Every receipt of one day, with the typos that cashiers make."""
    day = context.partition_key
    rng = _seeded("receipts", day)
    warm = (tables.read(f"weather/{day}") or [{"celsius": 12.0}])[0]["celsius"]
    rows = []
    for number in range(rng.randint(150, 260)):
        item = rng.choices(list(MENU), weights=[4, 6, 5, max(1, warm / 3), max(1, 15 - warm), 4])[0]
        rows.append(
            {
                "receipt": f"{day}-{number:04d}",
                "shop": rng.choice(SHOPS),
                "item": item if rng.random() > 0.03 else item[:-1],
                "count": rng.choice([1, 1, 1, 2, 2, 3]),
            }
        )
    tables.write(f"receipts/{day}", rows)
    print(f"wrote {len(rows)} receipts of {day}")
    return dg.MaterializeResult(metadata={"rows": len(rows), "preview": _preview(rows)})


@dg.asset(group_name="clean", kinds={"python"}, partitions_def=days, deps=[receipts, menu])
def sales(context: dg.AssetExecutionContext, tables: Tables) -> dg.MaterializeResult:
    """Receipts with typos mended and prices joined."""
    day = context.partition_key
    rows, dropped = [], 0
    for receipt in tables.read(f"receipts/{day}"):
        item = next((known for known in MENU if known.startswith(receipt["item"])), None)
        if item is None:
            dropped += 1
            continue
        rows.append({**receipt, "item": item, "revenue": round(MENU[item] * receipt["count"], 2)})
    tables.write(f"sales/{day}", rows)
    if dropped:
        context.log.warning("dropped %d receipts whose item is unknown", dropped)
    revenue = round(sum(r["revenue"] for r in rows), 2)
    return dg.MaterializeResult(
        metadata={"rows": len(rows), "dropped": dropped, "revenue": revenue, "preview": _preview(rows)}
    )


@dg.asset_check(asset=sales, description="A day without revenue means that the tills were offline.")
def sales_have_revenue(tables: Tables) -> dg.AssetCheckResult:
    empty = [n for n in tables.names("sales") if not any(r["revenue"] for r in tables.read(n))]
    return dg.AssetCheckResult(
        passed=not empty,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"days_without_revenue": dg.MetadataValue.json(empty)},
    )


@dg.asset(group_name="reports", kinds={"python"}, deps=[sales])
def revenue_by_day(tables: Tables) -> dg.MaterializeResult:
    """Revenue of each day that has been loaded."""
    rows = [
        {"day": name.split("/")[1], "revenue": round(sum(r["revenue"] for r in tables.read(name)), 2)}
        for name in tables.names("sales")
    ]
    tables.write("revenue_by_day", rows)
    return dg.MaterializeResult(metadata={"days": len(rows), "preview": _preview(rows[-8:])})


@dg.asset(group_name="reports", kinds={"python"}, deps=[sales, shop_profile])
def revenue_by_shop(tables: Tables) -> dg.MaterializeResult:
    """Revenue of each shop, and what a seat earns."""
    total: dict[str, float] = defaultdict(float)
    for name in tables.names("sales"):
        for row in tables.read(name):
            total[row["shop"]] += row["revenue"]
    rows = []
    for shop, revenue in sorted(total.items()):
        seats = (tables.read(f"profiles/{shop}") or [{"seats": None}])[0]["seats"]
        rows.append(
            {
                "shop": shop,
                "revenue": round(revenue, 2),
                "per_seat": round(revenue / seats, 2) if seats else "shop profile missing",
            }
        )
    tables.write("revenue_by_shop", rows)
    return dg.MaterializeResult(metadata={"shops": len(rows), "preview": _preview(rows)})


@dg.asset(group_name="reports", kinds={"python"}, deps=[sales, weather])
def bestsellers(tables: Tables) -> dg.MaterializeResult:
    """What sells best."""
    sold: Counter[str] = Counter()
    for name in tables.names("sales"):
        for row in tables.read(name):
            sold[row["item"]] += row["count"]
    rows = [{"item": item, "sold": count} for item, count in sold.most_common()]
    tables.write("bestsellers", rows)
    return dg.MaterializeResult(metadata={"items": len(rows), "preview": _preview(rows)})


@dg.asset(
    group_name="reports",
    kinds={"markdown"},
    deps=[revenue_by_day, revenue_by_shop, bestsellers],
    automation_condition=dg.AutomationCondition.eager(),
)
def newsletter(tables: Tables) -> dg.MaterializeResult:
    """The Monday newsletter, made of the reports."""
    best = (tables.read("bestsellers") or [{"item": "nothing yet"}])[0]["item"]
    text = f"# Coffee news\n\nBestseller: **{best}**\n\n" + "\n".join(
        f"- {row['shop']}: {row['revenue']} €" for row in tables.read("revenue_by_shop")
    )
    return dg.MaterializeResult(metadata={"text": dg.MetadataValue.md(text)})


class RoastConfig(dg.Config):
    """How to roast."""

    origin: str = "Ethiopia"
    kilograms: int = 12
    minutes: float = 11.5


@dg.op(tags={"kind": "python"})
def weigh(context: dg.OpExecutionContext, config: RoastConfig) -> int:
    context.log.info("weighing %d kg of green coffee from %s", config.kilograms, config.origin)
    return config.kilograms


@dg.op
def roast(context: dg.OpExecutionContext, kilograms: int) -> float:
    roasted = round(kilograms * 0.84, 2)
    context.log.info("%d kg green give %.2f kg roasted", kilograms, roasted)
    print("crack ... crack ... done")
    return roasted


@dg.op(out=dg.Out(str))
def bag(roasted: float) -> str:
    return f"{int(roasted / 0.25)} bags of 250 g"


@dg.job(description="Roast one batch: a job with configuration and three steps.", tags={"team": "roastery"})
def roast_batch():
    bag(roast(weigh()))


@dg.op
def stock_take(context: dg.OpExecutionContext) -> None:
    context.log.info("the shelves hold what they should")


@dg.job(description="Runs every minute, so that there is always something to watch.")
def heartbeat():
    stock_take()


daily_sales = dg.define_asset_job(
    "daily_sales",
    selection=dg.AssetSelection.assets(weather, receipts, sales),
    description="One day's sales from receipts to revenue.",
)


@dg.schedule(job=heartbeat, cron_schedule="* * * * *", default_status=dg.DefaultScheduleStatus.RUNNING)
def every_minute(context: dg.ScheduleEvaluationContext):
    at = context.scheduled_execution_time
    return dg.RunRequest(tags={"minute": at.strftime("%H:%M")})


nightly = dg.build_schedule_from_partitioned_job(daily_sales, name="nightly", hour_of_day=2)


@dg.sensor(job=roast_batch, minimum_interval_seconds=15, description="Roasts what is ordered in orders.csv.")
def orders(context: dg.SensorEvaluationContext):
    path = DATA / "orders.csv"
    done = int(context.cursor or 0)
    if not path.exists():
        return dg.SkipReason(f"no orders yet: append lines like 'Kenya,20' to {path}")
    with path.open() as lines:
        rows = [row for row in csv.reader(lines) if row]
    if len(rows) <= done:
        return dg.SkipReason(f"all {done} orders are roasted")
    context.update_cursor(str(len(rows)))
    return [
        dg.RunRequest(
            run_key=f"order-{number}",
            run_config=dg.RunConfig(
                ops={"weigh": RoastConfig(origin=row[0], kilograms=int(row[1]))}
            ),
        )
        for number, row in list(enumerate(rows))[done:]
    ]


defs = dg.Definitions(
    assets=[
        menu,
        shop_profile,
        weather,
        receipts,
        sales,
        revenue_by_day,
        revenue_by_shop,
        bestsellers,
        newsletter,
    ],
    asset_checks=[sales_have_revenue],
    jobs=[roast_batch, heartbeat, daily_sales],
    schedules=[every_minute, nightly],
    sensors=[orders],
    resources={"tables": Tables(folder=str(DATA / "tables"))},
)
