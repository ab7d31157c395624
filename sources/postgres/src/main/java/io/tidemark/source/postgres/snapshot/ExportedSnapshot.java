package io.tidemark.source.postgres.snapshot;

import java.util.HashSet;
import java.util.Set;

/**
 * A snapshot that a logical slot exported. Unlike ordinary ones its {@code xmin} may lie above its {@code xmax}, so that the server's own
 * functions refuse its text.
 *
 * @param xmin every transaction below has ended
 * @param xmax no transaction at or above both this and {@code xmin} is visible
 * @param notVisible transactions between the two that are not visible
 */
record ExportedSnapshot(long xmin, long xmax, Set<Long> notVisible) {
    ExportedSnapshot {
        notVisible = Set.copyOf(notVisible);
    }

    /** Reads {@code xmin:xmax:xip,xip,...}. */
    static ExportedSnapshot parse(String text) {
        String[] parts = text.split(":", -1);
        if (parts.length != 3) {
            throw new IllegalArgumentException(
                    "Cannot read snapshot: must read xmin:xmax:list (snapshot=" + text + ")");
        }
        Set<Long> list = new HashSet<>();
        if (!parts[2].isEmpty()) {
            for (String transaction : parts[2].split(",", -1)) {
                list.add(Long.parseLong(transaction));
            }
        }
        return new ExportedSnapshot(Long.parseLong(parts[0]), Long.parseLong(parts[1]), list);
    }

    /** Whether rows of the transaction are visible if it has committed. */
    boolean isVisible(long transaction) {
        return transaction < xmin || (transaction < xmax && !notVisible.contains(transaction));
    }

    /** No transaction from here on is visible. */
    long end() {
        return Math.max(xmin, xmax);
    }
}
