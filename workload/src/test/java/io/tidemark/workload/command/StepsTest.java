package io.tidemark.workload.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StepsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void tellsOnlyWhatIsDoneIntoAPipe() {
        try (Steps steps = new Steps(RecordedCommand.terminal(out, err, 0), Steps.Target.OUT)) {
            Steps.Step step = steps.begin("loading");
            step.update("loading more");
            step.done("12 rows loaded");
        }
        assertThat(text(out)).matches(" +\\d+ ms  12 rows loaded\n");
        assertThat(text(err)).isEmpty();
    }

    @Test
    void drawsTheStepUnderWayInPlaceAndCutToTheWidth() {
        try (Steps steps = new Steps(RecordedCommand.terminal(out, err, 40), Steps.Target.OUT)) {
            Steps.Step step = steps.begin("loading a table with a name that is longer than the terminal is wide");
            await().atMost(PATIENCE).until(() -> text(out).contains("loading a table"));
            step.done("loaded");
        }
        assertThat(text(out).split("\r\u001b\\[K")[1]).hasSize(39);
        assertThat(text(out)).endsWith("  loaded\n").containsOnlyOnce("\n");
    }

    @Test
    void logLinesStandOnLinesOfTheirOwn() {
        try (Steps steps = new Steps(RecordedCommand.terminal(out, err, 80), Steps.Target.OUT)) {
            steps.begin("loading");
            await().atMost(PATIENCE).until(() -> text(out).contains("loading"));
            System.err.println("WARN something");
        }
        assertThat(text(out)).contains("\r\u001b[KWARN something\n");
    }

    @Test
    void handsLinesOnWhileSomethingElseDraws() {
        List<String> taken = new ArrayList<>();
        try (Steps steps = new Steps(RecordedCommand.terminal(out, err, 80), Steps.Target.OUT)) {
            steps.sayThrough(taken::add);
            steps.say("Stopping");
            steps.sayThrough(null);
            steps.say("Stopped");
        }
        assertThat(taken).containsExactly("Stopping");
        assertThat(text(out)).isEqualTo("Stopped\n");
    }

    @Test
    void leavesStandardOutputToTheResult() {
        try (Steps steps = new Steps(RecordedCommand.terminal(out, err, 80), Steps.Target.ERR)) {
            steps.begin("loading").done("loaded");
            steps.heading("Proof");
        }
        assertThat(text(out)).isEmpty();
        assertThat(text(err)).contains("loaded", "Proof").doesNotContain("\u001b");
    }

    private static String text(ByteArrayOutputStream stream) {
        return stream.toString(StandardCharsets.UTF_8);
    }
}
