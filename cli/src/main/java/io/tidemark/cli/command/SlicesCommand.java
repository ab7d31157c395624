package io.tidemark.cli.command;

import io.tidemark.cli.output.Human;
import io.tidemark.cli.output.ResultFormat;
import io.tidemark.cli.output.TextTable;
import io.tidemark.cli.view.StatusJson;
import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.slice.EventInterval;
import io.tidemark.spi.slice.SliceFile;
import io.tidemark.spi.slice.SliceLog;
import io.tidemark.spi.slice.SliceManifest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tidemark slices}. */
@Command(
        name = "slices",
        header = "The newest sealed time slices, or the rows of one.",
        description = {
            "A time slice holds all changes of all tables between two positions, sealed at a transaction end."
                    + " Where slices are cut by event time, EVENT TIMES is the interval that one was opened for: its events are from"
                    + " then, or came late."
                    + " Slices are kept for as long as slices.keep says."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  tidemark slices --limit 50",
            "  tidemark slices preview newest --table public.accounts",
            "  tidemark slices preview 42 --limit 1000 --format csv"
        })
final class SlicesCommand extends PipelineCommand {
    private static final int PAGE = 1_024;

    @Option(
            names = {"-n", "--limit"},
            paramLabel = "N",
            defaultValue = "20",
            description = "How many to list; default ${DEFAULT-VALUE}.")
    private int limit;

    @Override
    public Integer call() {
        atLeastOne(limit);
        try (Pipeline pipeline = open()) {
            SliceLog log = pipeline.sliceLog();
            long newest = log.newest().map(SliceManifest::sequence).orElse(0L);
            List<SliceManifest> slices = log.after(Math.max(0, newest - limit), limit);
            if (session().isJson()) {
                printJson(slices.stream().map(SlicesCommand::json).toList());
            } else if (slices.isEmpty()) {
                print("No slice was sealed yet.");
            } else {
                list(slices);
            }
        }
        return 0;
    }

    /** {@code tidemark slices preview}. */
    @Command(
            name = "preview",
            header = "The first rows of a slice, in commit order.",
            description = {
                "The slice's files are read and checked as a whole, whatever the limit. Columns that start with _tidemark_ say what"
                        + " happened, where and when; _tidemark_unchanged names columns that an update did not touch and"
                        + " the source therefore did not send."
            })
    Integer preview(
            @Parameters(paramLabel = "SLICE", description = "Number or name of a slice, or 'newest'.") String slice,
            @Option(names = "--table", paramLabel = "TABLE", description = "Only rows of this table; default all.")
                    @Nullable
                    String table,
            @Option(
                            names = {"-n", "--limit"},
                            paramLabel = "N",
                            defaultValue = "20",
                            description = "Rows per table; default ${DEFAULT-VALUE}.")
                    int rows,
            @Option(
                            names = "--format",
                            paramLabel = "FORMAT",
                            description = "table, csv or json; default table, json with --json.")
                    @Nullable
                    ResultFormat format) {
        atLeastOne(rows);
        ResultFormat wanted = format != null ? format : session().isJson() ? ResultFormat.JSON : ResultFormat.TABLE;
        try (Pipeline pipeline = open()) {
            SliceManifest manifest = find(pipeline.sliceLog(), slice);
            List<TableId> tables = manifest.files().stream()
                    .map(file -> file.schema().table())
                    .distinct()
                    .toList();
            List<TableId> shown = table == null ? tables : TableNames.resolve(List.of(table), tables);
            if (shown.isEmpty() && wanted == ResultFormat.TABLE) {
                print("The slice holds no rows.");
            }
            if (shown.size() > 1 && wanted == ResultFormat.CSV) {
                throw new TidemarkException(
                        ErrorCode.INVALID_ARGUMENT,
                        "Cannot write several tables as one CSV (tables=" + shown + ")",
                        "Choose one with --table.",
                        null);
            }
            for (TableId id : shown) {
                if (wanted == ResultFormat.TABLE) {
                    print(id.toString());
                }
                for (SliceFile file : manifest.filesOf(id)) {
                    SlicePreview.write(pipeline.sliceLog(), file, rows, wanted.writer(terminal()));
                }
            }
        }
        return 0;
    }

    private static void atLeastOne(int limit) {
        if (limit < 1) {
            throw new TidemarkException(
                    ErrorCode.INVALID_ARGUMENT, "Cannot show " + limit + " rows: --limit must be 1 or more");
        }
    }

    private void list(List<SliceManifest> slices) {
        TextTable text = new TextTable()
                .number("SLICE")
                .column("INTERVAL")
                .number("EVENTS")
                .number("INSERTS")
                .number("UPDATES")
                .number("DELETES")
                .number("SIZE")
                .number("TABLES");
        boolean hasIntervals = slices.stream().anyMatch(slice -> slice.interval() != null);
        if (hasIntervals) {
            text.column("EVENT TIMES");
        }
        for (SliceManifest slice : slices) {
            List<String> cells = new ArrayList<>(List.of(
                    String.valueOf(slice.sequence()),
                    slice.name(),
                    Human.count(slice.rows()),
                    Human.count(sum(slice, SliceFile::inserts)),
                    Human.count(sum(slice, SliceFile::updates)),
                    Human.count(sum(slice, SliceFile::deletes)),
                    Human.size(slice.bytes()),
                    Human.count(slice.files().stream()
                            .map(file -> file.schema().table())
                            .distinct()
                            .count())));
            if (hasIntervals) {
                cells.add(slice.interval() == null ? "" : slice.interval().toString());
            }
            text.row(cells.toArray(String[]::new));
        }
        text.print(terminal());
    }

    private static SliceManifest find(SliceLog log, String wanted) {
        Optional<SliceManifest> found;
        if ("newest".equals(wanted)) {
            found = log.newest();
        } else if (wanted.matches("\\d{1,18}")) {
            found = log.find(Long.parseLong(wanted));
        } else {
            found = findByName(log, wanted);
        }
        return found.orElseThrow(() -> new TidemarkException(
                ErrorCode.INVALID_ARGUMENT,
                "Cannot find slice " + wanted + ": there is none, or it was pruned",
                "See 'tidemark slices'.",
                null));
    }

    private static Optional<SliceManifest> findByName(SliceLog log, String name) {
        List<SliceManifest> page = log.after(0, PAGE);
        while (!page.isEmpty()) {
            Optional<SliceManifest> found =
                    page.stream().filter(slice -> slice.name().equals(name)).findFirst();
            if (found.isPresent()) {
                return found;
            }
            page = log.after(page.get(page.size() - 1).sequence(), PAGE);
        }
        return Optional.empty();
    }

    private static long sum(SliceManifest slice, ToLongFunction<SliceFile> count) {
        return slice.files().stream().mapToLong(count).sum();
    }

    private static Map<String, @Nullable Object> json(SliceManifest slice) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("sequence", slice.sequence());
        fields.put("name", slice.name());
        fields.put("start", slice.start());
        fields.put("end", slice.end());
        EventInterval interval = slice.interval();
        if (interval != null) {
            fields.put("intervalStart", interval.start());
            fields.put("intervalEnd", interval.end());
        }
        fields.put("after", slice.after());
        fields.put("through", slice.through());
        fields.put("rows", slice.rows());
        fields.put("bytes", slice.bytes());
        fields.put("path", slice.path());
        fields.put("checksum", slice.checksum());
        fields.put(
                "files",
                slice.files().stream()
                        .map(file -> {
                            Map<String, @Nullable Object> inner =
                                    StatusJson.table(file.schema().table());
                            inner.put("path", file.path());
                            inner.put("rows", file.rows());
                            inner.put("inserts", file.inserts());
                            inner.put("updates", file.updates());
                            inner.put("deletes", file.deletes());
                            inner.put("truncates", file.truncates());
                            inner.put("bytes", file.bytes());
                            inner.put("sha256", file.sha256());
                            return inner;
                        })
                        .toList());
        return fields;
    }
}
