package io.tidemark.cli.steer;

import io.tidemark.cli.command.PipelineCommand;
import io.tidemark.cli.command.TableNames;
import io.tidemark.cli.view.StatusJson;
import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.engine.steer.TableCommands;
import io.tidemark.engine.table.TableRecord;
import io.tidemark.engine.table.TableState;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.TableId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Does one thing to each of some tables of the pipeline. */
abstract class SteerCommand extends PipelineCommand {
    @Parameters(
            arity = "0..*",
            paramLabel = "TABLE",
            description = "Tables: schema.table (* and ? allowed), or a bare name where that is unambiguous.")
    private List<String> tables = List.of();

    @Option(names = "--all", description = "All tables of the pipeline.")
    private boolean all;

    /** Does it, and returns the table as it is then. */
    abstract TableRecord apply(TableCommands commands, TableId table);

    /** Does what {@code --all} means beyond each table. */
    void applyToAll(TableCommands commands) {
        // Most commands mean nothing more.
    }

    /** States in which {@code --all} takes a table in. */
    boolean concerns(TableState state) {
        return state != TableState.DROPPED;
    }

    @Override
    public Integer call() {
        if (all != tables.isEmpty()) {
            throw new TidemarkException(
                    ErrorCode.INVALID_ARGUMENT, "Cannot tell which tables are meant: name some, or write --all");
        }
        try (Pipeline pipeline = open()) {
            List<TableRecord> records = pipeline.registry().list();
            List<TableId> chosen = all
                    ? records.stream()
                            .filter(record -> concerns(record.state()))
                            .map(TableRecord::id)
                            .toList()
                    : TableNames.resolve(
                            tables, records.stream().map(TableRecord::id).toList());
            TableCommands commands = new TableCommands(pipeline);
            if (all) {
                applyToAll(commands);
            }
            List<TableRecord> changed = new ArrayList<>();
            for (TableId table : chosen) {
                TableRecord record = apply(commands, table);
                changed.add(record);
                if (!session().isJson()) {
                    print(table + ": " + record.state().label());
                }
            }
            if (session().isJson()) {
                printJson(changed.stream().map(SteerCommand::json).toList());
            }
        }
        return 0;
    }

    static Map<String, @Nullable Object> json(TableRecord record) {
        Map<String, @Nullable Object> fields = StatusJson.table(record.id());
        fields.put("state", record.state().label());
        return fields;
    }
}
