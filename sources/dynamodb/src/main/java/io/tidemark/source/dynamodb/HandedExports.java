package io.tidemark.source.dynamodb;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What the configuration says of where tables are loaded from.
 *
 * @param locations location of an export and of the incremental ones after it, or {@code scan}, by name of the table
 */
record HandedExports(Map<String, List<String>> locations) {
    static final HandedExports NONE = new HandedExports(Map.of());
    private static final List<String> SCAN = List.of("scan");

    HandedExports {
        locations = Map.copyOf(locations);
    }

    /**
     * Reads {@code orders=/exports/AWSDynamoDB/0169-2d87 + /exports/AWSDynamoDB/0170-55f1, customers=scan}.
     *
     * @throws IllegalArgumentException when a part is not of that form, or a table is there twice
     */
    static HandedExports parse(String text) {
        Map<String, List<String>> locations = new LinkedHashMap<>();
        for (String part : text.split(",", -1)) {
            int equals = part.indexOf('=');
            String table = equals < 0 ? "" : part.substring(0, equals).strip();
            List<String> series = Arrays.stream(part.substring(equals + 1).split(Pattern.quote(ExportSeries.THEN), -1))
                    .map(String::strip)
                    .toList();
            if (table.isEmpty() || series.contains("") || (series.size() > 1 && series.containsAll(SCAN))) {
                throw new IllegalArgumentException(
                        "must be table=location, table=location + location, ... (found='" + part.strip() + "')");
            }
            if (locations.put(table, series) != null) {
                throw new IllegalArgumentException(
                        "names a table twice (table=" + table
                                + "); a table is loaded from one full export and incremental ones after it: table=location + location");
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

    /** Where the table's export is, and then the incremental ones after it. */
    Optional<List<String>> find(String table) {
        return Optional.ofNullable(locations.get(table)).filter(location -> !location.equals(SCAN));
    }
}
