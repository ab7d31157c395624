package io.tidemark.metastore.dynamodb;

import io.tidemark.spi.metastore.Entry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** The items of an entry: the first one, and those that hold what of a large value does not fit into it. */
final class EntryItems {
    static final String PARTITION = "store";
    static final String SORT = "key";
    static final String VERSION = "version";

    /** The value of the one partition. */
    static final String ENTRIES = "entries";

    /** Behind the condition of a write: the entry that is there is one item. */
    static final String AND_WHOLE = " AND attribute_not_exists(#parts)";

    /** Items of an entry at most. */
    static final int PARTS_MAX = 3;

    /** Above every character of a key: what is behind an entry's key, or no entry. */
    static final char BEHIND = '\u007f';

    private static final String VALUE = "value";
    private static final String TOKEN = "token";
    private static final String PARTS = "parts";

    /** An item has 400 KB, its key and names included. */
    private static final int PART_BYTES = 390_000;

    private final String key;
    private final long version;
    private final String token;
    private final List<String> parts;

    /** @param token of the call that writes them */
    EntryItems(String key, long version, String value, String token) {
        this.key = key;
        this.version = version;
        this.token = token;
        this.parts = split(value);
    }

    boolean isOne() {
        return parts.size() == 1;
    }

    /** The item at the entry's key. */
    Map<String, AttributeValue> first() {
        Map<String, AttributeValue> item = item(0);
        item.put(TOKEN, AttributeValue.fromS(token));
        if (parts.size() > 1) {
            item.put(PARTS, AttributeValue.fromN(Integer.toString(parts.size())));
        }
        return item;
    }

    /** The item of a part. */
    Optional<Map<String, AttributeValue>> part(int number) {
        return number < parts.size() ? Optional.of(item(number)) : Optional.empty();
    }

    /** Whether the item is what this call has written. */
    boolean isWrittenAs(Map<String, AttributeValue> there) {
        return there.containsKey(TOKEN) && value(there, TOKEN).s().equals(token);
    }

    String key() {
        return key;
    }

    private Map<String, AttributeValue> item(int number) {
        Map<String, AttributeValue> item = new HashMap<>(key(key, number));
        item.put(VERSION, AttributeValue.fromN(Long.toString(version)));
        item.put(VALUE, AttributeValue.fromS(parts.get(number)));
        return item;
    }

    /** Key of an item. */
    static Map<String, AttributeValue> key(String entry, int part) {
        return Map.of(
                PARTITION,
                AttributeValue.fromS(ENTRIES),
                SORT,
                AttributeValue.fromS(part == 0 ? entry : entry + BEHIND + part));
    }

    /** A value that every item of its kind has. */
    static AttributeValue value(Map<String, AttributeValue> item, String name) {
        AttributeValue value = item.get(name);
        if (value == null) {
            throw new IllegalStateException("Cannot read an item of the metadata store: it has no " + name);
        }
        return value;
    }

    /** Whether the entry is this item alone. */
    static boolean isWhole(Map<String, AttributeValue> first) {
        return !first.containsKey(PARTS);
    }

    static String key(Map<String, AttributeValue> item) {
        return value(item, SORT).s();
    }

    static long version(Map<String, AttributeValue> item) {
        return Long.parseLong(value(item, VERSION).n());
    }

    static Entry entry(Map<String, AttributeValue> whole) {
        return new Entry(key(whole), version(whole), value(whole, VALUE).s());
    }

    /** The entry that items read together make; empty when there is none. */
    static Optional<Entry> join(List<Map<String, AttributeValue>> items) {
        Map<String, AttributeValue> first = items.get(0);
        if (first.isEmpty()) {
            return Optional.empty();
        }
        int count = isWhole(first) ? 1 : Integer.parseInt(value(first, PARTS).n());
        StringBuilder value = new StringBuilder();
        items.subList(0, count).forEach(item -> value.append(value(item, VALUE).s()));
        return Optional.of(new Entry(key(first), version(first), value.toString()));
    }

    /** That an item is as expected. */
    static String condition(long expectedVersion) {
        return expectedVersion == Entry.ABSENT ? "attribute_not_exists(#version)" : "#version = :expected";
    }

    /** Names in a condition; reserved words are among them. */
    static Map<String, String> names() {
        return Map.of("#version", VERSION);
    }

    static Map<String, String> namesWhole() {
        return Map.of("#version", VERSION, "#parts", PARTS);
    }

    /** Values in a condition; null when it has none, which an empty map would not say. */
    static @Nullable Map<String, AttributeValue> values(long expectedVersion) {
        return expectedVersion == Entry.ABSENT
                ? null
                : Map.of(":expected", AttributeValue.fromN(Long.toString(expectedVersion)));
    }

    /** Cuts between characters. */
    private static List<String> split(String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        List<String> parts = new ArrayList<>();
        int start = 0;
        do {
            int end = Math.min(bytes.length, start + PART_BYTES);
            while (end < bytes.length && (bytes[end] & 0xC0) == 0x80) {
                end--;
            }
            parts.add(new String(bytes, start, end - start, StandardCharsets.UTF_8));
            start = end;
        } while (start < bytes.length);
        return parts;
    }
}
