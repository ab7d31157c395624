package io.tidemark.workload.shop;

import io.tidemark.spi.item.ItemTable;
import io.tidemark.spi.item.ItemTable.KeyAttribute;
import io.tidemark.spi.item.ItemTable.KeyType;
import io.tidemark.workload.run.Invalid;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The tables of a shop, whose names begin alike. */
final class ShopTables {
    private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9_.-]{0,100}");

    private final String prefix;

    ShopTables(String prefix) {
        Invalid.unless(
                PREFIX.matcher(prefix).matches(),
                "name the shop's tables",
                "a prefix has up to 100 letters, digits, dots, dashes and underscores",
                "prefix",
                prefix);
        this.prefix = prefix;
    }

    String prefix() {
        return prefix;
    }

    ItemTable customers() {
        return new ItemTable(prefix + "customers", List.of(new KeyAttribute("id", KeyType.TEXT)));
    }

    ItemTable orders() {
        return new ItemTable(
                prefix + "orders",
                List.of(new KeyAttribute("customer", KeyType.TEXT), new KeyAttribute("number", KeyType.NUMBER)));
    }

    ItemTable parcels() {
        return new ItemTable(prefix + "parcels", List.of(new KeyAttribute("id", KeyType.TEXT)));
    }

    static Map<String, Object> customerKey(long number) {
        return Map.of("id", "c-" + number);
    }

    static Map<String, Object> orderKey(Object customer, long number) {
        return Map.of("customer", customer, "number", number);
    }

    static Map<String, Object> parcelKey(long number) {
        return Map.of("id", "p-" + number);
    }
}
