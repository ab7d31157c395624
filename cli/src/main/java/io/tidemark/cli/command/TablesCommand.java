package io.tidemark.cli.command;

import io.tidemark.cli.output.Human;
import io.tidemark.cli.output.TextTable;
import io.tidemark.cli.view.StatusJson;
import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.engine.table.TableRecord;
import io.tidemark.engine.table.TableState;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code tidemark tables}. */
@Command(
        name = "tables",
        header = "The mirrored tables, or the columns of one.",
        description = {
            "Lists the tables of this pipeline with key, partition and rows. With a table: its columns and types."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  tidemark tables", "  tidemark tables public.accounts"})
final class TablesCommand extends PipelineCommand {
    @Parameters(arity = "0..1", paramLabel = "TABLE", description = "Show the columns of this table.")
    private @Nullable String table;

    @Override
    public Integer call() {
        try (Pipeline pipeline = open()) {
            List<TableRecord> records = pipeline.registry().list();
            if (table == null) {
                list(pipeline, records);
            } else {
                List<TableId> known = records.stream().map(TableRecord::id).toList();
                TableId wanted = TableNames.resolveOne(table, known);
                columns(pipeline.registry().load(wanted));
            }
        }
        return 0;
    }

    private void list(Pipeline pipeline, List<TableRecord> records) {
        if (session().isJson()) {
            printJson(records.stream()
                    .map(record -> json(record, rows(pipeline, record)))
                    .toList());
            return;
        }
        if (records.isEmpty()) {
            print("No tables yet: 'tidemark run' takes up those that the configuration selects.");
            return;
        }
        TextTable text = new TextTable()
                .column("TABLE")
                .column("STATE")
                .number("ROWS")
                .number("COLUMNS")
                .column("KEY")
                .column("PARTITION")
                .column("DELETES");
        boolean isRenamed = records.stream().anyMatch(record -> !record.mirror().equals(record.id()));
        if (isRenamed) {
            text.column("MIRROR");
        }
        for (TableRecord record : records) {
            List<String> cells = new ArrayList<>(List.of(
                    record.id().toString(),
                    record.state().label(),
                    rows(pipeline, record).map(Human::count).orElse(""),
                    Human.count(record.schema().columns().size()),
                    record.schema().hasKey() ? String.join(", ", record.schema().key()) : "none",
                    String.join(", ", record.partitions()),
                    deletes(record)));
            if (isRenamed) {
                cells.add(record.mirror().toString());
            }
            text.row(cells.toArray(String[]::new));
        }
        text.print(terminal());
        for (TableRecord record : records) {
            record.notices().forEach(notice -> print("note: " + record.id() + ": " + notice));
        }
    }

    private void columns(TableRecord record) {
        RowSchema schema = record.spec().schema();
        if (session().isJson()) {
            printJson(json(record, Optional.empty()));
            return;
        }
        TextTable text = new TextTable()
                .column("COLUMN")
                .column("TYPE")
                .column("SOURCE TYPE")
                .column("NULL")
                .column("KEY");
        for (Column column : schema.columns()) {
            int inKey = schema.key().indexOf(column.name());
            text.row(
                    column.name(),
                    column.type().toString(),
                    column.sourceType(),
                    column.nullable() ? "yes" : "no",
                    inKey < 0 ? "" : String.valueOf(inKey + 1));
        }
        text.print(terminal());
    }

    private static Optional<Long> rows(Pipeline pipeline, TableRecord record) {
        if (record.state() == TableState.PENDING || record.state() == TableState.DROPPED) {
            return Optional.empty();
        }
        Optional<LakeTable> found = pipeline.lake().find(record.mirror());
        if (found.isEmpty()) {
            return Optional.empty();
        }
        try (LakeTable mirror = found.orElseThrow()) {
            return Optional.of(mirror.pin().rows());
        }
    }

    private static String deletes(TableRecord record) {
        return record.deletes().name().toLowerCase(Locale.ROOT);
    }

    private static Map<String, @Nullable Object> json(TableRecord record, Optional<Long> rows) {
        Map<String, @Nullable Object> fields = StatusJson.table(record.id());
        fields.put("mirror", StatusJson.table(record.mirror()));
        fields.put("state", record.state().label());
        fields.put("rows", rows.orElse(null));
        fields.put("key", record.schema().key());
        fields.put("partition", record.partitions());
        fields.put("deletes", deletes(record));
        fields.put("notices", record.notices());
        fields.put(
                "columns",
                record.spec().schema().columns().stream()
                        .map(column -> {
                            Map<String, @Nullable Object> inner = new LinkedHashMap<>();
                            inner.put("name", column.name());
                            inner.put("type", column.type().toString());
                            inner.put("sourceType", column.sourceType());
                            inner.put("nullable", column.nullable());
                            return inner;
                        })
                        .toList());
        return fields;
    }
}
