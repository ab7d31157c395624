package io.tidemark.engine.verify;

import io.tidemark.engine.compare.KeyDifference;
import io.tidemark.spi.schema.TableId;
import java.util.List;
import java.util.Optional;

/**
 * Result for one table.
 *
 * @param table the table
 * @param outcome result
 * @param certificate what was compared; empty when nothing could be
 * @param storedAt where the certificate lies in the lake's storage; empty without one
 * @param differences the differing rows, ordered by key, at most as many as asked for
 * @param moreDifferences whether there are more than named
 * @param reason why nothing could be proven; empty otherwise
 * @param remedy what to do about that
 * @param repaired keys that were read afresh before this result
 * @param deadLetters rows of the table that are set aside as dead letters
 * @param explained how many of the named differences are of keys that dead letters name
 */
public record TableProof(
        TableId table,
        Outcome outcome,
        Optional<Certificate> certificate,
        String storedAt,
        List<KeyDifference> differences,
        boolean moreDifferences,
        String reason,
        String remedy,
        int repaired,
        long deadLetters,
        long explained) {
    public TableProof {
        differences = List.copyOf(differences);
    }

    /** Result of a comparison. */
    public enum Outcome {
        EQUAL,
        DIFFERENT,
        UNPROVEN
    }

    /** Whether it differs, and only in rows that were set aside. */
    public boolean isExplained() {
        return outcome == Outcome.DIFFERENT && !moreDifferences && explained == differences.size();
    }

    static TableProof unproven(TableId table, String reason, String remedy) {
        return new TableProof(table, Outcome.UNPROVEN, Optional.empty(), "", List.of(), false, reason, remedy, 0, 0, 0);
    }

    TableProof withRepaired(int keys) {
        return new TableProof(
                table,
                outcome,
                certificate,
                storedAt,
                differences,
                moreDifferences,
                reason,
                remedy,
                keys,
                deadLetters,
                explained);
    }
}
