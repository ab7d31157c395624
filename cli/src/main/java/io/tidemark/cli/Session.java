package io.tidemark.cli;

import io.tidemark.cli.output.Terminal;
import io.tidemark.engine.config.ConfigReader;
import io.tidemark.engine.config.PipelineConfig;
import io.tidemark.engine.plugin.Plugins;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What the subcommands of one call share: global options, streams, plug-ins. Everything costly is made when it is first asked for.
 */
public final class Session {
    private final Tidemark options;
    private final Surroundings surroundings;

    Session(Tidemark options, Surroundings surroundings) {
        this.options = options;
        this.surroundings = surroundings;
    }

    /** The configuration file, whether it exists or not. */
    public Path configFile() {
        return options.config();
    }

    /** Whether results are wanted as JSON. */
    public boolean isJson() {
        return options.isJson();
    }

    public Terminal terminal() {
        return surroundings.terminal();
    }

    public Map<String, String> environment() {
        return surroundings.environment();
    }

    public Clock clock() {
        return surroundings.clock();
    }

    public Plugins plugins() {
        return surroundings.plugins().get();
    }

    /** Asks the user; empty when there is nobody to ask. */
    public Optional<Prompt> prompt() {
        return surroundings.prompt();
    }

    /** Reads the configuration file. */
    public PipelineConfig config() {
        return ConfigReader.read(configFile(), plugins(), environment());
    }

    /** Sets how much is logged from now on; {@code --verbose} wins. Call it before anything that logs. */
    public void log(LogLevel level) {
        surroundings.logging().accept(options.isVerbose() ? LogLevel.DETAILS : level);
    }

    /**
     * The process around a command.
     *
     * @param version version of the product
     * @param terminal streams
     * @param environment environment variables
     * @param clock the time
     * @param plugins makes the registry of plug-ins when first asked for
     * @param logging sets how much is logged
     * @param prompt asks the user, if there is one to ask
     */
    public record Surroundings(
            String version,
            Terminal terminal,
            Map<String, String> environment,
            Clock clock,
            Supplier<Plugins> plugins,
            Consumer<LogLevel> logging,
            Optional<Prompt> prompt) {
        public Surroundings {
            environment = Map.copyOf(environment);
        }
    }
}
