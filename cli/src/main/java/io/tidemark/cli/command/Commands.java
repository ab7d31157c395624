package io.tidemark.cli.command;

import java.util.List;

/** The subcommands of this module. */
public final class Commands {
    private Commands() {}

    /** New command objects. */
    public static List<Object> all() {
        return List.of(
                new InitCommand(),
                new CheckCommand(),
                new SettingsCommand(),
                new RunCommand(),
                new CaptureCommand(),
                new OrchestrateCommand(),
                new WorkCommand(),
                new StatusCommand(),
                new TablesCommand(),
                new SlicesCommand(),
                new QueryCommand(),
                new VerifyCommand(),
                new PauseCommand(),
                new ResumeCommand(),
                new ResyncCommand(),
                new AddCommand(),
                new DropCommand(),
                new HelpCommand());
    }
}
