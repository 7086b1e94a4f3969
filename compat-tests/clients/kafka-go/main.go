// segmentio/kafka-go. What the scenarios are: ../scenarios.ts.
package main

import (
	"context"
	. "contract"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/segmentio/kafka-go"
)

var (
	ctx    = context.Background()
	client = &kafka.Client{Addr: kafka.TCP(Bootstrap), Timeout: 30 * time.Second}
)

func topicOf(name string, partitions int, configs ...kafka.ConfigEntry) string {
	topic := kafka.TopicConfig{Topic: Prefix + name, NumPartitions: partitions, ReplicationFactor: 1, ConfigEntries: configs}
	response := Must(client.CreateTopics(ctx, &kafka.CreateTopicsRequest{Topics: []kafka.TopicConfig{topic}}))
	OK(response.Errors[topic.Topic])
	return topic.Topic
}

func writer(topic string) *kafka.Writer {
	toPartition := kafka.BalancerFunc(func(message kafka.Message, _ ...int) int { return message.Partition })
	return &kafka.Writer{Addr: kafka.TCP(Bootstrap), Topic: topic, Balancer: toPartition, RequiredAcks: kafka.RequireAll,
		BatchTimeout: time.Millisecond, MaxAttempts: 1000, WriteBackoffMax: 200 * time.Millisecond}
}

func messages(partition int, values ...string) (all []kafka.Message) {
	for _, value := range values {
		all = append(all, kafka.Message{Partition: partition, Value: []byte(value)})
	}
	return all
}

func send(topic string, partition int, values ...string) {
	it := writer(topic)
	defer it.Close()
	OK(it.WriteMessages(ctx, messages(partition, values...)...))
}

func valuesOf(messages []kafka.Message) (values []string) {
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
func read(topic string, partition int, level kafka.IsolationLevel, isLast func(kafka.Message) bool) (seen []kafka.Message) {
	it := kafka.NewReader(kafka.ReaderConfig{Brokers: []string{Bootstrap}, Topic: topic, Partition: partition, IsolationLevel: level, MaxWait: time.Second, MaxAttempts: 1000, ReadBackoffMax: 200 * time.Millisecond})
	defer it.Close()
	inTime, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		message := Must(it.ReadMessage(inTime))
		if seen = append(seen, message); isLast(message) {
			return seen
		}
	}
}

func readTo(topic, last string) []kafka.Message {
	return read(topic, 0, kafka.ReadUncommitted, func(message kafka.Message) bool { return string(message.Value) == last })
}

// member is a consumer in a group that reads on its own.
type member struct {
	*kafka.Reader
	mutex sync.Mutex
	seen  []kafka.Message
}

func join(topic, group string) *member {
	it := &member{Reader: kafka.NewReader(kafka.ReaderConfig{Brokers: []string{Bootstrap}, GroupID: group, Topic: topic, MaxWait: 200 * time.Millisecond,
		SessionTimeout: 6 * time.Second, RebalanceTimeout: 6 * time.Second, HeartbeatInterval: 500 * time.Millisecond, StartOffset: kafka.FirstOffset})}
	return it
}

// start reads; commits what it has read, too, if asked.
func (it *member) start(read func(context.Context) (kafka.Message, error)) *member {
	go func() {
		for {
			message, err := read(ctx)
			if err != nil {
				return
			}
			it.mutex.Lock()
			it.seen = append(it.seen, message)
			it.mutex.Unlock()
		}
	}()
	return it
}

func joined(topic, group string) *member {
	it := join(topic, group)
	return it.start(it.ReadMessage)
}

func (it *member) messages() []kafka.Message {
	it.mutex.Lock()
	defer it.mutex.Unlock()
	return slices.Clone(it.seen)
}

func (it *member) values() []string { return valuesOf(it.messages()) }

func absent(what string) func() {
	return func() { Absent(what, "kafka-go has none of it") }
}

func main() {
	Run(map[string]func(){
		"version":        func() { Check("version", func() string { return Dependency("github.com/segmentio/kafka-go") }) },
		"produce":        produce,
		"values":         values,
		"idempotent":     absent("idempotent writers"),
		"transactions":   absent("transactional writers"),
		"group":          group,
		"crash":          crash,
		"resume":         resume,
		"cooperative":    absent("cooperative-sticky"),
		"consumer-group": absent("group.protocol=consumer"),
		"consumer-crash": absent("group.protocol=consumer"),
		"static":         absent("static members"),
		"topics":         topics,
		"groups":         groups,
		"delete-records": absent("DeleteRecords"),
		"times":          times,
		"compacted":      compacted,
		"restart":        restart,
	})
}

func restart() {
	Absent("nothing twice", "writers of kafka-go are not idempotent")
	Check("nothing lost", func() string {
		topic, sent := topicOf("restart", 1), 0
		it, reading := writer(topic), make(chan []kafka.Message)
		go func() { reading <- readTo(topic, "end") }()
		var done <-chan struct{}
		for last := 100; sent < last; sent++ {
			OK(it.WriteMessages(ctx, messages(0, strconv.Itoa(sent))...))
			if sent == 50 {
				done = Restart()
			}
			select {
			case <-done:
			default:
				last = sent + 100
			}
		}
		OK(it.WriteMessages(ctx, messages(0, "end")...))
		for _, seen := range [][]kafka.Message{<-reading, readTo(topic, "end")} {
			Expect("values", slices.Compact(valuesOf(seen)), append(Numbers(sent, 0), "end"))
		}
		return fmt.Sprint(sent, " records")
	})
}
