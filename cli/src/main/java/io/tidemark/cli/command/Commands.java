package io.tidemark.cli.command;

import io.tidemark.cli.CommandProvider;
import java.util.List;

/** The commands that set a pipeline up, look at it and prove it. */
public final class Commands implements CommandProvider {
    @Override
    public List<Object> commands() {
        return List.of(
                new InitCommand(),
                new CheckCommand(),
                new SettingsCommand(),
                new StatusCommand(),
                new TablesCommand(),
                new SlicesCommand(),
                new QueryCommand(),
                new VerifyCommand(),
                new DeadLettersCommand(),
                new HelpCommand());
    }
}
