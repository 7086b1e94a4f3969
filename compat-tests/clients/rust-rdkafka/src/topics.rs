use crate::broker::{admin, committed, send, topic_of, try_topic, values_to, Member, WAIT};
use crate::contract::{absent, check, expect, numbers, until};
use futures_executor::block_on;
use rdkafka::admin::{AdminOptions, AlterConfig, NewPartitions, ResourceSpecifier};
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};
use rdkafka::types::RDKafkaErrorCode;

/// None: there is no such topic.
fn partitions(topic: &str) -> Option<usize> {
    let metadata = admin().inner().fetch_metadata(None, WAIT).unwrap();
    metadata.topics().iter().find(|it| it.name() == topic).map(|it| it.partitions().len())
}

fn retention(topic: &str) -> Option<String> {
    let asked = [ResourceSpecifier::Topic(topic)];
    let described = block_on(admin().describe_configs(&asked, &AdminOptions::new())).unwrap().remove(0).unwrap();
    described.get("retention.ms").unwrap().value.clone()
}

pub fn topics() {
    let topic = try_topic("topics", 2, &[("retention.ms", "1000000")]).unwrap();
    check("created", || {
        expect("partitions", partitions(&topic), Some(2));
        ""
    });
    check("an existing one is not created", || {
        expect("error", try_topic("topics", 1, &[]).unwrap_err(), RDKafkaErrorCode::TopicAlreadyExists);
        ""
    });
    check("partitions are added", || {
        let more = [NewPartitions::new(&topic, 5)];
        block_on(admin().create_partitions(&more, &AdminOptions::new())).unwrap().remove(0).unwrap();
        until("5 partitions", || partitions(&topic) == Some(5));
        ""
    });
    check("configs", || {
        expect("as created", retention(&topic).as_deref(), Some("1000000"));
        let change = AlterConfig::new(ResourceSpecifier::Topic(&topic)).set("retention.ms", "2000000");
        block_on(admin().alter_configs([&change], &AdminOptions::new())).unwrap().remove(0).unwrap();
        expect("altered", retention(&topic).as_deref(), Some("2000000"));
        ""
    });
    check("deleted", || {
        block_on(admin().delete_topics(&[&topic], &AdminOptions::new())).unwrap().remove(0).unwrap();
        until("it is gone", || partitions(&topic).is_none());
        ""
    });
}

pub fn groups() {
    let topic = topic_of("groups", 1);
    send(&topic, &numbers(10, 0), 0, &[]);
    let mut member = Member::join(&topic, &topic, &[]);
    until("10 records", || {
        member.poll();
        member.seen.len() == 10
    });
    let fetched = || admin().inner().fetch_group_list(Some(&topic), WAIT).unwrap();
    check("described", || {
        let list = fetched();
        let group = &list.groups()[0];
        expect("state and members", (group.state(), group.members().len()), ("Stable", 1));
        ""
    });
    drop(member);
    check("offsets", || {
        expect("offsets", committed(&topic, &topic, 1), vec![10]);
        ""
    });
    absent("offsets altered and deleted", "rust-rdkafka has no administration of offsets");
    check("deleted", || {
        block_on(admin().delete_groups(&[&topic], &AdminOptions::new())).unwrap().remove(0).unwrap();
        expect("offsets", committed(&topic, &topic, 1), vec![0]);
        ""
    });
}

pub fn delete_records() {
    let topic = topic_of("deleted", 1);
    send(&topic, &numbers(10, 0), 0, &[]);
    check("records are deleted", || {
        let mut before = TopicPartitionList::new();
        before.add_partition_offset(&topic, 0, Offset::Offset(6)).unwrap();
        block_on(admin().delete_records(&before, &AdminOptions::new())).unwrap();
        expect("values", values_to(&topic, "9", &[]), numbers(4, 6));
        ""
    });
}
