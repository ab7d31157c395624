package io.tidemark.workload.command;

import io.tidemark.cli.CommandRunner;
import io.tidemark.cli.Session.Surroundings;
import io.tidemark.cli.output.Terminal;
import io.tidemark.engine.plugin.Plugins;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a command printed and how it ended.
 *
 * @param exitCode exit code
 * @param out standard output
 * @param err standard error
 */
record RecordedCommand(int exitCode, String out, String err) {
    /** Runs a command line, piped. */
    static RecordedCommand run(Map<String, String> environment, String... args) {
        return run(environment, 0, args);
    }

    /** Runs a command line on a terminal without colours. */
    static RecordedCommand runOnTerminal(int columns, Map<String, String> environment, String... args) {
        return run(environment, columns, args);
    }

    private static RecordedCommand run(Map<String, String> environment, int columns, String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal terminal = terminal(out, err, columns);
        Surroundings surroundings = new Surroundings(
                "test", terminal, environment, Clock.systemUTC(), Plugins::new, level -> {}, Optional.empty());
        int exitCode = new CommandRunner(surroundings, List.of(new WorkloadCommands())).run(args);
        return new RecordedCommand(
                exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** A terminal of this width, or for 0 columns a pipe. */
    static Terminal terminal(ByteArrayOutputStream out, ByteArrayOutputStream err, int columns) {
        return new Terminal(
                new PrintStream(out, false, StandardCharsets.UTF_8),
                new PrintStream(err, false, StandardCharsets.UTF_8),
                columns > 0,
                false,
                columns > 0 ? columns : 80,
                24);
    }
}
