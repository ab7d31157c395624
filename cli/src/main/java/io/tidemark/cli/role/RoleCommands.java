package io.tidemark.cli.role;

import io.tidemark.cli.CommandProvider;
import java.util.List;

/** The commands that play roles. */
public final class RoleCommands implements CommandProvider {
    @Override
    public List<Object> commands() {
        return List.of(new RunCommand(), new CaptureCommand(), new OrchestrateCommand(), new WorkCommand());
    }
}
