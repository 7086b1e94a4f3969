// franz-go. What the scenarios are: ../scenarios.ts.
package main

import (
	"context"
	. "contract"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

var (
	ctx   = context.Background()
	admin = kadm.NewClient(client())
)

func client(options ...kgo.Opt) *kgo.Client {
	return Must(kgo.NewClient(append(options, kgo.SeedBrokers(Bootstrap), kgo.RecordPartitioner(kgo.ManualPartitioner()))...))
}

func topicOf(name string, partitions int32, configs map[string]*string) string {
	Must(admin.CreateTopic(ctx, partitions, 1, configs, Prefix+name))
	return Prefix + name
}

func records(topic string, partition int32, values ...string) (all []*kgo.Record) {
	for _, value := range values {
		all = append(all, &kgo.Record{Topic: topic, Partition: partition, Value: []byte(value)})
	}
	return all
}

func send(topic string, partition int32, values []string, options ...kgo.Opt) {
	it := client(options...)
	defer it.Close()
	OK(it.ProduceSync(ctx, records(topic, partition, values...)...).FirstErr())
}

// member is a consumer that polls on its own.
type member struct {
	*kgo.Client
	mutex           sync.Mutex
	seen            []*kgo.Record
	topic           string
	current, losses map[int32]bool
}

// join makes a member of a group; without one it reads all partitions.
func join(topic, group string, options ...kgo.Opt) *member {
	it := &member{topic: topic, current: map[int32]bool{}, losses: map[int32]bool{}}
	if group != "" {
		options = append(options, kgo.ConsumerGroup(group), kgo.SessionTimeout(6*time.Second), kgo.HeartbeatInterval(500*time.Millisecond),
			kgo.OnPartitionsAssigned(it.assigned), kgo.OnPartitionsRevoked(it.revoked), kgo.OnPartitionsLost(it.revoked))
	}
	it.Client = client(append(options, kgo.ConsumeTopics(topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))...)
	go func() {
		for !it.poll().IsClientClosed() {
		}
	}()
	return it
}

func (it *member) poll() kgo.Fetches {
	fetches := it.PollFetches(ctx)
	it.mutex.Lock()
	defer it.mutex.Unlock()
	it.seen = append(it.seen, fetches.Records()...)
	return fetches
}

func (it *member) assigned(_ context.Context, _ *kgo.Client, partitions map[string][]int32) {
	it.mutex.Lock()
	defer it.mutex.Unlock()
	for _, partition := range partitions[it.topic] {
		it.current[partition] = true
	}
}

func (it *member) revoked(_ context.Context, _ *kgo.Client, partitions map[string][]int32) {
	it.mutex.Lock()
	defer it.mutex.Unlock()
	for _, partition := range partitions[it.topic] {
		delete(it.current, partition)
		it.losses[partition] = true
	}
}

func (it *member) partitions() []int32 {
	it.mutex.Lock()
	defer it.mutex.Unlock()
	return slices.Sorted(maps.Keys(it.current))
}

func (it *member) records() []*kgo.Record {
	it.mutex.Lock()
	defer it.mutex.Unlock()
	return slices.Clone(it.seen)
}

func (it *member) values() []string { return valuesOf(it.records()) }

func valuesOf(records []*kgo.Record) (values []string) {
	for _, record := range records {
		values = append(values, string(record.Value))
	}
	return values
}

func inOrder(values []string) []string {
	number := func(value string) int { return Must(strconv.Atoi(value)) }
	return slices.SortedFunc(slices.Values(values), func(a, b string) int { return number(a) - number(b) })
}

// readTo reads until a value was seen; what was read after it would be too much.
func readTo(topic, last string, options ...kgo.Opt) []*kgo.Record {
	it := join(topic, "", options...)
	defer it.Close()
	Until(last+" in "+topic, func() bool { return slices.Contains(it.values(), last) })
	return it.records()
}

func committed(group, topic string) (offsets []int64) {
	responses := Must(admin.FetchOffsets(ctx, group))
	for partition := int32(0); ; partition++ {
		response, ok := responses.Lookup(topic, partition)
		if !ok {
			return offsets
		}
		offsets = append(offsets, response.At)
	}
}

func main() {
	Run(map[string]func(){
		"version":         func() { Check("version", func() string { return Dependency("github.com/twmb/franz-go") }) },
		"produce":         produce,
		"values":          values,
		"idempotent":      idempotent,
		"transactions":    transactions,
		"group":           func() { group("group", kgo.Balancers(kgo.RangeBalancer())) },
		"cooperative":     func() { group("cooperative", kgo.Balancers(kgo.CooperativeStickyBalancer())) },
		"consumer-group":  func() { group("consumer-group", kgo.ServerSideBalancer(), kgo.Balancers(kgo.RangeBalancer())) },
		"crash":           func() { crash("crash") },
		"resume":          func() { resume("crash") },
		"consumer-crash":  func() { crash("consumer-crash", kgo.ServerSideBalancer(), kgo.Balancers(kgo.RangeBalancer())) },
		"consumer-resume": func() { resume("consumer-crash", kgo.ServerSideBalancer(), kgo.Balancers(kgo.RangeBalancer())) },
		"static":          static,
		"topics":          topics,
		"groups":          groups,
		"delete-records":  deleteRecords,
		"times":           times,
		"compacted":       compacted,
		"restart":         restart,
	})
}

func restart() {
	Check("nothing lost, nothing twice", func() string {
		topic, sent := topicOf("restart", 1, nil), 0
		it, reader := client(), join(topic, "")
		var done <-chan struct{}
		for last := 100; sent < last; sent++ {
			it.Produce(ctx, records(topic, 0, strconv.Itoa(sent))[0], func(_ *kgo.Record, err error) { OK(err) })
			time.Sleep(time.Millisecond)
			if sent == 50 {
				done = Restart()
			}
			select {
			case <-done:
			default:
				last = sent + 100
			}
		}
		OK(it.Flush(ctx))
		Until("all records", func() bool { return len(reader.values()) >= sent })
		Expect("read on", reader.values(), Numbers(sent, 0))
		Expect("values", valuesOf(readTo(topic, strconv.Itoa(sent-1))), Numbers(sent, 0))
		return fmt.Sprint(sent, " records")
	})
}
