package io.tidemark.dist;

import io.tidemark.cli.CommandRunner;
import io.tidemark.cli.Session.Surroundings;
import io.tidemark.cli.output.Terminal;
import io.tidemark.engine.plugin.Plugins;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
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
    /** Runs a command in this process, with every plug-in. */
    static RecordedCommand run(Path config, Map<String, String> environment, String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal terminal = new Terminal(
                new PrintStream(out, false, StandardCharsets.UTF_8),
                new PrintStream(err, false, StandardCharsets.UTF_8),
                false,
                false,
                80,
                24);
        Surroundings surroundings = new Surroundings(
                "test", terminal, environment, Clock.systemUTC(), Plugins::new, level -> {}, Optional.empty());
        List<String> line = new ArrayList<>(List.of(args));
        line.addAll(List.of("--config", config.toString()));
        int exitCode = new CommandRunner(surroundings, Main.COMMANDS).run(line.toArray(new String[0]));
        return new RecordedCommand(
                exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
