package io.tidemark.engine.verify;

import io.tidemark.spi.schema.TableId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What to prove.
 *
 * @param tables the tables; empty for all of the pipeline
 * @param from least value of the first key column, inclusive
 * @param to greatest value of the first key column, exclusive
 * @param repair what to do about differences
 * @param differencesMax how many differences to name per table
 * @param timeout how long mirrors may take to reach the position
 */
public record VerifyRequest(
        List<TableId> tables,
        Optional<String> from,
        Optional<String> to,
        Repair repair,
        int differencesMax,
        Duration timeout) {
    public VerifyRequest {
        tables = List.copyOf(tables);
    }

    /** What to do about differences. */
    public enum Repair {
        /** Name them. */
        REPORT,
        /** Re-read the differing keys, then compare again. */
        HEAL
    }

    /** All tables, whole, reported only. */
    public static VerifyRequest everything() {
        return new VerifyRequest(
                List.of(), Optional.empty(), Optional.empty(), Repair.REPORT, 1_000, Duration.ofMinutes(5));
    }
}
