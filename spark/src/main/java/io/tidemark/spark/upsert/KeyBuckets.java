package io.tidemark.spark.upsert;

import io.tidemark.lake.upsert.index.KeyTable;
import java.io.Serializable;
import java.util.Arrays;

/**
 * Which task takes the events of which keys. Keys that are linked go to the same: an update that changes its row's key and leaves columns unchanged
 * takes their values from the old key's row.
 */
final class KeyBuckets implements Serializable {
    private static final long serialVersionUID = 1L;

    private final int count;
    private final KeyTable linked = new KeyTable();

    /** By number of a linked key: another key of its group, or itself. */
    private int[] parents = new int[64];

    /** @param count how many tasks there are */
    KeyBuckets(int count) {
        this.count = count;
    }

    int count() {
        return count;
    }

    /** The key's task, from 0. */
    int of(byte[] key, int length) {
        int number = linked.size() == 0 ? -1 : linked.find(key, 0, length);
        if (number < 0) {
            return Math.floorMod(KeyTable.hash(key, 0, length), count);
        }
        byte[] first = linked.keys().bytes(root(number));
        return Math.floorMod(KeyTable.hash(first, 0, first.length), count);
    }

    /** Links two keys. */
    void link(byte[] left, byte[] right) {
        int one = root(number(left));
        int other = root(number(right));
        parents[Math.max(one, other)] = Math.min(one, other);
    }

    private int number(byte[] key) {
        int known = linked.size();
        int number = linked.findOrAdd(key, 0, key.length);
        if (number == parents.length) {
            parents = Arrays.copyOf(parents, number * 2);
        }
        if (number == known) {
            parents[number] = number;
        }
        return number;
    }

    private int root(int number) {
        int at = number;
        while (parents[at] != at) {
            parents[at] = parents[parents[at]];
            at = parents[at];
        }
        return at;
    }
}
