import confluent_kafka as ck

from broker import admin, result, topic_of, send, Member, read_to, committed
from contract import PREFIX, absent, ask_kill, check, expect, numbers, until


def group(name="group", keeps=False, **options):
    topic = topic_of(name, 4)
    members = [Member(topic, topic, **options)]
    first = members[0]
    poll = lambda: [it.poll(0.02) for it in members]
    check("alone it has all partitions", lambda: until("4 partitions", lambda: len(first.partitions) == 4, poll))
    members.append(Member(topic, topic, **options))
    second = members[1]
    shared = lambda: sorted(map(len, [first.partitions, second.partitions])) == [2, 2] and not first.partitions & second.partitions
    check("two share them", lambda: until("2 and 2", shared, poll))
    if keeps:
        check("what stays was not revoked", lambda: expect("revoked", first.revoked, second.partitions))

    def each_once():
        for partition in range(4):
            send(topic, numbers(10, partition * 10), partition)
        values = lambda: first.values() + second.values()
        until("40 records", lambda: len(values()) >= 40, poll)
        expect("values", sorted(values(), key=int), numbers(40))

    check("each record goes to one of them", each_once)
    members.pop().close()
    check("who stays has all again", lambda: until("4 partitions", lambda: len(first.partitions) == 4, poll))
    first.close()


def crash(name="crash", **options):
    topic = topic_of(name, 2)
    for partition in range(2):
        send(topic, numbers(50, partition * 50), partition)
    member = Member(topic, topic, **{"enable.auto.commit": False}, **options)
    until("40 records", lambda: len(member.seen) >= 40, member.poll)
    member.consumer.commit(asynchronous=False)
    until("some that are not committed", lambda: len(member.seen) >= 60, member.poll)
    ask_kill()
    until("the end", lambda: False, member.poll)


def resume(name="crash", **options):
    topic = PREFIX + name
    at = [max(0, offset) for offset in committed(topic, topic, 2)]

    def rest():
        member = Member(topic, topic, **options)
        until("the rest", lambda: len(member.seen) >= 100 - sum(at), member.poll)
        member.close()
        expected = [value for n in range(2) for value in numbers(50 - at[n], n * 50 + at[n])]
        expect("values", sorted(member.values(), key=int), expected)
        return f"from offsets {at}"

    check("resumes where the killed one had committed", rest)


def static():
    topic = topic_of("static", 4)
    join = lambda name: Member(topic, topic, **{"group.instance.id": name})
    members = {name: join(name) for name in ["a", "b"]}
    poll = lambda: [it.poll(0.02) for it in members.values()]
    until("2 and 2", lambda: all(len(it.partitions) == 2 for it in members.values()), poll)
    before = members["b"].partitions.copy()
    members["a"].revoked.clear()

    def back():
        members.pop("b").close()
        members["b"] = join("b")
        until("2 again", lambda: len(members["b"].partitions) == 2, poll)
        expect("partitions", members["b"].partitions, before)
        expect("revoked of the other", members["a"].revoked, set())

    check("comes back to its partitions", back)
    for it in members.values():
        it.close()


def groups():
    topic = topic_of("groups")
    send(topic, numbers(10))
    read_to(topic, "9", group=topic)
    described = lambda: result(admin.describe_consumer_groups([topic]))
    listed = lambda: topic in [it.group_id for it in admin.list_consumer_groups().result(30).valid]
    check("described", lambda: expect("state", (described().state.name, len(described().members)), ("EMPTY", 0)))
    check("listed", lambda: expect("listed", listed(), True))
    check("offsets", lambda: expect("offsets", committed(topic, topic), [10]))

    def alter():
        wanted = ck.ConsumerGroupTopicPartitions(topic, [ck.TopicPartition(topic, 0, 4)])
        result(admin.alter_consumer_group_offsets([wanted]))
        expect("offsets", committed(topic, topic), [4])

    check("offsets altered", alter)
    absent("offsets deleted", "confluent-kafka has no OffsetDelete")
    result(admin.delete_consumer_groups([topic]))
    check("deleted", lambda: expect("listed", listed(), False))
