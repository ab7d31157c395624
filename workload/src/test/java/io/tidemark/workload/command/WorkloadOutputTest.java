package io.tidemark.workload.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.workload.run.Latencies;
import io.tidemark.workload.run.WorkloadCounts;
import io.tidemark.workload.run.WorkloadOptions;
import io.tidemark.workload.run.WorkloadProgress;
import io.tidemark.workload.run.WorkloadResult;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class WorkloadOutputTest {
    private static final Latencies LATENCIES =
            new Latencies(micros(840), micros(2_000), micros(12_345), micros(99_960), micros(1_500_000));
    private static final WorkloadCounts SMOOTH = new WorkloadCounts(3_000, 0, 1_800, 900, 300, 0, 0, 0, 0, 0);
    private static final WorkloadCounts ROUGH = new WorkloadCounts(3_000, 7, 1_800, 900, 300, 6, 5, 4, 3, 2);

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void printsALineEveryFiveSecondsIntoAPipe() {
        WorkloadOutput output = new WorkloadOutput(RecordedCommand.terminal(out, err, 0), false);
        for (int second = 1; second <= 11; second++) {
            output.progressed(progress(Duration.ofMillis(second * 1_003L), 0, SMOOTH));
        }
        assertThat(text().lines())
                .containsExactly(
                        "   5.0 s  300.4/s  p50 0.84 ms  p99 12.3 ms  max 1.5 s  3,000 transactions",
                        "    10 s  300.4/s  p50 0.84 ms  p99 12.3 ms  max 1.5 s  3,000 transactions");
    }

    @Test
    void drawsOneLineAgainAndAgainOnATerminal() {
        WorkloadOutput output = new WorkloadOutput(RecordedCommand.terminal(out, err, 60), false);
        output.progressed(progress(Duration.ofSeconds(1), 12, ROUGH));
        output.progressed(progress(Duration.ofSeconds(2), 12, ROUGH));
        assertThat(text().split("\r\u001b\\[K"))
                .hasSize(3)
                .allSatisfy(line -> assertThat(line).hasSizeLessThan(60).doesNotContain("\n"));
    }

    @Test
    void leavesOutWhatWentWrongWhereTheTerminalIsTooNarrow() {
        WorkloadOutput output = new WorkloadOutput(RecordedCommand.terminal(out, err, 80), false);
        output.progressed(progress(Duration.ofSeconds(1), 0, SMOOTH));
        output.progressed(progress(Duration.ofSeconds(1), 1234, SMOOTH));
        String[] pictures = text().split("\r\u001b\\[K");
        assertThat(pictures[2]).isEqualTo(pictures[1]).endsWith("3,000 transactions");
    }

    @Test
    void sumsUpWithWhatWentWrong() {
        WorkloadOutput output = new WorkloadOutput(RecordedCommand.terminal(out, err, 0), false);
        output.begin("postgresql://h/d, schema bank", WorkloadOptions.defaults());
        output.finish(new WorkloadResult(Duration.ofSeconds(10), ROUGH, LATENCIES, 8));
        assertThat(text().lines())
                .containsExactly(
                        "Writing to postgresql://h/d, schema bank",
                        "300 transactions/s over 3 connections, until Ctrl-C",
                        "60% inserts, 30% updates, 10% deletes",
                        "Ran 10 s: 3,007 transactions, 300.7/s",
                        "Rows      1,800 inserted, 900 updated, 300 deleted",
                        "Latency   p50 0.84 ms, p90 2.0 ms, p99 12.3 ms, p99.9 99 ms, max 1.5 s",
                        "Also      8 behind schedule, 7 rolled back, 6 rows gone before, 5 retried, 4 reconnects,"
                                + " 3 with unknown outcome, 2 failed");
    }

    private String text() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private static WorkloadProgress progress(Duration elapsed, long behind, WorkloadCounts counts) {
        return new WorkloadProgress(elapsed, 300.4, LATENCIES, behind, counts);
    }

    private static Duration micros(long micros) {
        return Duration.ofNanos(micros * 1_000);
    }
}
