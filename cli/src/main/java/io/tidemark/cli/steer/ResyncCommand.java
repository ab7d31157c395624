package io.tidemark.cli.steer;

import io.tidemark.engine.steer.TableCommands;
import io.tidemark.engine.table.TableRecord;
import io.tidemark.spi.schema.TableId;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tidemark resync}. */
@Command(
        name = "resync",
        header = "Load tables again, with the schema that the source has now.",
        description = {
            "The running pipeline replaces the mirror. Until the load is finished, the table is not equal to the source. With --all, capture begins"
                    + " anew where the source stands, and whatever database is there is the one to mirror."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  tidemark resync public.accounts", "  tidemark resync --all", "  tidemark resync --compare --all"})
final class ResyncCommand extends SteerCommand {
    @Option(
            names = "--compare",
            description =
                    "Keep the mirrors: compare them with the source and read only the rows that differ. Tables for which that is not possible"
                            + " (no key, other columns, too many differences) are loaded again.")
    private boolean compare;

    @Override
    void applyToAll(TableCommands commands) {
        commands.restartCapture();
    }

    @Override
    TableRecord apply(TableCommands commands, TableId table) {
        return compare ? commands.compare(table) : commands.resync(table);
    }
}
