package io.tidemark.cli.role;

import io.tidemark.cli.output.Terminal;
import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.engine.run.Role;
import io.tidemark.spi.lake.CatalogEndpoint;
import io.tidemark.spi.lake.SupportsCatalogEndpoint;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Command;

/** {@code tidemark run}. */
@Command(
        name = "run",
        header = "Copy the tables, then follow every change until stopped.",
        description = {
            "Plays all roles in this process: capture, snapshot, orchestrator and workers. On a terminal it shows a live view; elsewhere it prints a line when a table changes its state and one every ten seconds. Ctrl-C ends it cleanly, and the next run goes on where it stopped.",
            "With lake.serve in the configuration it also serves the lake's catalog to query engines, and prints how they attach."
        },
        footerHeading = "%nExample:%n",
        footer = {"  tidemark run", "  tidemark --config bank.yaml run --no-view 2>run.log"})
final class RunCommand extends RoleCommand {
    @Override
    Set<Role> roles() {
        return EnumSet.allOf(Role.class);
    }

    @Override
    Optional<CatalogEndpoint> serve(Pipeline pipeline) {
        Optional<CatalogEndpoint> served =
                pipeline.lake() instanceof SupportsCatalogEndpoint lake ? lake.openCatalogEndpoint() : Optional.empty();
        Terminal terminal = terminal();
        if (!session().isJson()) {
            served.ifPresent(endpoint -> endpoint.instructions().forEach(terminal.out()::println));
        }
        return served;
    }
}
