package io.tidemark.cli.role;

import io.tidemark.engine.run.Role;
import java.util.EnumSet;
import java.util.Set;
import picocli.CommandLine.Command;

/** {@code tidemark run}. */
@Command(
        name = "run",
        header = "Copy the tables, then follow every change until stopped.",
        description = {
            "Plays all roles in this process: capture, snapshot, orchestrator and workers. On a terminal it shows a live view; elsewhere it prints a line when a table changes its state and one every ten seconds. Ctrl-C ends it cleanly, and the next run goes on where it stopped."
        },
        footerHeading = "%nExample:%n",
        footer = {"  tidemark run", "  tidemark --config bank.yaml run --no-view 2>run.log"})
final class RunCommand extends RoleCommand {
    @Override
    Set<Role> roles() {
        return EnumSet.allOf(Role.class);
    }
}
