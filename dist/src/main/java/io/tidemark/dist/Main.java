package io.tidemark.dist;

import io.tidemark.cli.CommandProvider;
import io.tidemark.cli.CommandRunner;
import io.tidemark.cli.ConsolePrompt;
import io.tidemark.cli.Session.Surroundings;
import io.tidemark.cli.command.Commands;
import io.tidemark.cli.output.Terminal;
import io.tidemark.cli.role.RoleCommands;
import io.tidemark.cli.steer.SteerCommands;
import io.tidemark.engine.plugin.Plugins;
import io.tidemark.workload.command.WorkloadCommands;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** Program entry: gives the command line its surroundings and every plug-in on the class path. */
public final class Main {
    /** Named, not looked for: looking opens every jar. */
    static final List<CommandProvider> COMMANDS =
            List.of(new Commands(), new RoleCommands(), new SteerCommands(), new WorkloadCommands());

    private Main() {}

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] args) {
        CommandRunner runner = commandRunner();
        // Commands have their own stream by now: what libraries print on standard output must not come between results.
        System.setOut(System.err);
        System.exit(runner.run(args));
    }

    /** The command line with all commands that are installed. */
    static CommandRunner commandRunner() {
        Map<String, String> environment = System.getenv();
        Surroundings surroundings = new Surroundings(
                version(),
                Terminal.system(environment),
                environment,
                Clock.systemUTC(),
                Plugins::new,
                Logging::apply,
                ConsolePrompt.find());
        return new CommandRunner(surroundings, COMMANDS);
    }

    private static String version() {
        try (InputStream in = Main.class.getResourceAsStream("version.properties")) {
            if (in == null) {
                throw new IllegalStateException("Cannot read version: resource is missing (name=version.properties)");
            }
            Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty("version", "unknown");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
