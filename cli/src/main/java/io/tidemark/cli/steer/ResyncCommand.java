package io.tidemark.cli.steer;

import io.tidemark.engine.steer.TableCommands;
import io.tidemark.engine.table.TableRecord;
import io.tidemark.spi.schema.TableId;
import picocli.CommandLine.Command;

/** {@code tidemark resync}. */
@Command(
        name = "resync",
        header = "Load tables again from scratch, with the schema that the source has now.",
        description = {
            "The running pipeline replaces the mirror. Until the load is finished, the table is not equal to the source."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  tidemark resync public.accounts", "  tidemark resync --all"})
final class ResyncCommand extends SteerCommand {
    @Override
    void applyToAll(TableCommands commands) {
        commands.restartCapture();
    }

    @Override
    TableRecord apply(TableCommands commands, TableId table) {
        return commands.resync(table);
    }
}
