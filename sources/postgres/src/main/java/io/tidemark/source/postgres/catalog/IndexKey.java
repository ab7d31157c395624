package io.tidemark.source.postgres.catalog;

import java.util.List;

/**
 * A unique index that can identify rows.
 *
 * @param isPrimary whether it is the primary key
 * @param isReplicaIdentity whether it was chosen by {@code REPLICA IDENTITY USING INDEX}
 * @param isUsable whether it is valid and checked at once: a deferred one lets duplicates exist inside a transaction
 * @param columns key columns in index order, included ones left out
 */
record IndexKey(boolean isPrimary, boolean isReplicaIdentity, boolean isUsable, List<String> columns) {
    IndexKey {
        columns = List.copyOf(columns);
    }
}
