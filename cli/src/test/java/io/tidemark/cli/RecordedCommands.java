package io.tidemark.cli;

import io.tidemark.cli.Session.Surroundings;
import io.tidemark.cli.output.Capture;
import io.tidemark.engine.plugin.Plugins;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;

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
        List<CommandProvider> providers = new ArrayList<>();
        ServiceLoader.load(CommandProvider.class).forEach(providers::add);
        providers.add(() -> List.of(furtherCommands));
        this.runner = new CommandRunner(surroundings, providers);
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
