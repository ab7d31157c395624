package io.tidemark.cli.command;

import io.tidemark.cli.output.Human;
import io.tidemark.cli.output.TextTable;
import io.tidemark.cli.view.StatusJson;
import io.tidemark.engine.deadletter.DeadLetter;
import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.engine.steer.DeadLetterRetry;
import io.tidemark.engine.steer.DeadLetterRetry.Outcome;
import io.tidemark.engine.steer.DeadLetterRetry.Result;
import io.tidemark.engine.table.TableRecord;
import io.tidemark.spi.config.Values;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.TableId;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tidemark dead-letters}. */
@Command(
        name = "dead-letters",
        header = "Rows that were set aside because a value does not fit its column's type.",
        description = {
            "A row whose value cannot be held (infinity in a timestamp, 24:00 in a time, NaN in a decimal) fails its table, or with"
                    + " 'on-bad-value: dead-letter' is set aside while the table goes on. It then lies under errors/ of the lake, and"
                    + " the mirror lacks the row or holds an older version of it until the letter is resolved."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  tidemark dead-letters list public.orders",
            "  tidemark dead-letters show 4f2a91c0d3e8",
            "  tidemark dead-letters retry --all"
        })
final class DeadLettersCommand extends PipelineCommand {
    /** Some letters stay open. */
    static final int EXIT_OPEN = 13;

    @Override
    public Integer call() {
        return list(null);
    }

    /** {@code tidemark dead-letters list}. */
    @Command(
            name = "list",
            header = "The open dead letters, of one table or all.",
            description = {"A letter is open until its row was read again, or its table was loaded again."})
    Integer list(
            @Parameters(arity = "0..1", paramLabel = "TABLE", description = "Only letters of this table; default all.")
                    @Nullable
                    String table) {
        try (Pipeline pipeline = open()) {
            List<DeadLetter> letters = chosen(pipeline, table);
            if (session().isJson()) {
                printJson(letters.stream().map(DeadLettersCommand::json).toList());
            } else if (letters.isEmpty()) {
                print("No dead letters.");
            } else {
                print(letters);
            }
        }
        return 0;
    }

    /** {@code tidemark dead-letters show}. */
    @Command(
            name = "show",
            header = "One dead letter: which row, why, where, and what heals it.",
            description = {"The row itself, as the source sent it, is the file that 'raw' names; it may hold secrets."})
    Integer show(
            @Parameters(paramLabel = "ID", description = "Id as 'tidemark dead-letters list' prints it.") String id) {
        try (Pipeline pipeline = open()) {
            DeadLetter letter = pipeline.deadLetters().find(id).orElseThrow(() -> unknown(id));
            if (session().isJson()) {
                printJson(json(letter));
                return 0;
            }
            print("dead letter  " + letter.id());
            print("table        " + letter.table());
            print("operation    " + letter.operation());
            print("position     " + letter.position() + ", event " + letter.sequence());
            print("set aside    " + Human.time(letter.at()));
            print("key          " + (letter.canRetry() ? keys(letter) : "none that can be read"));
            print("reason       " + letter.reason() + " [" + letter.code() + "]");
            print("raw          " + pipeline.storage().root() + "/" + letter.path() + ".bin ("
                    + Human.size(letter.bytes()) + ")");
            print("remedy       "
                    + (letter.canRetry()
                            ? "Change the value in the database, then run 'tidemark dead-letters retry " + letter.id()
                                    + "'; or carry the column as string and run 'tidemark resync " + letter.table()
                                    + "'."
                            : "Only 'tidemark resync " + letter.table() + "' heals a row without a readable key."));
        }
        return 0;
    }

    /** {@code tidemark dead-letters retry}. */
    @Command(
            name = "retry",
            header = "Read the rows of dead letters again from the source.",
            description = {
                "Reads the rows of the letters' keys at a consistent cut and makes the mirror's rows the same; a letter whose row fits now"
                        + " is resolved. A row without a readable key needs a resync of its table."
            },
            exitCodeListHeading = "%nExit codes:%n",
            exitCodeList = {"0:all chosen letters are resolved", "13:some letters stay open"})
    Integer retry(
            @Parameters(
                            arity = "0..1",
                            paramLabel = "ID|TABLE",
                            description = "Id of a letter, or a table for all of its.")
                    @Nullable
                    String chosen,
            @Option(names = "--all", description = "All letters.") boolean all,
            @Option(
                            names = "--timeout",
                            paramLabel = "DURATION",
                            defaultValue = "5m",
                            description = "How long a table's workers may take; default ${DEFAULT-VALUE}.")
                    String timeout)
            throws InterruptedException {
        if (all == (chosen != null)) {
            throw new TidemarkException(
                    ErrorCode.INVALID_ARGUMENT,
                    "Cannot tell which dead letters are meant: name one or a table, or write --all");
        }
        Duration patience = patience(timeout);
        Thread caller = Thread.currentThread();
        try (Interruption interruption = Interruption.open();
                Pipeline pipeline = open()) {
            interruption.onSignal(caller::interrupt);
            Optional<DeadLetter> one =
                    chosen == null ? Optional.empty() : pipeline.deadLetters().find(chosen);
            List<DeadLetter> letters = one.map(List::of).orElseGet(() -> chosen(pipeline, chosen));
            List<Result> results = new DeadLetterRetry(pipeline).retry(letters, patience);
            if (session().isJson()) {
                printJson(results.stream().map(DeadLettersCommand::json).toList());
            } else {
                printResults(results);
            }
            return results.stream().allMatch(result -> result.outcome() == Outcome.RESOLVED) ? 0 : EXIT_OPEN;
        }
    }

    private static List<DeadLetter> chosen(Pipeline pipeline, @Nullable String table) {
        if (table == null) {
            return pipeline.deadLetters().open();
        }
        List<TableId> known =
                pipeline.registry().list().stream().map(TableRecord::id).toList();
        if (table.matches("[0-9a-f]{12}")
                && known.stream().noneMatch(id -> id.name().equals(table))) {
            throw unknown(table);
        }
        return TableNames.resolve(List.of(table), known).stream()
                .flatMap(id -> pipeline.deadLetters().open(id).stream())
                .toList();
    }

    private void print(List<DeadLetter> letters) {
        TextTable text = new TextTable()
                .column("ID")
                .column("TABLE")
                .column("OPERATION")
                .column("KEY")
                .column("SET ASIDE")
                .column("REASON");
        Instant now = session().clock().instant();
        for (DeadLetter letter : letters) {
            text.row(
                    letter.id(),
                    letter.table().toString(),
                    letter.operation(),
                    keys(letter),
                    Human.ago(letter.at(), now),
                    letter.reason());
        }
        text.print(terminal());
    }

    private void printResults(List<Result> results) {
        long resolved = results.stream()
                .filter(result -> result.outcome() == Outcome.RESOLVED)
                .count();
        for (Result result : results) {
            if (result.outcome() != Outcome.RESOLVED) {
                print(result.letter().id() + " of " + result.letter().table() + ": " + result.detail());
            }
        }
        print(Human.count(resolved) + " of " + Human.count(results.size(), "dead letter") + " resolved");
    }

    /** Values of key columns are names of rows, and are shown as 'verify' shows them. */
    private static String keys(DeadLetter letter) {
        return letter.keys().stream().map(key -> String.join(", ", key)).collect(Collectors.joining(" and "));
    }

    private static Map<String, @Nullable Object> json(DeadLetter letter) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("id", letter.id());
        fields.putAll(StatusJson.table(letter.table()));
        fields.put("operation", letter.operation());
        fields.put("position", letter.position());
        fields.put("sequence", letter.sequence());
        fields.put("keys", letter.keys());
        fields.put("code", letter.code());
        fields.put("reason", letter.reason());
        fields.put("remedy", letter.remedy());
        fields.put("path", letter.path());
        fields.put("bytes", letter.bytes());
        fields.put("at", letter.at());
        return fields;
    }

    private static Map<String, @Nullable Object> json(Result result) {
        Map<String, @Nullable Object> fields = json(result.letter());
        fields.put("outcome", result.outcome().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        fields.put("detail", result.detail().isEmpty() ? null : result.detail());
        return fields;
    }

    private static TidemarkException unknown(String id) {
        return new TidemarkException(
                ErrorCode.INVALID_ARGUMENT,
                "Cannot find dead letter " + id + ": there is none, or it is resolved",
                "See 'tidemark dead-letters list'; resolved ones say so in their file under errors/ of the lake.",
                null);
    }

    private static Duration patience(String timeout) {
        try {
            return Values.duration(timeout);
        } catch (IllegalArgumentException e) {
            throw new TidemarkException(ErrorCode.INVALID_ARGUMENT, "Cannot read --timeout: it " + e.getMessage(), e);
        }
    }
}
