package io.tidemark.workload.bank;

/**
 * Key of a transaction row.
 *
 * @param account the account's number
 * @param createAtMicros create_at in microseconds since 1970-01-01T00:00:00Z
 */
record Key(long account, long createAtMicros) {}
