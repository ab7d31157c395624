package io.tidemark.cli.steer;

import io.tidemark.cli.CommandProvider;
import java.util.List;

/** The commands that steer tables. */
public final class SteerCommands implements CommandProvider {
    @Override
    public List<Object> commands() {
        return List.of(
                new PauseCommand(),
                new ResumeCommand(),
                new ResyncCommand(),
                new AddCommand(),
                new DropCommand(),
                new RebuildMetadataCommand());
    }
}
