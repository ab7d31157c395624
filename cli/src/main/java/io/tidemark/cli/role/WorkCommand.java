package io.tidemark.cli.role;

import io.tidemark.engine.run.Role;
import java.util.EnumSet;
import java.util.Set;
import picocli.CommandLine.Command;

/** {@code tidemark work}. */
@Command(
        name = "work",
        header = "Only apply slices to mirror tables.",
        description = {
            "Plays workers, as many as limits.workers says. Start it on as many machines as wanted; a table is applied by one worker at a time."
        },
        footerHeading = "%nExample:%n",
        footer = {"  tidemark work"})
final class WorkCommand extends RoleCommand {
    @Override
    Set<Role> roles() {
        return EnumSet.of(Role.WORKER);
    }
}
