package io.tidemark.lake.hudi.apply;

import io.tidemark.lake.hudi.apply.SpreadFold.Folded;
import io.tidemark.lake.upsert.index.KeyArena;
import io.tidemark.lake.upsert.index.KeyTable;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** The keys of all buckets of a spread apply, and what is known of where their rows go. */
final class SpreadKeys implements Serializable {
    private static final long serialVersionUID = 1L;

    private final KeyTable keys = new KeyTable();
    private final Set<String> touched = new HashSet<>();
    private final Map<String, Long> bytes = new HashMap<>();
    private final boolean isOfKey;
    private final long fileBytes;
    private boolean isUnsettled;
    private boolean isCleared;

    /**
     * @param isOfKey whether a row's key tells its partition
     * @param fileBytes size at which a base file is full
     */
    SpreadKeys(List<Folded> folds, boolean isOfKey, long fileBytes) {
        this.isOfKey = isOfKey;
        this.fileBytes = fileBytes;
        for (Folded fold : folds) {
            KeyArena some = fold.keys();
            for (int i = 0; i < some.size(); i++) {
                byte[] key = some.bytes(i);
                keys.findOrAdd(key, 0, key.length);
            }
            touched.addAll(fold.touched());
            fold.bytes().forEach((partition, count) -> bytes.merge(partition, count, Long::sum));
            isUnsettled |= fold.isUnsettled();
            isCleared |= fold.isCleared();
        }
    }

    boolean isCleared() {
        return isCleared;
    }

    boolean isUnsettled() {
        return isUnsettled;
    }

    boolean isEmpty() {
        return keys.size() == 0;
    }

    boolean contains(byte[] key) {
        return keys.find(key, 0, key.length) >= 0;
    }

    boolean anyMatch(Predicate<String> test) {
        for (int key = 0; key < keys.size(); key++) {
            if (test.test(new String(keys.keys().bytes(key), StandardCharsets.UTF_8))) {
                return true;
            }
        }
        return false;
    }

    /** Whether keys may be in this partition of the mirror. */
    boolean isTouched(String partition) {
        return !isOfKey || touched.contains(partition);
    }

    /** Which of the new file groups of a partition takes a key: there are as many as the partition's rows may fill. */
    long lane(String key, String partition) {
        long lanes = bytes.getOrDefault(partition, 0L) / fileBytes + 1;
        return Math.floorMod(key.hashCode(), lanes);
    }
}
