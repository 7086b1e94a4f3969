import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/** How a program speaks with its runner (see ../scenario-run.ts). What should not be throws. */
class Contract {
    static String bootstrap;
    static String prefix;

    private static void say(Map<String, Object> line) {
        try {
            System.out.println(new ObjectMapper().writeValueAsString(line));
        } catch (Exception error) {
            throw new IllegalStateException(error);
        }
    }

    private static void report(String name, Boolean ok, Object detail) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("name", name);
        line.put("ok", ok);
        line.put("detail", String.valueOf(detail));
        say(line);
    }

    static void absent(String name, String why) {
        report(name, null, why);
    }

    /** Reports whether work does what its name says. */
    static void check(String name, Callable<Object> work) {
        try {
            report(name, true, work.call());
        } catch (Throwable error) {
            StringWriter text = new StringWriter();
            error.printStackTrace(new PrintWriter(text));
            report(name, false, text.toString().lines().limit(15).toList());
        }
    }

    static void check(String name, Client.Work work) {
        check(name, () -> {
            work.run();
            return "";
        });
    }

    /** Asks to be killed, and waits for it. */
    static void kill() throws InterruptedException {
        say(Map.of("ask", "kill"));
        Thread.currentThread().join();
    }

    /** Asks for a crash and a start of the broker; completes when it runs again. */
    static CompletableFuture<Void> restart() {
        say(Map.of("ask", "restart"));
        return CompletableFuture.runAsync(() -> {
            try {
                System.in.readAllBytes();
            } catch (Exception error) {
                throw new IllegalStateException(error);
            }
        });
    }

    static void expect(String what, Object actual, Object expected) {
        if (!Objects.equals(actual, expected)) throw new AssertionError(what + ": " + actual + " instead of " + expected);
    }

    /** Calls poll until something is true. */
    static void until(String what, Callable<Boolean> isTrue, Client.Work poll) throws Exception {
        long deadline = System.currentTimeMillis() + 60_000;
        while (!isTrue.call()) {
            poll.run();
            if (System.currentTimeMillis() > deadline) throw new AssertionError("in vain: " + what);
        }
    }

    static void until(String what, Callable<Boolean> isTrue) throws Exception {
        until(what, isTrue, () -> Thread.sleep(20));
    }

    /** Values from first on. */
    static List<String> numbers(int count, int first) {
        return IntStream.range(first, first + count).mapToObj(String::valueOf).toList();
    }
}
