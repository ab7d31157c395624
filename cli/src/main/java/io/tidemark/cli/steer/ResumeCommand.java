package io.tidemark.cli.steer;

import io.tidemark.engine.steer.TableCommands;
import io.tidemark.engine.table.TableRecord;
import io.tidemark.engine.table.TableState;
import io.tidemark.spi.schema.TableId;
import picocli.CommandLine.Command;

/** {@code tidemark resume}. */
@Command(
        name = "resume",
        header = "Go on with paused or failed tables.",
        description = {
            "A table goes on from where it stood. One that failed goes on too: do what its remedy says first."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  tidemark resume public.accounts", "  tidemark resume --all"})
final class ResumeCommand extends SteerCommand {
    @Override
    TableRecord apply(TableCommands commands, TableId table) {
        return commands.resume(table);
    }

    @Override
    boolean concerns(TableState state) {
        return state == TableState.PAUSED || state == TableState.FAILED;
    }
}
