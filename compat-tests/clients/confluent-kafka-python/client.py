"""confluent-kafka. What the scenarios are: ../scenarios.ts."""

import sys

import confluent_kafka as ck

sys.path.append("../contract")

import groups
import records
import topics
import transactions
from contract import SCENARIO, check


def version():
    check("version", lambda: f"{ck.version()} (librdkafka {ck.libversion()[0]})")


NEW = {"group.protocol": "consumer"}
STICKY = {"partition.assignment.strategy": "cooperative-sticky"}
SCENARIOS = {
    "version": version,
    "produce": records.produce_all,
    "values": records.values,
    "idempotent": records.idempotent,
    "times": records.times,
    "compacted": records.compacted,
    "restart": records.restart,
    "transactions": transactions.transactions,
    "group": groups.group,
    "cooperative": lambda: groups.group("cooperative", True, **STICKY),
    "consumer-group": lambda: groups.group("consumer-group", **NEW),
    "crash": groups.crash,
    "resume": groups.resume,
    "consumer-crash": lambda: groups.crash("consumer-crash", **NEW),
    "consumer-resume": lambda: groups.resume("consumer-crash", **NEW),
    "static": groups.static,
    "groups": groups.groups,
    "topics": topics.topics,
    "delete-records": topics.delete_records,
}
SCENARIOS[SCENARIO]()
