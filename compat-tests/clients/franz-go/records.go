package main

import (
	. "contract"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

func produce() {
	codecs := []kgo.CompressionCodec{kgo.NoCompression(), kgo.GzipCompression(), kgo.SnappyCompression(), kgo.Lz4Compression(), kgo.ZstdCompression()}
	names := []string{"none", "gzip", "snappy", "lz4", "zstd"}
	acks := []kgo.Acks{kgo.NoAck(), kgo.LeaderAck(), kgo.AllISRAcks()}
	topic := topicOf("codecs", int32(len(codecs)*len(acks)), nil)
	for n, codec := range codecs {
		for m, ack := range acks {
			send(topic, int32(n*len(acks)+m), []string{"first"})
			send(topic, int32(n*len(acks)+m), Numbers(20, 0), kgo.ProducerBatchCompression(codec), kgo.RequiredAcks(ack), kgo.DisableIdempotentWrite())
		}
	}
	reader := join(topic, "")
	Until("all records", func() bool { return len(reader.records()) >= 21*len(codecs)*len(acks) })
	byPartition := map[int32][]string{}
	for _, record := range reader.records() {
		byPartition[record.Partition] = append(byPartition[record.Partition], string(record.Value))
	}
	for n, name := range names {
		for m, ack := range []string{"0", "1", "all"} {
			Check(name+" acks="+ack, func() string {
				Expect("values", byPartition[int32(n*len(acks)+m)], append([]string{"first"}, Numbers(20, 0)...))
				return ""
			})
		}
	}
}

func values() {
	topic, it := topicOf("values", 1, nil), client()
	headers := []kgo.RecordHeader{{Key: "one", Value: []byte("first")}, {Key: "two", Value: []byte("a")}, {Key: "two", Value: []byte{}}}
	first := &kgo.Record{Topic: topic, Key: []byte("k"), Value: []byte("v"), Headers: headers, Timestamp: time.UnixMilli(1_700_000_000_000)}
	pairs := [][2][]byte{{nil, []byte("no key")}, {[]byte("no value"), nil}, {{}, {}}, {nil, []byte("end")}}
	OK(it.ProduceSync(ctx, first).FirstErr())
	for _, pair := range pairs {
		OK(it.ProduceSync(ctx, &kgo.Record{Topic: topic, Key: pair[0], Value: pair[1]}).FirstErr())
	}
	seen := readTo(topic, "end")
	Check("headers", func() string { Expect("headers", seen[0].Headers, headers); return "" })
	Check("timestamp", func() string { Expect("timestamp", seen[0].Timestamp.UnixMilli(), int64(1_700_000_000_000)); return "" })
	Check("null and empty", func() string {
		var read [][2][]byte
		for _, record := range seen[1:] {
			read = append(read, [2][]byte{record.Key, record.Value})
		}
		Expect("pairs", read, pairs)
		return ""
	})
}

func idempotent() {
	Check("each once, in order", func() string {
		topic, it := topicOf("idempotent", 1, nil), client(kgo.MaxBufferedRecords(100))
		for _, record := range records(topic, 0, Numbers(1000, 0)...) {
			it.Produce(ctx, record, func(_ *kgo.Record, err error) { OK(err) })
		}
		OK(it.Flush(ctx))
		Expect("values", valuesOf(readTo(topic, "999")), Numbers(1000, 0))
		return ""
	})
}

func end(it *kgo.Client, how kgo.TransactionEndTry) error {
	OK(it.Flush(ctx))
	return it.EndTransaction(ctx, how)
}

func begun(id string) *kgo.Client {
	it := client(kgo.TransactionalID(Prefix + id))
	OK(it.BeginTransaction())
	return it
}

func transactions() {
	topic, it := topicOf("transactions", 1, nil), begun("tx")
	committedOnly := kgo.FetchIsolationLevel(kgo.ReadCommitted())
	OK(it.ProduceSync(ctx, records(topic, 0, "a0", "a1")...).FirstErr())
	OK(end(it, kgo.TryAbort))
	OK(it.BeginTransaction())
	OK(it.ProduceSync(ctx, records(topic, 0, "c0", "c1")...).FirstErr())
	OK(end(it, kgo.TryCommit))
	send(topic, 0, []string{"end"})
	Check("read_committed", func() string {
		Expect("values", valuesOf(readTo(topic, "end", committedOnly)), strings.Fields("c0 c1 end"))
		return ""
	})
	Check("read_uncommitted", func() string {
		Expect("values", valuesOf(readTo(topic, "end")), strings.Fields("a0 a1 c0 c1 end"))
		return ""
	})
	Check("copy with offsets", func() string { return copyInTransactions(committedOnly) })
	Check("an older producer is fenced", func() string {
		old := begun("fence")
		OK(old.ProduceSync(ctx, records(topic, 0, "old")...).FirstErr())
		young := begun("fence")
		OK(young.ProduceSync(ctx, records(topic, 0, "young")...).FirstErr())
		if err := end(old, kgo.TryCommit); !errors.Is(err, kerr.ProducerFenced) && !errors.Is(err, kerr.InvalidProducerEpoch) {
			panic(fmt.Sprint("the older one: ", err))
		}
		OK(end(young, kgo.TryCommit))
		Expect("values", valuesOf(readTo(topic, "young", committedOnly)), strings.Fields("c0 c1 end young"))
		return ""
	})
}

// copyInTransactions has its first transaction aborted.
func copyInTransactions(committedOnly kgo.Opt) string {
	input, output := topicOf("input", 1, nil), topicOf("output", 1, nil)
	send(input, 0, Numbers(20, 0))
	session := Must(kgo.NewGroupTransactSession(kgo.SeedBrokers(Bootstrap), kgo.TransactionalID(Prefix+"copy"), kgo.ConsumerGroup(input),
		kgo.ConsumeTopics(input), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.RequireStableFetchOffsets()))
	defer session.Close()
	for _, how := range []kgo.TransactionEndTry{kgo.TryAbort, kgo.TryCommit} {
		var batch []*kgo.Record
		OK(session.Begin())
		for len(batch) < 20 {
			batch = append(batch, session.PollFetches(ctx).Records()...)
		}
		OK(session.ProduceSync(ctx, records(output, 0, valuesOf(batch)...)...).FirstErr())
		Expect("ends as asked", Must(session.End(ctx, how)), how == kgo.TryCommit)
		if how == kgo.TryAbort {
			Expect("offsets after the abort", committed(input, input), []int64(nil))
		}
	}
	send(output, 0, []string{"end"})
	Expect("offsets", committed(input, input), []int64{20})
	Expect("values", valuesOf(readTo(output, "end", committedOnly)), append(Numbers(20, 0), "end"))
	return ""
}

func times() {
	topic, it := topicOf("times", 1, nil), client()
	at := func(n int) time.Time { return time.UnixMilli(1_700_000_000_000 + int64(n)*1000) }
	for n, record := range records(topic, 0, Numbers(4, 0)...) {
		record.Timestamp = at(n)
		OK(it.ProduceSync(ctx, record).FirstErr())
	}
	offset := func(offsets kadm.ListedOffsets, err error) int64 {
		OK(err)
		listed, _ := offsets.Lookup(topic, 0)
		return listed.Offset
	}
	after := func(time time.Time) int64 { return offset(admin.ListOffsetsAfterMilli(ctx, time.UnixMilli(), topic)) }
	Check("the first record at or after a time", func() string {
		Expect("offsets", []int64{after(at(2)), after(at(2).Add(-time.Millisecond)), after(at(4))}, []int64{2, 2, 4})
		return ""
	})
	Check("first, last, newest", func() string {
		first, last := offset(admin.ListStartOffsets(ctx, topic)), offset(admin.ListEndOffsets(ctx, topic))
		Expect("offsets", []int64{first, last, offset(admin.ListMaxTimestampOffsets(ctx, topic))}, []int64{0, 4, 3})
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
