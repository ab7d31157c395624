package io.tidemark.workload.command;

import io.tidemark.cli.output.Human;
import io.tidemark.cli.output.Terminal;
import io.tidemark.workload.run.Latencies;
import io.tidemark.workload.run.Mix;
import io.tidemark.workload.run.WorkloadCounts;
import io.tidemark.workload.run.WorkloadListener;
import io.tidemark.workload.run.WorkloadOptions;
import io.tidemark.workload.run.WorkloadProgress;
import io.tidemark.workload.run.WorkloadResult;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Tells people how a workload goes: one line that is drawn again each second on a terminal, a line every five seconds elsewhere. */
final class WorkloadOutput implements WorkloadListener {
    private static final Duration LINE = Duration.ofSeconds(5);
    private static final String CLEAR_LINE = "\r\u001b[K";

    private final Terminal terminal;
    private final PrintStream out;
    private final boolean quiet;
    private final boolean inPlace;
    private Duration nextLine = LINE;

    /** With {@code quiet} nothing is told: the result is written in another form. */
    WorkloadOutput(Terminal terminal, boolean quiet) {
        this.terminal = terminal;
        this.out = terminal.out();
        this.quiet = quiet;
        this.inPlace = terminal.interactive();
    }

    void begin(String target, WorkloadOptions options) {
        Mix mix = options.mix();
        say("Writing to " + target);
        say((options.transactionsPerSecond() == 0
                        ? "as fast as it goes"
                        : Human.rate(options.transactionsPerSecond()).replace("/s", " transactions/s"))
                + " over " + Human.count(options.threadsUsed(), "connection") + ", "
                + (options.duration().isZero() ? "until Ctrl-C" : "for " + Human.duration(options.duration())));
        say(mix.insertPercent() + "% inserts, " + mix.updatePercent() + "% updates, " + mix.deletePercent()
                + "% deletes");
    }

    /** A line that stays. */
    void say(String line) {
        if (!quiet) {
            out.println(line);
            out.flush();
        }
    }

    @Override
    public void progressed(WorkloadProgress progress) {
        if (quiet) {
            return;
        }
        if (inPlace) {
            String line = line(progress, troubles(progress.counts(), progress.behind()));
            int room = terminal.columns() - 1;
            // Better without than with half of a number.
            String shown = line.length() <= room ? line : line(progress, "");
            out.print(CLEAR_LINE + shown.substring(0, Math.min(shown.length(), room)));
            out.flush();
        } else if (progress.elapsed().compareTo(nextLine) >= 0) {
            say(line(progress, troubles(progress.counts(), progress.behind())));
            nextLine = progress.elapsed().plus(LINE).truncatedTo(java.time.temporal.ChronoUnit.SECONDS);
        }
    }

    void finish(WorkloadResult result) {
        WorkloadCounts counts = result.counts();
        if (inPlace) {
            // Also over the ^C that the terminal has written.
            out.print(CLEAR_LINE);
        }
        say("Ran " + Human.duration(result.elapsed()) + ": " + Human.count(counts.transactions(), "transaction") + ", "
                + rate(result.transactionsPerSecond()));
        say("Rows      " + Human.count(counts.inserts()) + " inserted, " + Human.count(counts.updates()) + " updated, "
                + Human.count(counts.deletes()) + " deleted");
        Latencies latencies = result.latencies();
        say("Latency   p50 " + latency(latencies.p50()) + ", p90 " + latency(latencies.p90()) + ", p99 "
                + latency(latencies.p99()) + ", p99.9 " + latency(latencies.p999()) + ", max "
                + latency(latencies.max()));
        String troubles = troubles(counts, result.behind());
        if (!troubles.isEmpty()) {
            say("Also      " + troubles);
        }
    }

    private static String line(WorkloadProgress progress, String troubles) {
        return String.format(
                        Locale.ROOT,
                        "%8s  %s  p50 %s  p99 %s  max %s  %s",
                        Human.duration(progress.elapsed().truncatedTo(java.time.temporal.ChronoUnit.SECONDS)),
                        rate(progress.transactionsPerSecond()),
                        latency(progress.latencies().p50()),
                        latency(progress.latencies().p99()),
                        latency(progress.latencies().max()),
                        Human.count(progress.counts().transactions(), "transaction"))
                + (troubles.isEmpty() ? "" : ", " + troubles);
    }

    private static String rate(double perSecond) {
        return String.format(Locale.ROOT, "%,.1f/s", perSecond);
    }

    /** Finer than {@link Human#duration}, since most transactions take less than some milliseconds. */
    static String latency(Duration latency) {
        double millis = latency.toNanos() / 1e6;
        return millis < 99.95
                ? String.format(Locale.ROOT, millis < 0.995 ? "%.2f ms" : "%.1f ms", millis)
                : Human.duration(latency);
    }

    private static String troubles(WorkloadCounts counts, long behind) {
        List<String> parts = new ArrayList<>();
        add(parts, behind, "behind schedule");
        add(parts, counts.rolledBack(), "rolled back");
        add(parts, counts.missed(), counts.missed() == 1 ? "row gone before" : "rows gone before");
        add(parts, counts.retries(), "retried");
        add(parts, counts.reconnects(), "reconnects");
        add(parts, counts.unknown(), "with unknown outcome");
        add(parts, counts.errors(), "failed");
        return String.join(", ", parts);
    }

    private static void add(List<String> parts, long count, String what) {
        if (count > 0) {
            parts.add(Human.count(count) + " " + what);
        }
    }
}
