package io.tidemark.cli.steer;

import io.tidemark.engine.steer.TableCommands;
import io.tidemark.engine.table.TableRecord;
import io.tidemark.engine.table.TableState;
import io.tidemark.spi.schema.TableId;
import picocli.CommandLine.Command;

/** {@code tidemark pause}. */
@Command(
        name = "pause",
        header = "Stop applying changes to tables; go on capturing them.",
        description = {
            "The mirrors stay as they are and can be queried. Nothing is lost: the changes wait in the slice log."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  tidemark pause public.accounts", "  tidemark pause \"public.audit_*\""})
final class PauseCommand extends SteerCommand {
    @Override
    TableRecord apply(TableCommands commands, TableId table) {
        return commands.pause(table);
    }

    @Override
    boolean concerns(TableState state) {
        return state != TableState.DROPPED && state != TableState.FAILED;
    }
}
