package io.tidemark.workload.run;

/**
 * What a run has done so far.
 *
 * @param committed transactions committed
 * @param rolledBack transactions rolled back because the options ask for it
 * @param inserts rows inserted by committed transactions
 * @param updates rows updated by committed transactions
 * @param deletes rows deleted by committed transactions
 * @param missed updates and deletes whose row another transaction had deleted before; they changed nothing, and neither did what was
 *     written with them all-or-none
 * @param retries transactions done again after a serialization failure, a deadlock or a key that existed
 * @param reconnects connections opened again after a loss
 * @param unknown transactions whose outcome is unknown because the connection was lost; none of the other counts holds them
 * @param errors transactions given up: cancelled by the server, or still failing after the last retry
 */
public record WorkloadCounts(
        long committed,
        long rolledBack,
        long inserts,
        long updates,
        long deletes,
        long missed,
        long retries,
        long reconnects,
        long unknown,
        long errors) {
    /** Transactions that ended as planned. */
    public long transactions() {
        return committed + rolledBack;
    }

    /** Rows changed by committed transactions. */
    public long changes() {
        return inserts + updates + deletes;
    }
}
