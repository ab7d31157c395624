package io.tidemark.lake.upsert.index;

/** Sorts keys of an arena by their bytes: a merge sort over numbers that compares prefixes first and leaves what is in order as it is. */
public final class KeySort {
    private static final int INSERTION_MOST = 12;

    private final KeyArena keys;
    private final long[] prefixes;

    private KeySort(KeyArena keys) {
        this.keys = keys;
        this.prefixes = new long[keys.size()];
        for (int key = 0; key < prefixes.length; key++) {
            // Signed comparison of these is unsigned comparison of the prefixes.
            prefixes[key] = keys.prefix(key) ^ Long.MIN_VALUE;
        }
    }

    /** The numbers of all keys in key order; equal keys in the order of their numbers. */
    public static int[] order(KeyArena keys) {
        KeySort sort = new KeySort(keys);
        int[] order = new int[keys.size()];
        for (int i = 0; i < order.length; i++) {
            order[i] = i;
        }
        sort.sort(order, order.clone(), 0, order.length);
        return order;
    }

    private void sort(int[] target, int[] source, int from, int to) {
        if (to - from <= INSERTION_MOST) {
            insert(target, from, to);
            return;
        }
        int middle = (from + to) >>> 1;
        sort(source, target, from, middle);
        sort(source, target, middle, to);
        if (compare(source[middle - 1], source[middle]) <= 0) {
            System.arraycopy(source, from, target, from, to - from);
            return;
        }
        int left = from;
        int right = middle;
        for (int i = from; i < to; i++) {
            if (right == to || (left < middle && compare(source[left], source[right]) <= 0)) {
                target[i] = source[left++];
            } else {
                target[i] = source[right++];
            }
        }
    }

    private void insert(int[] numbers, int from, int to) {
        for (int i = from + 1; i < to; i++) {
            int number = numbers[i];
            int at = i;
            while (at > from && compare(numbers[at - 1], number) > 0) {
                numbers[at] = numbers[at - 1];
                at--;
            }
            numbers[at] = number;
        }
    }

    private int compare(int left, int right) {
        int byPrefix = Long.compare(prefixes[left], prefixes[right]);
        return byPrefix != 0 ? byPrefix : keys.compare(left, right);
    }
}
