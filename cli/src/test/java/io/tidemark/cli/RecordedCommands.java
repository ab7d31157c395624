package io.tidemark.cli;

import io.tidemark.cli.Session.Surroundings;
import io.tidemark.cli.command.Commands;
import io.tidemark.cli.output.Capture;
import io.tidemark.cli.role.RoleCommands;
import io.tidemark.cli.steer.SteerCommands;
import io.tidemark.engine.plugin.Plugins;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs command lines and keeps what they print. */
final class RecordedCommands {
    final Capture capture;
    final List<LogLevel> levels = new ArrayList<>();
    private final CommandRunner runner;

    RecordedCommands(Object... furtherCommands) {
        this(Capture.piped(), furtherCommands);
    }

    RecordedCommands(Capture capture, Object... furtherCommands) {
        this.capture = capture;
        Surroundings surroundings = new Surroundings(
                "1.2.3",
                capture.asTerminal(),
                Map.of(),
                Clock.systemUTC(),
                Plugins::new,
                levels::add,
                Optional.empty());
        this.runner = new CommandRunner(
                surroundings,
                List.of(new Commands(), new RoleCommands(), new SteerCommands(), () -> List.of(furtherCommands)));
    }

    int run(String... args) {
        return runner.run(args);
    }

    CommandRunner runner() {
        return runner;
    }

    String out() {
        return capture.out();
    }

    String err() {
        return capture.err();
    }
}
