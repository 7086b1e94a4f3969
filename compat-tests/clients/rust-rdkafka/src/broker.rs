//! What many scenarios do with the broker.

use crate::contract::{bootstrap, expect, prefixed, until};
use futures_executor::block_on;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::{ClientContext, DefaultClientContext};
use rdkafka::config::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext, Rebalance};
use rdkafka::error::KafkaResult;
use rdkafka::message::{BorrowedMessage, DeliveryResult, Message, OwnedMessage};
use rdkafka::producer::{BaseRecord, Producer, ProducerContext, ThreadedProducer};
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};
use rdkafka::types::RDKafkaErrorCode;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Mutex;
use std::time::Duration;

pub const WAIT: Duration = Duration::from_secs(30);

pub type Options<'a> = &'a [(&'a str, &'a str)];

fn config(options: Options) -> ClientConfig {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", bootstrap());
    for (name, value) in options {
        config.set(*name, *value);
    }
    config
}

pub fn admin() -> AdminClient<DefaultClientContext> {
    config(&[]).create().unwrap()
}

pub fn try_topic(name: &str, partitions: i32, configs: Options) -> Result<String, RDKafkaErrorCode> {
    let topic = prefixed(name);
    let mut wanted = NewTopic::new(&topic, partitions, TopicReplication::Fixed(1));
    for (name, value) in configs {
        wanted = wanted.set(name, value);
    }
    let mut results = block_on(admin().create_topics(&[wanted], &AdminOptions::new())).unwrap();
    results.remove(0).map_err(|(_, code)| code)
}

pub fn topic_of(name: &str, partitions: i32) -> String {
    try_topic(name, partitions, &[]).unwrap()
}

/// Counts what could not be delivered.
#[derive(Default)]
pub struct Failures(AtomicUsize);

impl ClientContext for Failures {}

impl ProducerContext for Failures {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult, _: ()) {
        self.0.fetch_add(result.is_err() as usize, Ordering::SeqCst);
    }
}

pub type Writer = ThreadedProducer<Failures>;

pub fn producer(options: Options) -> Writer {
    config(options).create_with_context(Failures::default()).unwrap()
}

pub fn produce(it: &Writer, topic: &str, values: &[String], partition: i32) {
    for value in values {
        let record = BaseRecord::<str, str>::to(topic).partition(partition).payload(value);
        it.send(record).map_err(|(error, _)| error).unwrap();
    }
}

pub fn flush(it: &Writer) {
    it.flush(WAIT).unwrap();
    expect("failed deliveries", it.context().0.load(Ordering::SeqCst), 0);
}

pub fn send(topic: &str, values: &[String], partition: i32, options: Options) {
    let it = producer(options);
    produce(&it, topic, values, partition);
    flush(&it);
}

/// What happened to the partitions of a member.
#[derive(Default)]
pub struct Partitions {
    pub current: Mutex<BTreeSet<i32>>,
    pub revoked: Mutex<BTreeSet<i32>>,
}

impl ClientContext for Partitions {}

impl ConsumerContext for Partitions {
    fn pre_rebalance(&self, _: &BaseConsumer<Self>, rebalance: &Rebalance) {
        let (mut current, mut revoked) = (self.current.lock().unwrap(), self.revoked.lock().unwrap());
        match rebalance {
            Rebalance::Assign(list) => current.extend(list.elements().iter().map(|it| it.partition())),
            Rebalance::Revoke(list) => {
                for element in list.elements() {
                    current.remove(&element.partition());
                    revoked.insert(element.partition());
                }
            }
            Rebalance::Error(_) => {}
        }
    }
}

/// A consumer in a group, and what it has seen.
pub struct Member {
    pub consumer: BaseConsumer<Partitions>,
    pub seen: Vec<OwnedMessage>,
}

impl Member {
    pub fn join(topic: &str, group: &str, options: Options) -> Member {
        let mut all = vec![("group.id", group), ("auto.offset.reset", "earliest")];
        if !options.iter().any(|(name, _)| *name == "group.protocol") {
            all.extend([("session.timeout.ms", "6000"), ("heartbeat.interval.ms", "500")]);
        }
        all.extend(options);
        let consumer: BaseConsumer<Partitions> = config(&all).create_with_context(Partitions::default()).unwrap();
        consumer.subscribe(&[topic]).unwrap();
        Member { consumer, seen: vec![] }
    }

    pub fn poll(&mut self) {
        let read = |result: KafkaResult<BorrowedMessage>| result.ok().map(|message| message.detach());
        if let Some(message) = self.consumer.poll(Duration::from_millis(20)).and_then(read) {
            self.seen.push(message);
        }
    }

    pub fn values(&self) -> Vec<String> {
        self.seen.iter().map(value_of).collect()
    }

    pub fn partitions(&self) -> BTreeSet<i32> {
        self.consumer.context().current.lock().unwrap().clone()
    }

    pub fn revoked(&self) -> BTreeSet<i32> {
        self.consumer.context().revoked.lock().unwrap().clone()
    }
}

pub fn value_of(message: &OwnedMessage) -> String {
    message.payload().map(|value| String::from_utf8_lossy(value).into_owned()).unwrap_or_default()
}

pub fn in_order(mut values: Vec<String>) -> Vec<String> {
    values.sort_by_key(|value| value.parse::<i64>().unwrap());
    values
}

/// Reads until a value was seen; what was read after it would be too much.
pub fn read_to(topic: &str, last: &str, options: Options) -> Vec<OwnedMessage> {
    let mut it = Member::join(topic, &format!("{topic}-{:?}", std::time::Instant::now()), options);
    until(&format!("{last} in {topic}"), || {
        it.poll();
        it.seen.iter().any(|message| value_of(message) == last)
    });
    it.seen
}

pub fn values_to(topic: &str, last: &str, options: Options) -> Vec<String> {
    read_to(topic, last, options).iter().map(value_of).collect()
}

/// The committed offsets of partitions; 0: none.
pub fn committed(group: &str, topic: &str, partitions: i32) -> Vec<i64> {
    let mut asked = TopicPartitionList::new();
    asked.add_partition_range(topic, 0, partitions - 1);
    let consumer: BaseConsumer = config(&[("group.id", group)]).create().unwrap();
    let offsets = consumer.committed_offsets(asked, WAIT).unwrap();
    let number = |offset| if let Offset::Offset(offset) = offset { offset } else { 0 };
    offsets.elements().iter().map(|it| number(it.offset())).collect()
}
