package io.tidemark.lake.hudi.apply;

import java.io.File;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;

/** Rows on their way to file groups, each group's in the order in which they came. Not thread-safe. */
final class RoutedRows implements AutoCloseable {
    private final Map<Target, Counter> counters = new LinkedHashMap<>();
    private final RowSpill<Pending> rows;

    RoutedRows(File folder, long memoryBytes) {
        this.rows = new RowSpill<>(folder, memoryBytes, Pending.CODEC);
    }

    void add(Target target, Pending row) {
        Counter counter = counters.computeIfAbsent(target, key -> new Counter(counters.size()));
        rows.put(counter.name(counter.count++), row);
    }

    Set<Target> targets() {
        return counters.keySet();
    }

    boolean contains(Target target) {
        return counters.containsKey(target);
    }

    /** The rows of a group. */
    Iterator<Pending> rows(Target target) {
        Counter counter = counters.get(target);
        return new Iterator<>() {
            private int next;

            @Override
            public boolean hasNext() {
                return counter != null && next < counter.count;
            }

            @Override
            public Pending next() {
                Pending row = hasNext() && counter != null ? rows.find(counter.name(next++)) : null;
                if (row == null) {
                    throw new NoSuchElementException("no more rows of the file group");
                }
                return row;
            }
        };
    }

    @Override
    public void close() {
        rows.close();
    }

    /**
     * A file group.
     *
     * @param partition its partition
     * @param fileId its id; empty for new ones
     */
    record Target(String partition, String fileId) {}

    private static final class Counter {
        private final int group;
        private int count;

        Counter(int group) {
            this.group = group;
        }

        String name(int row) {
            return group + ":" + row;
        }
    }
}
