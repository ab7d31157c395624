package io.tidemark.cli.steer;

import io.tidemark.cli.command.PipelineCommand;
import io.tidemark.cli.command.TableNames;
import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.engine.steer.TableCommands;
import io.tidemark.engine.table.TableRecord;
import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.SourceTable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tidemark add}. */
@Command(
        name = "add",
        header = "Add tables that the configuration leaves out, or bring dropped ones back.",
        description = {
            "The running pipeline loads them and follows their changes. New tables that a rule of the configuration includes are"
                    + " taken up without this command."
        },
        footerHeading = "%nExample:%n",
        footer = {"  tidemark add public.transactions --partition \"day(create_at)\" --delete soft"})
final class AddCommand extends PipelineCommand {
    @Parameters(
            arity = "1..*",
            paramLabel = "TABLE",
            description =
                    "Tables of the source: schema.table (* and ? allowed), or a bare name where that is unambiguous.")
    private List<String> tables = List.of();

    @Option(
            names = "--partition",
            paramLabel = "FIELD",
            description = {
                "Partition field of the mirror, as in the configuration; repeat for several. For tables that no rule of the configuration"
                        + " includes."
            })
    private List<String> partitions = new ArrayList<>();

    @Option(
            names = "--delete",
            paramLabel = "MODE",
            description = {
                "What a delete does to the mirror: hard or soft; default hard. For tables that no rule of the configuration includes."
            })
    private @Nullable DeleteMode deletes;

    @Override
    public Integer call() {
        try (Pipeline pipeline = open()) {
            List<TableId> known =
                    pipeline.source().tables().stream().map(SourceTable::id).toList();
            TableCommands commands = new TableCommands(pipeline);
            List<TableRecord> added = new ArrayList<>();
            for (TableId table : TableNames.resolve(tables, known)) {
                TableRecord record = commands.add(table, partitions, deletes);
                added.add(record);
                if (!session().isJson()) {
                    print(table + ": " + record.state().label());
                }
            }
            if (session().isJson()) {
                printJson(added.stream().map(SteerCommand::json).toList());
            }
        }
        return 0;
    }
}
