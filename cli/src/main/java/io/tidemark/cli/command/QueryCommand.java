package io.tidemark.cli.command;

import io.tidemark.cli.output.ResultFormat;
import io.tidemark.cli.output.ResultFormat.ResultWriter;
import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.engine.query.AsOf;
import io.tidemark.engine.query.Queries;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tidemark query}. */
@Command(
        name = "query",
        header = "Run SQL on the mirror tables and their history.",
        description = {
            "One SELECT in DuckDB's SQL. Tables are schema.table, or table where that is unambiguous; all changes of a table are"
                    + " history.schema.table, with columns _tidemark_op, _tidemark_position, _tidemark_commit_time and others, and"
                    + " _tidemark_unchanged for the names of columns that an update did not carry because they stayed as they were."
                    + " All tables of a query are read at one version each; with --as-of at one cut, consistent with each other.",
            "",
            "Formats: table for people; csv (RFC 4180; null is an empty field, empty text is \"\"); json, one object per line."
                    + " Values are exact: in json, decimals and integers beyond 64 bits are text, since many readers would round"
                    + " them, other numbers are numbers; times are ISO 8601, bytes are \\x and hexadecimal digits."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  tidemark query \"select count(*) from public.accounts\"",
            "  tidemark query --as-of 5m \"select sum(balance) from accounts\"",
            "  tidemark query --format csv \"select * from history.accounts\" > changes.csv",
            "  tidemark query --file report.sql"
        })
final class QueryCommand extends PipelineCommand {
    @Parameters(arity = "0..1", paramLabel = "SQL", description = "The query; - reads it from standard input.")
    private @Nullable String sql;

    @Option(
            names = {"-f", "--file"},
            paramLabel = "SQLFILE",
            description = "Read the query from this file.")
    private @Nullable Path file;

    @Option(
            names = "--as-of",
            paramLabel = "WHEN",
            description =
                    "Read the newest cut at or before a time (2026-11-20T08:31Z) or age (5m), or a cut by its slice (cut:42).")
    private @Nullable String asOf;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "table, csv or json; default table, json with --json.")
    private @Nullable ResultFormat format;

    @Override
    public Integer call() {
        String text = text();
        Optional<AsOf> moment = Optional.ofNullable(asOf)
                .map(when -> AsOf.parse(when, session().clock().instant()));
        ResultFormat wanted = format != null ? format : session().isJson() ? ResultFormat.JSON : ResultFormat.TABLE;
        ResultWriter writer = wanted.writer(terminal());
        try (Pipeline pipeline = open();
                Queries queries = new Queries(pipeline, session().plugins())) {
            queries.run(text, moment, writer);
            writer.finish();
        }
        return 0;
    }

    private String text() {
        if ((sql == null) == (file == null)) {
            throw new TidemarkException(
                    ErrorCode.INVALID_ARGUMENT,
                    "Cannot run a query: give it as an argument or with --file, one of both",
                    "Example: tidemark query \"select count(*) from public.accounts\"",
                    null);
        }
        try {
            if (file != null) {
                return Files.readString(file);
            }
            return "-".equals(sql) ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8) : String.valueOf(sql);
        } catch (IOException e) {
            throw new TidemarkException(
                    ErrorCode.INVALID_ARGUMENT,
                    "Cannot read the query: the file cannot be read (file=" + file + ", reason="
                            + e.getClass().getSimpleName() + ")",
                    "Name a readable UTF-8 file.",
                    e);
        }
    }
}
