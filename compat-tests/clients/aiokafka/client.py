"""aiokafka. What the scenarios are: ../scenarios.ts."""

import asyncio
import sys

import aiokafka

sys.path.append("../contract")

import groups
import records
import topics
import transactions
from contract import SCENARIO, absent, passed


async def version():
    passed("version", aiokafka.__version__)


async def not_there():
    absent(SCENARIO, "aiokafka has eager assignors and the classic protocol only")


SCENARIOS = {
    "version": version,
    "produce": records.produce,
    "values": records.values,
    "idempotent": records.idempotent,
    "times": records.times,
    "compacted": records.compacted,
    "restart": records.restart,
    "transactions": transactions.transactions,
    "group": groups.group,
    "crash": groups.crash,
    "resume": groups.resume,
    "static": groups.static,
    "groups": groups.groups,
    "topics": topics.topics,
    "delete-records": topics.delete_records,
    "cooperative": not_there,
    "consumer-group": not_there,
    "consumer-crash": not_there,
}
asyncio.run(SCENARIOS[SCENARIO]())
