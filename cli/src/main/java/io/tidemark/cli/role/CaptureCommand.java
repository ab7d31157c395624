package io.tidemark.cli.role;

import io.tidemark.engine.run.Role;
import java.util.EnumSet;
import java.util.Set;
import picocli.CommandLine.Command;

/** {@code tidemark capture}. */
@Command(
        name = "capture",
        header = "Only read the change stream into time slices, and copy existing rows.",
        description = {
            "Plays the roles that read the source: capture and snapshot. One process per pipeline captures at a time; another one waits as a stand-by."
        },
        footerHeading = "%nExample:%n",
        footer = {"  tidemark capture"})
final class CaptureCommand extends RoleCommand {
    @Override
    Set<Role> roles() {
        return EnumSet.of(Role.CAPTURE, Role.SNAPSHOT);
    }
}
