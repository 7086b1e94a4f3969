"""The stock clients of this suite, each in a process of its own: programs.py feed|copy|read|verify BOOTSTRAP ARGUMENT.

feed COUNT   writes the numbers below COUNT into the input, once each
copy ID      copies from input to output in transactions, until it is told to stop
read ID      reads the input as a member of a group, until it is told to stop
verify COUNT prints which of the numbers below COUNT are not in the output exactly once
"""

import json
import signal
import sys
from collections import Counter

import confluent_kafka as ck

PROGRAM, BOOTSTRAP, ARGUMENT = sys.argv[1:4]
INPUT, OUTPUT = "exactly-once-input", "exactly-once-output"
BATCH = 50
COMMON = {
    "bootstrap.servers": BOOTSTRAP,
    "error_cb": lambda _: None,
    "log_level": 0,
    # They shall notice quickly that the broker is back.
    "reconnect.backoff.max.ms": 500,
}
is_told_to_stop = False


def stop(*_):
    global is_told_to_stop
    is_told_to_stop = True


signal.signal(signal.SIGTERM, stop)


def consumer(group, **options):
    member = {"session.timeout.ms": 6000, "heartbeat.interval.ms": 1000, "auto.offset.reset": "earliest"}
    return ck.Consumer({**COMMON, "group.id": group, "isolation.level": "read_committed", **member, **options})


def feed():
    producer = ck.Producer({**COMMON, "enable.idempotence": True, "delivery.timeout.ms": 300_000, "linger.ms": 5})
    failures = []
    for number in range(int(ARGUMENT)):
        producer.produce(INPUT, str(number), on_delivery=lambda error, _: error and failures.append(str(error)))
        # Slowly, so that there is something to copy during every crash.
        producer.poll(0.0005)
    producer.flush()
    if failures:
        sys.exit(f"{len(failures)} records were not delivered: {failures[0]}")


def copy():
    while not is_told_to_stop:
        try:
            copy_until_failure()
        except ck.KafkaException as failure:
            print(f"{ARGUMENT} starts anew: {failure}", file=sys.stderr, flush=True)


def copy_until_failure():
    producer = ck.Producer({**COMMON, "transactional.id": ARGUMENT, "transaction.timeout.ms": 10_000, "linger.ms": 5})
    producer.init_transactions(60)
    source = consumer("copiers", **{"enable.auto.commit": False})
    source.subscribe([INPUT])
    try:
        while not is_told_to_stop:
            messages = [it for it in source.consume(BATCH, 0.2) if not it.error()]
            if messages:
                copy_together(messages, source, producer)
    finally:
        source.close()


def copy_together(messages, source, producer):
    producer.begin_transaction()
    try:
        for message in messages:
            producer.produce(OUTPUT, message.value())
        producer.send_offsets_to_transaction(source.position(source.assignment()), source.consumer_group_metadata(), 60)
        retried(producer.commit_transaction)
    except ck.KafkaException as failure:
        if failure.args[0].fatal():
            raise
        retried(producer.abort_transaction)
        # What was read goes into the next transaction.
        for partition in source.committed(source.assignment(), 60):
            if partition.offset < 0:
                partition.offset = ck.OFFSET_BEGINNING
            source.seek(partition)


def retried(work):
    while True:
        try:
            return work(60)
        except ck.KafkaException as failure:
            if not failure.args[0].retriable():
                raise


def read():
    reader = consumer("readers", **{"auto.commit.interval.ms": 100})
    reader.subscribe([INPUT])
    while not is_told_to_stop:
        reader.poll(0.1)
    reader.close()


def verify():
    reader = consumer("verifiers", **{"enable.partition.eof": True, "enable.auto.commit": False})
    count, found, at_end = int(ARGUMENT), Counter(), set()
    partitions = reader.list_topics(OUTPUT, 30).topics[OUTPUT].partitions
    reader.assign([ck.TopicPartition(OUTPUT, partition, 0) for partition in partitions])
    while len(at_end) < len(partitions):
        message = reader.poll(10)
        if message is None:
            sys.exit("the end of the output is not reached: a transaction is open")
        if message.error():
            at_end.add(message.partition())
        else:
            found[int(message.value())] += 1
    reader.close()
    missing = [number for number in range(count) if number not in found]
    repeated = [number for number in found if found[number] > 1]
    print(json.dumps({"missing": missing[:10], "repeated": repeated[:10], "found": len(found)}))


{"feed": feed, "copy": copy, "read": read, "verify": verify}[PROGRAM]()
