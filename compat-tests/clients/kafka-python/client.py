"""kafka-python. What the scenarios are: ../scenarios.ts."""

import sys

import kafka
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor

sys.path.append("../contract")

import groups
import records
import topics
import transactions
from contract import SCENARIO, absent, check


def version():
    check("version", lambda: kafka.__version__)


def not_there():
    absent("group.protocol=consumer", "kafka-python has the classic protocol only")


STICKY = {"partition_assignment_strategy": [CooperativeStickyAssignor]}
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
    "cooperative": lambda: groups.group("cooperative", True, **STICKY),
    "consumer-group": not_there,
    "crash": groups.crash,
    "resume": groups.resume,
    "consumer-crash": not_there,
    "static": groups.static,
    "groups": groups.groups,
    "topics": topics.topics,
    "delete-records": topics.delete_records,
}
SCENARIOS[SCENARIO]()
