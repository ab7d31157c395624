package io.tidemark.spark.upsert;

import io.tidemark.lake.upsert.table.StoredFile;
import java.io.Serializable;
import java.util.Arrays;

/** Rows of a file whose keys a bucket has events of. */
final class FoundRows implements Serializable {
    private static final long serialVersionUID = 1L;

    private final StoredFile file;
    private final int order;
    private int[] keys = new int[16];
    private int[] rows = new int[16];
    private int size;

    /** @param order place of the file among those of the table */
    FoundRows(StoredFile file, int order) {
        this.file = file;
        this.order = order;
    }

    void add(int key, int row) {
        if (size == keys.length) {
            keys = Arrays.copyOf(keys, size * 2);
            rows = Arrays.copyOf(rows, size * 2);
        }
        keys[size] = key;
        rows[size++] = row;
    }

    StoredFile file() {
        return file;
    }

    int order() {
        return order;
    }

    int size() {
        return size;
    }

    /** Number of the key of a row found. */
    int key(int index) {
        return keys[index];
    }

    /** Its place in the file. */
    int row(int index) {
        return rows[index];
    }
}
