package io.tidemark.spi.change;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The order of a map's entries, by which equal maps are equal values: that of the keys' bytes in UTF-8. */
public final class MapEntries {
    private MapEntries() {}

    /** Appends one value. */
    public interface Appender<V> {
        void append(ColumnVector values, @Nullable V value);
    }

    /** Appends a map; its keys are told by their {@code toString()}. */
    public static <V> void append(ListVector into, Map<?, ? extends @Nullable V> map, Appender<V> appender) {
        List<Map.Entry<byte[], @Nullable V>> entries = new ArrayList<>(map.size());
        map.forEach((key, value) -> entries.add(new java.util.AbstractMap.SimpleImmutableEntry<>(
                key.toString().getBytes(StandardCharsets.UTF_8), value)));
        entries.sort(Map.Entry.comparingByKey(Arrays::compareUnsigned));
        into.begin();
        StructVector structs = (StructVector) into.element();
        for (Map.Entry<byte[], @Nullable V> entry : entries) {
            structs.begin();
            ((BytesVector) structs.field(0)).append(entry.getKey());
            appender.append(structs.field(1), entry.getValue());
        }
    }

    /** Appends the entries that a vector of structs of key and value holds, in any order. */
    public static void append(ListVector into, StructVector entries) {
        BytesVector keys = (BytesVector) entries.field(0);
        Integer[] order = new Integer[entries.size()];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, byKey(keys));
        into.begin();
        for (int entry : order) {
            into.element().appendFrom(entries, entry);
        }
    }

    private static Comparator<Integer> byKey(BytesVector keys) {
        return (one, other) -> Arrays.compareUnsigned(
                keys.data(), keys.start(one), keys.end(one), keys.data(), keys.start(other), keys.end(other));
    }
}
