// sarama. What the scenarios are: ../scenarios.ts.
package main

import (
	. "contract"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/IBM/sarama"
)

type change = func(*sarama.Config)

var admin = Must(sarama.NewClusterAdmin([]string{Bootstrap}, configOf()))

func configOf(changes ...change) *sarama.Config {
	config := sarama.NewConfig()
	config.Version = sarama.MaxVersion
	config.Producer.Return.Successes = true
	config.Producer.RequiredAcks = sarama.WaitForAll
	config.Producer.Partitioner = sarama.NewManualPartitioner
	config.Producer.Retry.Max = 100
	config.Metadata.Retry.Max = 100
	config.Consumer.Offsets.Initial = sarama.OffsetOldest
	config.Consumer.Retry.Backoff = 100 * time.Millisecond
	config.Consumer.Group.Session.Timeout = 6 * time.Second
	config.Consumer.Group.Heartbeat.Interval = 500 * time.Millisecond
	for _, change := range changes {
		change(config)
	}
	return config
}

func producer(changes ...change) sarama.SyncProducer {
	return Must(sarama.NewSyncProducer([]string{Bootstrap}, configOf(changes...)))
}

func idempotence(config *sarama.Config) {
	config.Producer.Idempotent = true
	config.Net.MaxOpenRequests = 1
}

func readCommitted(config *sarama.Config) { config.Consumer.IsolationLevel = sarama.ReadCommitted }

func topicOf(name string, partitions int32, configs map[string]*string) string {
	OK(admin.CreateTopic(Prefix+name, &sarama.TopicDetail{NumPartitions: partitions, ReplicationFactor: 1, ConfigEntries: configs}, false))
	return Prefix + name
}

func messages(topic string, partition int32, values ...string) (all []*sarama.ProducerMessage) {
	for _, value := range values {
		all = append(all, &sarama.ProducerMessage{Topic: topic, Partition: partition, Value: sarama.StringEncoder(value)})
	}
	return all
}

func send(topic string, partition int32, values []string, changes ...change) {
	it := producer(changes...)
	defer it.Close()
	OK(it.SendMessages(messages(topic, partition, values...)))
}

func valuesOf(messages []*sarama.ConsumerMessage) (values []string) {
	for _, message := range messages {
		values = append(values, string(message.Value))
	}
	return values
}

func inOrder(values []string) []string {
	number := func(value string) int { return Must(strconv.Atoi(value)) }
	return slices.SortedFunc(slices.Values(values), func(a, b string) int { return number(a) - number(b) })
}

// read reads a partition until a message is the last one.
func read(topic string, partition int32, isLast func(*sarama.ConsumerMessage) bool, changes ...change) (seen []*sarama.ConsumerMessage) {
	consumer := Must(sarama.NewConsumer([]string{Bootstrap}, configOf(changes...)))
	defer consumer.Close()
	stream := Must(consumer.ConsumePartition(topic, partition, sarama.OffsetOldest))
	defer stream.Close()
	for {
		select {
		case message := <-stream.Messages():
			if seen = append(seen, message); isLast(message) {
				return seen
			}
		case <-time.After(time.Minute):
			panic(fmt.Sprint("in vain: the last of ", topic, " after ", len(seen)))
		}
	}
}

func readTo(topic, last string, changes ...change) []*sarama.ConsumerMessage {
	return read(topic, 0, func(message *sarama.ConsumerMessage) bool { return string(message.Value) == last }, changes...)
}

func main() {
	Run(map[string]func(){
		"version":      func() { Check("version", func() string { return Dependency("github.com/IBM/sarama") }) },
		"produce":      produce,
		"values":       values,
		"idempotent":   idempotent,
		"transactions": transactions,
		"group":        group,
		"crash":        crash,
		"resume":       resume,
		"cooperative":  func() { Absent("cooperative-sticky", "sarama has eager strategies only") },
		"consumer-group": func() {
			Absent("group.protocol=consumer", "sarama has the classic protocol only")
		},
		"consumer-crash": func() {
			Absent("group.protocol=consumer", "sarama has the classic protocol only")
		},
		"static":         static,
		"topics":         topics,
		"groups":         groups,
		"delete-records": deleteRecords,
		"times":          times,
		"compacted":      compacted,
		"restart":        restart,
	})
}

func restart() {
	Check("nothing lost, nothing twice", func() string {
		topic, sent := topicOf("restart", 1, nil), 0
		it, read := producer(idempotence), make(chan []string)
		go func() { read <- valuesOf(readTo(topic, "end")) }()
		var done <-chan struct{}
		for end := 100; sent < end; sent++ {
			OK(it.SendMessages(messages(topic, 0, strconv.Itoa(sent))))
			if sent == 50 {
				done = Restart()
			}
			select {
			case <-done:
			default:
				end = sent + 100
			}
		}
		send(topic, 0, []string{"end"})
		Expect("read on", <-read, append(Numbers(sent, 0), "end"))
		Expect("values", valuesOf(readTo(topic, "end")), append(Numbers(sent, 0), "end"))
		return fmt.Sprint(sent, " records")
	})
}
