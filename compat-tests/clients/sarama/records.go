package main

import (
	. "contract"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/IBM/sarama"
)

func produce() {
	codecs := []string{"none", "gzip", "snappy", "lz4", "zstd"}
	acks := []string{"0", "1", "all"}
	topic := topicOf("codecs", int32(len(codecs)*len(acks)), nil)
	for n, name := range codecs {
		for m, ack := range acks {
			partition := int32(n*len(acks) + m)
			Check(name+" acks="+ack, func() string {
				send(topic, partition, []string{"first"})
				send(topic, partition, Numbers(20, 0), func(config *sarama.Config) {
					OK(config.Producer.Compression.UnmarshalText([]byte(name)))
					config.Producer.RequiredAcks = []sarama.RequiredAcks{sarama.NoResponse, sarama.WaitForLocal, sarama.WaitForAll}[m]
				})
				Expect("values", valuesOf(read(topic, partition, func(it *sarama.ConsumerMessage) bool { return it.Offset == 20 })), append([]string{"first"}, Numbers(20, 0)...))
				return ""
			})
		}
	}
}

func values() {
	topic, it := topicOf("values", 1, nil), producer()
	headers := []sarama.RecordHeader{{Key: []byte("one"), Value: []byte("first")}, {Key: []byte("two"), Value: []byte("a")}, {Key: []byte("two"), Value: []byte{}}}
	first := &sarama.ProducerMessage{Topic: topic, Key: sarama.StringEncoder("k"), Value: sarama.StringEncoder("v"), Headers: headers, Timestamp: time.UnixMilli(1_700_000_000_000)}
	pairs := [][2]sarama.Encoder{{nil, sarama.StringEncoder("no key")}, {sarama.StringEncoder("no value"), nil}, {sarama.StringEncoder(""), sarama.StringEncoder("")}, {nil, sarama.StringEncoder("end")}}
	OK(it.SendMessages([]*sarama.ProducerMessage{first}))
	for _, pair := range pairs {
		OK(it.SendMessages([]*sarama.ProducerMessage{{Topic: topic, Key: pair[0], Value: pair[1]}}))
	}
	seen := readTo(topic, "end")
	Check("headers", func() string {
		var read []sarama.RecordHeader
		for _, header := range seen[0].Headers {
			read = append(read, *header)
		}
		Expect("headers", read, headers)
		return ""
	})
	Check("timestamp", func() string { Expect("timestamp", seen[0].Timestamp.UnixMilli(), int64(1_700_000_000_000)); return "" })
	Check("null and empty", func() string {
		for n, message := range seen[1:] {
			Expect("null key", message.Key == nil, pairs[n][0] == nil)
			Expect("null value", message.Value == nil, pairs[n][1] == nil)
		}
		Expect("values", valuesOf(seen[1:]), []string{"no key", "", "", "end"})
		return ""
	})
}

func idempotent() {
	Check("each once, in order", func() string {
		topic, it := topicOf("idempotent", 1, nil), producer(idempotence)
		for chunk := range slices.Chunk(Numbers(1000, 0), 20) {
			OK(it.SendMessages(messages(topic, 0, chunk...)))
		}
		Expect("values", valuesOf(readTo(topic, "999")), Numbers(1000, 0))
		return ""
	})
}

func begun(id string) sarama.SyncProducer {
	it := producer(idempotence, func(config *sarama.Config) { config.Producer.Transaction.ID = Prefix + id })
	OK(it.BeginTxn())
	return it
}

func transactions() {
	topic, it := topicOf("transactions", 1, nil), begun("tx")
	OK(it.SendMessages(messages(topic, 0, "a0", "a1")))
	OK(it.AbortTxn())
	OK(it.BeginTxn())
	OK(it.SendMessages(messages(topic, 0, "c0", "c1")))
	OK(it.CommitTxn())
	send(topic, 0, []string{"end"})
	Check("read_committed", func() string {
		Expect("values", valuesOf(readTo(topic, "end", readCommitted)), strings.Fields("c0 c1 end"))
		return ""
	})
	Check("read_uncommitted", func() string {
		Expect("values", valuesOf(readTo(topic, "end")), strings.Fields("a0 a1 c0 c1 end"))
		return ""
	})
	Check("copy with offsets", copyInTransactions)
	Check("an older producer is fenced", func() string {
		old := begun("fence")
		OK(old.SendMessages(messages(topic, 0, "old")))
		young := begun("fence")
		OK(young.SendMessages(messages(topic, 0, "young")))
		if err := old.CommitTxn(); !errors.Is(err, sarama.ErrProducerFenced) && !errors.Is(err, sarama.ErrInvalidProducerEpoch) {
			panic(fmt.Sprint("the older one: ", err))
		}
		OK(young.CommitTxn())
		Expect("values", valuesOf(readTo(topic, "young", readCommitted)), strings.Fields("c0 c1 end young"))
		return ""
	})
}

// copyInTransactions has its first transaction aborted.
func copyInTransactions() string {
	input, output := topicOf("input", 1, nil), topicOf("output", 1, nil)
	send(input, 0, Numbers(20, 0))
	it := begun("copy")
	for _, isGood := range []bool{false, true} {
		OK(it.SendMessages(messages(output, 0, valuesOf(readTo(input, "19"))...)))
		offsets := []*sarama.PartitionOffsetMetadata{{Partition: 0, Offset: 20}}
		OK(it.AddOffsetsToTxn(map[string][]*sarama.PartitionOffsetMetadata{input: offsets}, input))
		if isGood {
			OK(it.CommitTxn())
		} else {
			OK(it.AbortTxn())
			Expect("offsets after the abort", committed(input, input, 1), []int64{-1})
			OK(it.BeginTxn())
		}
	}
	send(output, 0, []string{"end"})
	Expect("offsets", committed(input, input, 1), []int64{20})
	Expect("values", valuesOf(readTo(output, "end", readCommitted)), append(Numbers(20, 0), "end"))
	return ""
}

func times() {
	topic, it := topicOf("times", 1, nil), producer()
	at := func(n int) time.Time { return time.UnixMilli(1_700_000_000_000 + int64(n)*1000) }
	for n, message := range messages(topic, 0, Numbers(4, 0)...) {
		message.Timestamp = at(n)
		OK(it.SendMessages([]*sarama.ProducerMessage{message}))
	}
	offset := func(time int64) int64 {
		return Must(admin.ListOffsets(map[string]map[int32]int64{topic: {0: time}}, nil))[topic][0].Offset
	}
	Check("the first record at or after a time", func() string {
		Expect("offsets", []int64{offset(at(2).UnixMilli()), offset(at(2).UnixMilli() - 1), offset(at(4).UnixMilli())}, []int64{2, 2, -1})
		return ""
	})
	Check("first and last", func() string {
		Expect("offsets", []int64{offset(sarama.OffsetOldest), offset(sarama.OffsetNewest)}, []int64{0, 4})
		return ""
	})
}

func compacted() {
	Compacted(func(topic, last string, found func(key, value []byte)) {
		for _, record := range readTo(topic, last) {
			found(record.Key, record.Value)
		}
	})
}
