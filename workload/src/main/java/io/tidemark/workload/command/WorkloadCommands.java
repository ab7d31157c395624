package io.tidemark.workload.command;

import io.tidemark.cli.CommandProvider;
import java.util.List;

/** The demo and the workload. */
public final class WorkloadCommands implements CommandProvider {
    @Override
    public List<Object> commands() {
        return List.of(new DemoCommand(), new WorkloadCommand());
    }
}
