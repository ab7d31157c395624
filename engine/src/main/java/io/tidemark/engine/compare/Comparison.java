package io.tidemark.engine.compare;

import io.tidemark.engine.compare.KeyDifference.Kind;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.verify.BucketDigest;
import io.tidemark.spi.verify.DigestRequest;
import io.tidemark.spi.verify.TableReading;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Compares two readings of a table: by bucket first, then the rows of the buckets that differ. Memory is bounded by a group of buckets. */
public final class Comparison {
    private static final long ROWS_A_BUCKET = 4_096;
    private static final long ROWS_A_GROUP = 200_000;
    private static final BigInteger LONG_MASK = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);

    private final RowSchema schema;
    private final TableReading source;
    private final TableReading mirror;
    private final DigestRequest request;
    private final int differencesMax;

    /**
     * Rows by the first column of their key.
     *
     * @param from least value, inclusive
     * @param to greatest value, exclusive
     */
    public record Range(Optional<String> from, Optional<String> to) {
        public static final Range ALL = new Range(Optional.empty(), Optional.empty());
    }

    /** Result: sums of both sides, and the rows that differ. */
    public record Result(Side source, Side mirror, List<KeyDifference> differences, boolean more) {
        public boolean isEqual() {
            return source.equals(mirror) && differences.isEmpty() && !more;
        }
    }

    /** Rows and checksum of one side. */
    public record Side(long rows, String checksum) {}

    /**
     * @param rowsAbout about how many rows there are
     * @param range the rows to compare
     * @param differencesMax how many differing rows to name
     */
    public Comparison(
            RowSchema schema,
            TableReading source,
            TableReading mirror,
            long rowsAbout,
            Range range,
            int differencesMax) {
        this.schema = schema;
        this.source = source;
        this.mirror = mirror;
        this.request = new DigestRequest(buckets(rowsAbout), range.from(), range.to());
        this.differencesMax = differencesMax;
    }

    /** Compares. */
    public Result run() {
        CompletableFuture<List<BucketDigest>> inSource =
                CompletableFuture.supplyAsync(() -> source.digests(request), task -> {
                    Thread thread = new Thread(task, "verify-source");
                    thread.setDaemon(true);
                    thread.start();
                });
        List<BucketDigest> mirrored = mirror.digests(request);
        Map<Integer, BucketDigest> left = byBucket(joined(inSource));
        Map<Integer, BucketDigest> right = byBucket(mirrored);
        Set<Integer> all = new TreeSet<>(left.keySet());
        all.addAll(right.keySet());
        List<Integer> differing = all.stream()
                .filter(bucket -> !java.util.Objects.equals(left.get(bucket), right.get(bucket)))
                .toList();
        List<KeyDifference> differences = new ArrayList<>();
        boolean more = drill(differing, left, right, differences);
        return new Result(side(left), side(right), differences, more);
    }

    /** Visits differing buckets group by group; returns whether some were left out. */
    private boolean drill(
            List<Integer> differing,
            Map<Integer, BucketDigest> left,
            Map<Integer, BucketDigest> right,
            List<KeyDifference> differences) {
        int next = 0;
        while (next < differing.size() && differences.size() <= differencesMax) {
            Set<Integer> group = new HashSet<>();
            long rows = 0;
            while (next < differing.size() && (group.isEmpty() || rows < ROWS_A_GROUP)) {
                Integer bucket = differing.get(next++);
                group.add(bucket);
                rows += Math.max(rows(left, bucket), rows(right, bucket));
            }
            differences.addAll(schema.hasKey() ? keyed(group) : multiset(group));
        }
        boolean more = next < differing.size() || differences.size() > differencesMax;
        differences.sort(Comparator.comparing(difference -> String.valueOf(difference.key())));
        if (differences.size() > differencesMax) {
            differences.subList(differencesMax, differences.size()).clear();
        }
        return more;
    }

    private List<KeyDifference> keyed(Set<Integer> group) {
        int[] key = schema.keyIndexes();
        Map<List<@Nullable String>, List<@Nullable String>> left = new HashMap<>();
        source.rows(request, group, row -> left.put(keyOf(row, key), row));
        List<KeyDifference> found = new ArrayList<>();
        mirror.rows(request, group, row -> {
            List<@Nullable String> rowKey = keyOf(row, key);
            List<@Nullable String> theirs = left.remove(rowKey);
            if (theirs == null) {
                found.add(new KeyDifference(Kind.EXTRA, rowKey, List.of(), 1));
            } else if (!theirs.equals(row)) {
                found.add(new KeyDifference(Kind.DIFFERENT, rowKey, differingColumns(theirs, row), 1));
            }
        });
        left.keySet().forEach(rowKey -> found.add(new KeyDifference(Kind.MISSING, rowKey, List.of(), 1)));
        return found;
    }

    private List<KeyDifference> multiset(Set<Integer> group) {
        Map<List<@Nullable String>, Long> counts = new HashMap<>();
        source.rows(request, group, row -> counts.merge(row, 1L, Long::sum));
        mirror.rows(request, group, row -> counts.merge(row, -1L, Long::sum));
        List<KeyDifference> found = new ArrayList<>();
        counts.forEach((row, count) -> {
            if (count != 0) {
                found.add(new KeyDifference(count > 0 ? Kind.MISSING : Kind.EXTRA, row, List.of(), Math.abs(count)));
            }
        });
        return found;
    }

    private List<String> differingColumns(List<@Nullable String> left, List<@Nullable String> right) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < left.size(); i++) {
            if (!java.util.Objects.equals(left.get(i), right.get(i))) {
                names.add(schema.columns().get(i).name());
            }
        }
        return names;
    }

    private static List<@Nullable String> keyOf(List<@Nullable String> row, int[] key) {
        List<@Nullable String> values = new ArrayList<>(key.length);
        for (int index : key) {
            values.add(row.get(index));
        }
        return values;
    }

    private static int buckets(long rows) {
        long wanted = Math.max(1, rows / ROWS_A_BUCKET);
        return (int) Math.min(65_536, Math.max(16, Long.highestOneBit(wanted) << 1));
    }

    private static Map<Integer, BucketDigest> byBucket(List<BucketDigest> digests) {
        Map<Integer, BucketDigest> map = new TreeMap<>();
        digests.forEach(digest -> map.put(digest.bucket(), digest));
        return map;
    }

    private static long rows(Map<Integer, BucketDigest> side, Integer bucket) {
        BucketDigest digest = side.get(bucket);
        return digest == null ? 0 : digest.rows();
    }

    private static Side side(Map<Integer, BucketDigest> digests) {
        long rows = 0;
        BigInteger high = BigInteger.ZERO;
        BigInteger low = BigInteger.ZERO;
        for (BucketDigest digest : digests.values()) {
            rows += digest.rows();
            high = high.add(digest.high());
            low = low.add(digest.low());
        }
        return new Side(rows, hex(high) + hex(low));
    }

    private static String hex(BigInteger sum) {
        String digits = sum.and(LONG_MASK).toString(16);
        return "0".repeat(16 - digits.length()) + digits;
    }

    private static List<BucketDigest> joined(CompletableFuture<List<BucketDigest>> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof TidemarkException known) {
                throw known;
            }
            if (e.getCause() instanceof OutOfMemoryError error) {
                throw TidemarkException.outOfMemory("compare a table", error);
            }
            throw new TidemarkException(ErrorCode.INTERNAL, "Cannot compare: " + e.getCause(), e);
        }
    }
}
