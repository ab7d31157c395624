package io.tidemark.cli.role;

import io.tidemark.engine.run.Role;
import java.util.EnumSet;
import java.util.Set;
import picocli.CommandLine.Command;

/** {@code tidemark orchestrate}. */
@Command(
        name = "orchestrate",
        header = "Only hand sealed slices to workers.",
        description = {
            "Plays the orchestrator: compares sealed slices with applied ones and dispatches work. One process per pipeline leads at a time; another one waits as a stand-by."
        },
        footerHeading = "%nExample:%n",
        footer = {"  tidemark orchestrate"})
final class OrchestrateCommand extends RoleCommand {
    @Override
    Set<Role> roles() {
        return EnumSet.of(Role.ORCHESTRATOR);
    }
}
