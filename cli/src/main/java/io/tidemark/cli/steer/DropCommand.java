package io.tidemark.cli.steer;

import io.tidemark.cli.Prompt;
import io.tidemark.cli.command.PipelineCommand;
import io.tidemark.cli.command.TableNames;
import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.engine.steer.TableCommands;
import io.tidemark.engine.steer.TableCommands.MirrorFate;
import io.tidemark.engine.table.TableRecord;
import io.tidemark.engine.table.TableState;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.TableId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tidemark drop}. */
@Command(
        name = "drop",
        header = "Take tables out, or end the whole pipeline.",
        description = {
            "With tables: they are no longer followed; a rule of the configuration does not bring them back, 'tidemark add' does."
                    + " With --all: ends the pipeline and removes what it made in the source (publication and slot), so that the"
                    + " source keeps no log for it. Mirrors and slices stay, unless --with-mirror says otherwise."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  tidemark drop public.audit_log", "  tidemark drop --all"})
final class DropCommand extends PipelineCommand {
    @Parameters(arity = "0..*", paramLabel = "TABLE", description = "Tables: schema.table, * and ? allowed.")
    private List<String> tables = List.of();

    @Option(names = "--all", description = "End the whole pipeline; it must not be running.")
    private boolean all;

    @Option(names = "--with-mirror", description = "Delete the mirror tables and their files too.")
    private boolean withMirror;

    @Option(
            names = {"-y", "--yes"},
            description = "Do not ask.")
    private boolean yes;

    @Override
    public Integer call() {
        if (all != tables.isEmpty()) {
            throw new TidemarkException(
                    ErrorCode.INVALID_ARGUMENT, "Cannot tell what to drop: name tables, or write --all");
        }
        try (Pipeline pipeline = open()) {
            List<TableRecord> records = pipeline.registry().list().stream()
                    .filter(record -> record.state() != TableState.DROPPED)
                    .toList();
            List<TableId> known = records.stream().map(TableRecord::id).toList();
            List<TableId> chosen = all ? known : TableNames.resolve(tables, known);
            confirm(pipeline, chosen);
            TableCommands commands = new TableCommands(pipeline);
            if (all) {
                commands.dropPipeline();
                if (withMirror) {
                    records.forEach(record -> pipeline.lake().drop(record.mirror()));
                }
                tell(pipeline);
            } else {
                dropTables(commands, chosen);
            }
        }
        return 0;
    }

    private void dropTables(TableCommands commands, List<TableId> chosen) {
        List<TableRecord> dropped = new ArrayList<>();
        for (TableId table : chosen) {
            dropped.add(commands.drop(table, withMirror ? MirrorFate.DELETED : MirrorFate.KEPT));
            if (!session().isJson()) {
                print(table + ": dropped" + (withMirror ? ", mirror deleted" : ", mirror kept"));
            }
        }
        if (session().isJson()) {
            printJson(dropped.stream().map(SteerCommand::json).toList());
        }
    }

    private void tell(Pipeline pipeline) {
        String name = pipeline.config().pipeline();
        if (session().isJson()) {
            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
            fields.put("pipeline", name);
            fields.put("dropped", true);
            printJson(fields);
        } else {
            print("Pipeline " + name + " is dropped; the source keeps nothing for it."
                    + (withMirror
                            ? " Its mirrors are deleted."
                            : " Its mirrors stay in " + pipeline.config().location() + "."));
        }
    }

    private void confirm(Pipeline pipeline, List<TableId> chosen) {
        if (yes) {
            return;
        }
        String what = all
                ? "pipeline " + pipeline.config().pipeline()
                : chosen.stream().map(TableId::toString).collect(Collectors.joining(", "));
        Optional<Prompt> prompt = session().prompt();
        if (prompt.isEmpty()) {
            throw new TidemarkException(
                    ErrorCode.INVALID_ARGUMENT, "Cannot drop " + what + ": it was not confirmed", "Add --yes.", null);
        }
        if (!prompt.orElseThrow().confirm("Drop " + what + (withMirror ? " and delete the mirror" : "") + "?")) {
            throw new TidemarkException(
                    ErrorCode.INVALID_ARGUMENT, "Cannot drop " + what + ": it was not confirmed", "", null);
        }
    }
}
