package io.tidemark.source.dynamodb;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the configuration says of where tables are loaded from.
 *
 * @param locations location of an export, or {@code scan}, by name of the table
 */
record HandedExports(Map<String, String> locations) {
    static final HandedExports NONE = new HandedExports(Map.of());
    private static final String SCAN = "scan";

    HandedExports {
        locations = Map.copyOf(locations);
    }

    /**
     * Reads {@code orders=/exports/AWSDynamoDB/0169-2d87, customers=scan}.
     *
     * @throws IllegalArgumentException when a part is not of that form, or a table is there twice
     */
    static HandedExports parse(String text) {
        Map<String, String> locations = new LinkedHashMap<>();
        for (String part : text.split(",", -1)) {
            int equals = part.indexOf('=');
            String table = equals < 0 ? "" : part.substring(0, equals).strip();
            String location = part.substring(equals + 1).strip();
            if (table.isEmpty() || location.isEmpty()) {
                throw new IllegalArgumentException(
                        "must be table=location, table=location, ... (found='" + part.strip() + "')");
            }
            if (locations.put(table, location) != null) {
                throw new IllegalArgumentException(
                        "names a table twice (table=" + table + "); a table is loaded from one full export");
            }
        }
        return new HandedExports(locations);
    }

    /** Tables that it names. */
    Set<String> tables() {
        return locations.keySet();
    }

    boolean isScanned(String table) {
        return SCAN.equals(locations.get(table));
    }

    /** Where the table's export is. */
    Optional<String> find(String table) {
        return Optional.ofNullable(locations.get(table)).filter(location -> !location.equals(SCAN));
    }
}
