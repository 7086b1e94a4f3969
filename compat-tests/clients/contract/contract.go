// Package contract is how a program speaks with its runner (see ../scenario-run.ts). What should not be panics.
package contract

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"reflect"
	"runtime/debug"
	"strconv"
	"time"
)

// The arguments of the program.
var Bootstrap, Scenario, Prefix = os.Args[1], os.Args[2], os.Args[3]

func say(line map[string]any) {
	text := Must(json.Marshal(line))
	fmt.Println(string(text))
}

// Absent reports something that the client does not have.
func Absent(name, why string) {
	say(map[string]any{"name": name, "ok": nil, "detail": why})
}

// Check reports whether work does what its name says.
func Check(name string, work func() string) {
	defer func() {
		if reason := recover(); reason != nil {
			say(map[string]any{"name": name, "ok": false, "detail": fmt.Sprintf("%v\n%.1500s", reason, debug.Stack())})
		}
	}()
	say(map[string]any{"name": name, "ok": true, "detail": work()})
}

// Kill asks to be killed, and waits for it.
func Kill() {
	say(map[string]any{"ask": "kill"})
	select {}
}

// Restart asks for a crash and a start of the broker; the channel closes when it runs again.
func Restart() <-chan struct{} {
	say(map[string]any{"ask": "restart"})
	done := make(chan struct{})
	go func() {
		io.Copy(io.Discard, os.Stdin)
		close(done)
	}()
	return done
}

// Must returns a value that came without an error.
func Must[T any](value T, err error) T {
	OK(err)
	return value
}

func OK(err error) {
	if err != nil {
		panic(err)
	}
}

func Expect(what string, actual, expected any) {
	if !reflect.DeepEqual(actual, expected) {
		panic(fmt.Sprintf("%s: %.300s instead of %.300s", what, fmt.Sprint(actual), fmt.Sprint(expected)))
	}
}

func Until(what string, isTrue func() bool) {
	for deadline := time.Now().Add(time.Minute); !isTrue(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			panic("in vain: " + what)
		}
	}
}

// Numbers are count values from first on.
func Numbers(count, first int) (values []string) {
	for n := range count {
		values = append(values, strconv.Itoa(first+n))
	}
	return values
}

// Dependency is the version of a module in this program.
func Dependency(path string) string {
	info, _ := debug.ReadBuildInfo()
	for _, module := range info.Deps {
		if module.Path == path {
			return module.Version
		}
	}
	panic("no " + path)
}

// Compacted reads the compacted topic to its end, given record by record, until it holds the last value of each key and nothing else.
func Compacted(read func(topic, last string, found func(key, value []byte))) {
	wanted := map[string]string{"last": "end"}
	for _, key := range Numbers(10, 0) {
		wanted[key] = "new"
	}
	Check("read to the end", func() string {
		Until("compaction", func() bool {
			count, values := 0, map[string]string{}
			read(Prefix+"compacted", "end", func(key, value []byte) {
				count++
				values[string(key)] = string(value)
			})
			Expect("values", values, wanted)
			return count == len(wanted)
		})
		return ""
	})
}

// Run runs the scenario of the arguments.
func Run(scenarios map[string]func()) {
	scenarios[Scenario]()
}
