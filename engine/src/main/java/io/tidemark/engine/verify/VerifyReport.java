package io.tidemark.engine.verify;

import java.util.List;

/**
 * Results of all tables.
 *
 * @param proofs one per table, in the order asked for
 */
public record VerifyReport(List<TableProof> proofs) {
    public VerifyReport {
        proofs = List.copyOf(proofs);
    }

    /** Whether every table was compared and found equal, and there was at least one. */
    public boolean isEqual() {
        return !proofs.isEmpty() && proofs.stream().allMatch(proof -> proof.outcome() == TableProof.Outcome.EQUAL);
    }

    /** Whether some table is different, and all that differs are rows that were set aside as dead letters. */
    public boolean isExplained() {
        return isDifferent()
                && proofs.stream()
                        .allMatch(proof -> proof.outcome() != TableProof.Outcome.DIFFERENT || proof.isExplained());
    }

    /** Whether some table was compared and found different. */
    public boolean isDifferent() {
        return proofs.stream().anyMatch(proof -> proof.outcome() == TableProof.Outcome.DIFFERENT);
    }
}
