package io.tidemark.engine.steer;

import io.tidemark.engine.deadletter.DeadLetter;
import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.engine.run.Runner;
import io.tidemark.engine.table.TableRecord;
import io.tidemark.engine.work.Repairs;
import io.tidemark.spi.schema.TableId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads the rows of dead letters again. When no process runs the pipeline, its roles run here for as long as it takes. */
public final class DeadLetterRetry {
    private final Pipeline pipeline;

    public DeadLetterRetry(Pipeline pipeline) {
        this.pipeline = pipeline;
    }

    /** What became of a letter. */
    public enum Outcome {
        /** The row of its key in the mirror is the source's. */
        RESOLVED,
        /** The row still has a value that does not fit. */
        STILL_BAD,
        /** The table has no key, or the row's could not be read: only a resync heals it. */
        NEEDS_RESYNC,
        /** The table is not being applied. */
        NOT_APPLIED,
        /** A newer letter of the same key came meanwhile, or somebody else resolved it. */
        OPEN
    }

    /**
     * A letter and what became of it.
     *
     * @param letter the letter as it was
     * @param outcome what became of it
     * @param detail why it is not resolved and what to do; empty when it is
     */
    public record Result(DeadLetter letter, Outcome outcome, String detail) {}

    /** Retries letters; returns one result for each, in their order. */
    public List<Result> retry(List<DeadLetter> letters, Duration timeout) throws InterruptedException {
        if (letters.isEmpty()) {
            return List.of();
        }
        try (Runner runner = Runner.startUnlessRunning(pipeline).orElse(null)) {
            return retryRunning(letters, timeout);
        }
    }

    private List<Result> retryRunning(List<DeadLetter> letters, Duration timeout) throws InterruptedException {
        Map<TableId, List<DeadLetter>> byTable = new LinkedHashMap<>();
        letters.forEach(letter -> byTable.computeIfAbsent(letter.table(), table -> new ArrayList<>())
                .add(letter));
        List<Result> results = new ArrayList<>();
        for (Map.Entry<TableId, List<DeadLetter>> entry : byTable.entrySet()) {
            results.addAll(retry(entry.getKey(), entry.getValue(), timeout));
        }
        return results;
    }

    private List<Result> retry(TableId table, List<DeadLetter> letters, Duration timeout) throws InterruptedException {
        Optional<TableRecord> record = pipeline.registry().find(table);
        boolean applies = record.filter(found -> found.state().applies()).isPresent();
        Set<List<String>> keys = new LinkedHashSet<>();
        letters.forEach(letter -> keys.addAll(letter.keys()));
        List<List<String>> left =
                applies && !keys.isEmpty() ? new Repairs(pipeline).read(table, List.copyOf(keys), timeout) : List.of();
        List<Result> results = new ArrayList<>();
        for (DeadLetter letter : letters) {
            results.add(result(letter, applies, left));
        }
        return results;
    }

    private Result result(DeadLetter letter, boolean applies, List<List<String>> left) {
        String table = letter.table().toString();
        if (!letter.canRetry()) {
            return new Result(
                    letter,
                    Outcome.NEEDS_RESYNC,
                    "the row has no key that can be read; only 'tidemark resync " + table + "' heals it");
        }
        if (!applies) {
            return new Result(
                    letter, Outcome.NOT_APPLIED, "the table is not live; 'tidemark status' says what to do about it");
        }
        if (letter.keys().stream().anyMatch(left::contains)) {
            return new Result(
                    letter,
                    Outcome.STILL_BAD,
                    "the row still has a value that does not fit; change it in the database, or carry the column as"
                            + " string (tables: columns: NAME: string) and run 'tidemark resync " + table + "'");
        }
        return pipeline.deadLetters().find(letter.id()).isEmpty()
                ? new Result(letter, Outcome.RESOLVED, "")
                : new Result(letter, Outcome.OPEN, "the row was set aside again meanwhile; try again");
    }
}
