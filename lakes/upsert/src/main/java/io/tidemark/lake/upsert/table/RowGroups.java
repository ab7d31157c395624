package io.tidemark.lake.upsert.table;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntUnaryOperator;

/** Rows told apart by a number, for example that of their partition. */
public final class RowGroups {
    private RowGroups() {}

    /** The places {@code [from, to)} of {@code rows} by their row's group; groups in the order in which they are met, places ascending. */
    public static Map<Integer, int[]> of(int[] rows, int from, int to, IntUnaryOperator groupOf) {
        Map<Integer, Places> found = new LinkedHashMap<>();
        for (int i = from; i < to; i++) {
            found.computeIfAbsent(groupOf.applyAsInt(rows[i]), group -> new Places())
                    .add(i);
        }
        Map<Integer, int[]> groups = new LinkedHashMap<>();
        found.forEach((group, places) -> groups.put(group, Arrays.copyOf(places.places, places.size)));
        return groups;
    }

    private static final class Places {
        private int[] places = new int[16];
        private int size;

        void add(int place) {
            if (size == places.length) {
                places = Arrays.copyOf(places, size * 2);
            }
            places[size++] = place;
        }
    }
}
